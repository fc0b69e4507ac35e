from math import inf
from .activation import Activation, Function, Kink
from .arithmetic.elementary import where, logistic, density_at_zero
def inner(x):
    c = 4 * density_at_zero(x)
    k = 44715 * (x * x) / 10**6
    return c * x * (1 + k), c * (1 + 3 * k), 6 * c * (44715 * x / 10**6)
def value(x):
    w, _, _ = inner(x); s, _ = logistic(w); return x * s
def first(x):
    w, dw, _ = inner(x); s, c = logistic(w); return s + x * (s * c * dw)
def second(x):
    w, dw, ddw = inner(x); s, c = logistic(w); return s * c * (2 * dw + x * (ddw + dw * dw * (c - s)))
gelu_tanh = Activation("gelu_tanh", "GELU (tanh form)", (
  Function(value, "", r"", (-0.0, inf), (-0.17, inf), (0.0,), saturation=(14.0, 32.0), expansion=(1/2, 0.4, 2)),
  Function(first, "", "", (-0.0, 1.0), (-0.13, 1.13), (-0.7524614220710163,), saturation=(14.0, 32.0)),
  Function(second, "", "", (-0.0, -0.0), (-0.1, 0.8), (-1.4185040087908283, 1.4185040087908283), saturation=(14.0, 32.0))),
  source="", monotone=False)
