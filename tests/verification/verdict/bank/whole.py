"""The whole bank, family by family."""

from .another_function import ANOTHER_FUNCTION
from .approximations import APPROXIMATIONS
from .behaviour import BEHAVIOUR
from .bug import Bug
from .cancellation import CANCELLATION
from .constants import CONSTANTS
from .derivatives import DERIVATIVES
from .exponential import EXPONENTIAL_BUGS
from .formulas import FORMULAS
from .gates import GATES
from .gaussian import GAUSSIAN
from .laws import LAWS
from .memory import MEMORY
from .more_gates import MORE_GATES
from .more_resemblances import MORE_RESEMBLANCES
from .overflow import OVERFLOWS
from .precision import PRECISION
from .rectifiers import RECTIFIERS
from .resemblances import RESEMBLANCES
from .results import RESULTS, STRICTLY
from .saturating import SATURATING
from .softplus_like import SOFTPLUS_BUGS
from .tails import TAILS
from .upstream import UPSTREAM

FAMILIES: dict[str, list[Bug]] = {
    "another function": ANOTHER_FUNCTION,
    "cancellation": CANCELLATION,
    "overflow": OVERFLOWS,
    "constants": CONSTANTS,
    "precision": PRECISION,
    "tails": TAILS,
    "derivatives": DERIVATIVES,
    "upstream": UPSTREAM,
    "behaviour": BEHAVIOUR,
    "results": RESULTS,
    "strictly": STRICTLY,
    "laws": LAWS,
    "resemblances": [*RESEMBLANCES, *MORE_RESEMBLANCES],
    "softplus and its like": SOFTPLUS_BUGS,
    "exponentials": EXPONENTIAL_BUGS,
    "sigmoids and gates": SATURATING,
    "branches": RECTIFIERS,
    "the normal distribution": GAUSSIAN,
    "approximations": APPROXIMATIONS,
    "gates": GATES,
    "gates by kernels": MORE_GATES,
    "memory": MEMORY,
    "formulas by rows": FORMULAS,
}
BUGS = [bug for family in FAMILIES.values() for bug in family]
