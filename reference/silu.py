from math import inf
from .activation import Activation, Function, Kink
from .arithmetic.elementary import where, logistic
def value(x):
    s, _ = logistic(x); return x * s
def first(x):
    s, c = logistic(x); return s * (1 + x * c)
def second(x):
    s, c = logistic(x); return s * c * (2 + x * (c - s))
silu = Activation("silu", "SiLU/Swish", (
  Function(value, "x / (1 + exp(-x))", r"\frac{x}{1 + e^{-x}}", (-0.0, inf), (-0.2785, inf), (0.0,)),
  Function(first, "", "", (-0.0, 1.0), (-0.1, 1.1), (-1.2784645427610738,)),
  Function(second, "", "", (-0.0, -0.0), (-0.1, 0.5), (-2.39, 2.39))),
  source="", monotone=False)
