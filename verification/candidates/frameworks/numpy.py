"""Functions of NumPy arrays; they have no derivative of their own."""

from .framework import Framework, of_numpy

NUMPY = Framework(
    "numpy",
    of_numpy,
    "numpy.array([{}], '{{dtype}}')",
    package="numpy",
    distribution="numpy",
    homes=("numpy", "scipy"),
)
