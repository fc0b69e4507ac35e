"""Functions of a framework by name, a file each, with its own autodiff as the derivative."""

from .naming import described, functions, implementation, subjects

__all__ = ["described", "functions", "implementation", "subjects"]
