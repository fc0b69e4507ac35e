"""Functions of a framework by name, a file each, with its own autodiff as the derivative."""

from .naming import implementation

__all__ = ["implementation"]
