"""Functions of a framework by name, a file each, with its own autodiff as the derivative."""

from .candidate import Candidate
from .naming import described, functions, implementation, subjects

__all__ = ["Candidate", "described", "functions", "implementation", "subjects"]
