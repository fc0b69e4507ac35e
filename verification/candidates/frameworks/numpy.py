"""Functions of NumPy arrays; they have no derivative of their own."""

from .framework import Forward, Framework, Function


def adapt(function: Function) -> tuple[Forward, None]:
    """The function itself."""
    return function, None


NUMPY = Framework("numpy", adapt, "numpy.array([{}], '{{dtype}}')")
