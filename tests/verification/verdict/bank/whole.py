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
from .hardware import HARDWARE
from .laws import LAWS
from .memory import MEMORY
from .more_gates import MORE_GATES
from .more_resemblances import MORE_RESEMBLANCES
from .other_gates import OTHER_GATES
from .overflow import OVERFLOWS
from .precision import PRECISION
from .rectifiers import RECTIFIERS
from .resemblances import RESEMBLANCES
from .results import RESULTS, STRICTLY
from .saturating import SATURATING
from .selu_and_bell import SELU_AND_BELL
from .slopes import SLOPES
from .softplus_kin import SOFTPLUS_KIN
from .softplus_like import SOFTPLUS_BUGS
from .swishes import SWISHES
from .tails import TAILS
from .thresholds import THRESHOLDS
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
    "softplus and its like": [*SOFTPLUS_BUGS, *SOFTPLUS_KIN],
    "exponentials": [*EXPONENTIAL_BUGS, *SELU_AND_BELL],
    "sigmoids and gates": [*SATURATING, *SWISHES, *SLOPES],
    "branches": [*RECTIFIERS, *THRESHOLDS],
    "the normal distribution": GAUSSIAN,
    "approximations": [*APPROXIMATIONS, *HARDWARE],
    "gates": GATES,
    "gates by kernels": [*MORE_GATES, *OTHER_GATES],
    "memory": MEMORY,
    "formulas by rows": FORMULAS,
}
BUGS = [bug for family in FAMILIES.values() for bug in family]
