"""What is known of an activation besides its truth; nothing, where it has no file here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec

from .mistake import Mistake

PACKAGE = __package__


@dataclass(frozen=True)
class Reflection:
    """f(x) + sign f(-x) = constant + slope x."""

    sign: float
    constant: float = 0.0
    slope: float = 0.0

    def derivative(self) -> "Reflection":
        """Return what follows for f': f'(x) - sign f'(-x) = slope."""
        return Reflection(-self.sign, self.slope)


@dataclass(frozen=True)
class Lore:
    """What others say of one activation.

    ``spellings`` are the framework's names of it at its default parameters, by package, as
    `candidates.frameworks` reads them; ``keywords`` are its names of the parameters, where it has
    them. ``choices`` say who chooses the "left" or "right" derivative, or one in the "middle", at
    a kink. ``mistakes`` are known wrong ways, and ``mistakes_of`` gives those that depend on the
    parameters. ``reflection`` is a law of f(x) and f(-x); ``doubles`` is the activation g with
    f(x) = 2 g(2x) - 1.
    """

    spellings: Mapping[str, str] = field(default_factory=dict)
    keywords: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)
    mistakes: tuple[Mistake, ...] = ()
    mistakes_of: Callable[[Mapping[str, float]], tuple[Mistake, ...]] | None = None
    reflection: Reflection | None = None
    doubles: str = ""

    def all_mistakes(self, parameters: Mapping[str, float]) -> tuple[Mistake, ...]:
        """The known wrong ways to compute it with these parameters."""
        more = self.mistakes_of(parameters) if self.mistakes_of else ()
        return (*self.mistakes, *more)


def lore_of(name: str) -> Lore:
    """The ``LORE`` of the file that is named like the activation; an empty one without a file."""
    if not name.isidentifier() or find_spec(f"{PACKAGE}.{name}") is None:
        return Lore()
    found = getattr(import_module(f"{PACKAGE}.{name}"), "LORE", None)
    return found if isinstance(found, Lore) else Lore()
