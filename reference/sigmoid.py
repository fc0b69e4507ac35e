from math import inf
from .activation import Activation, Function, Kink
from .arithmetic.elementary import where, logistic, tanh
def value(x):
    s, _ = logistic(x); return s
def first(x):
    s, c = logistic(x); return s * c
def second(x):
    s, c = logistic(x); return -s * c * tanh(x / 2)
sigmoid = Activation("sigmoid", "Sigmoid", (
  Function(value, "1 / (1 + exp(-x))", r"\frac{1}{1 + e^{-x}}", (0.0, 1.0), (0.0, 1.0), saturation=(200.0, 1500.0)),
  Function(first, "", "", (0.0, 0.0), (0.0, 0.25), saturation=(200.0, 1500.0)),
  Function(second, "", "", (0.0, -0.0), (-0.1, 0.1), (0.0,), saturation=(200.0, 1500.0), expansion=(-1/8, 1/24, 3))),
  source="")
