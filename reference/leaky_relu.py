from math import inf
from .activation import Activation, Function, Kink
from .arithmetic.elementary import where
def value(x, negative_slope): return where(x > 0, x, negative_slope * x)
def first(x, negative_slope): return where(x > 0, 1.0, negative_slope)
def second(x, negative_slope): return where(x > 0, 0.0, 0.0)
leaky_relu = Activation("leaky_relu", "LeakyReLU", (
  Function(value, "x if x > 0 else negative_slope * x", r"\max(0,x)+a\min(0,x)", (-inf, inf), (-inf, inf), (0.0,), exact=True),
  Function(first, "", "", (0.01, 1.0), (0.01, 1.0), exact=True),
  Function(second, "", "", (0.0, 0.0), (0.0, 0.0), exact=True)),
  source="Maas et al. 2013", kinks=(Kink(0.0, 0.01, 1.0, 0.01, ""),), parameters={"negative_slope": 0.01})
