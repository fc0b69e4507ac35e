from math import inf
from .activation import Activation, Function, Kink
from .arithmetic.elementary import where, normal
def value(x):
    P, _ = normal(x); return x * P
def first(x):
    P, p = normal(x); return P + x * p
def second(x):
    _, p = normal(x); return (2 - x * x) * p
gelu = Activation("gelu", "GELU", (
  Function(value, "x * Phi(x)", r"x\,\Phi(x)", (-0.0, inf), (-0.17, inf), (0.0,), saturation=(20.0, 56.0), expansion=(1/2, 0.4, 2)),
  Function(first, "", "", (-0.0, 1.0), (-0.13, 1.13), (-0.7517915246935645,), saturation=(20.0, 56.0)),
  Function(second, "", "", (-0.0, -0.0), (-0.1, 0.8), (-2**.5, 2**.5), saturation=(20.0, 56.0))),
  source="", monotone=False)
