from math import inf
from .activation import Activation, Function, Kink
from .arithmetic import elementary
from .arithmetic.elementary import where, logistic
def value(x): return elementary.tanh(x)
def first(x):
    s, c = logistic(2 * x); return 4 * s * c
def second(x):
    s, c = logistic(2 * x); return -8 * s * c * elementary.tanh(x)
tanh = Activation("tanh", "Tanh", (
  Function(value, "tanh(x)", r"\tanh x", (-1.0, 1.0), (-1.0, 1.0), (0.0,), saturation=(100.0, 750.0), expansion=(1.0, -1/3, 3)),
  Function(first, "", "", (0.0, 0.0), (0.0, 1.0), saturation=(100.0, 750.0)),
  Function(second, "", "", (0.0, -0.0), (-0.8, 0.8), (0.0,), saturation=(100.0, 750.0), expansion=(-2.0, 8/3, 3))),
  source="")
