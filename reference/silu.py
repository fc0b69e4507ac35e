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
  Function(value, "x / (1 + exp(-x))", r"\frac{x}{1 + e^{-x}}", (-0.0, inf), (-0.2785, inf), (0.0,), saturation=(200.0, 1500.0), expansion=(1/2, 1/4, 2)),
  Function(first, "", "", (-0.0, 1.0), (-0.1, 1.1), (-1.2784645427610737,), saturation=(200.0, 1500.0)),
  Function(second, "", "", (-0.0, -0.0), (-0.1, 0.5), (-2.3993572805154675, 2.3993572805154675), saturation=(200.0, 1500.0))),
  source="", monotone=False)
