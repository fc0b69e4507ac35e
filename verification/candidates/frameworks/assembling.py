"""A candidate put together of its parts: a function for the value, and others where there are any.

Where no other is given, the framework's autodiff is.
"""

from verification.candidates.calls import Caller
from verification.candidates.implementation import Implementation

from . import one_input, two_inputs
from .candidate import AUTODIFF, Candidate
from .contiguous import Contiguous
from .framework import Function
from .lines import Lines
from .loaded import Loaded
from .numpy import NUMPY
from .packed import Packed, PackedContiguous
from .part import Parts
from .refusing import require_sense
from .shaped import Shaped, shaped
from .warming import warm

NO_FRAMEWORK = (
    "the derivative is not judged: the name does not tell the framework; write it in front, as in "
    "torch:NAME, or use --framework"
)


def subjects_of(parts: Parts, candidate: Candidate) -> tuple[str, ...]:
    """What the functions give, which follows from names and options alone."""
    own = _has_own_product(parts, candidate)
    if candidate.inputs > 1:
        value = ("value",) if "value" in parts else ()
        return (*value, *(two_inputs.GRADIENTS if own or "backward" in parts else ()))
    has = {
        "value": False,
        "derivative": own,
        "second": candidate.second == AUTODIFF,
        "backward": own,
    }
    return tuple(subject for subject, is_own in has.items() if is_own or subject in parts)


def description_of(parts: Parts, candidate: Candidate) -> Implementation:
    """The implementation without its functions: what can be said before anything is imported."""
    require_sense(parts, candidate)
    lines = Lines(parts, candidate)
    frameworks = [part.framework or NUMPY for part in parts.values()]
    is_alone = parts.keys() == {"value"} and not candidate.only_value
    lacks = is_alone and parts["value"].framework is None
    return Implementation(
        candidate.name,
        None,
        call=lines.value(),
        derivative_call=lines.derivative(),
        backward_call=lines.backward(0),
        backward_y_call=lines.backward(1) if candidate.inputs > 1 else "",
        second_call=lines.second(),
        before_float64="".join(dict.fromkeys(known.before_float64 for known in frameworks)),
        caller=_caller(candidate),
        formats=frozenset.intersection(*(frozenset(known.formats) for known in frameworks)),
        why_not=NO_FRAMEWORK if lacks else "",
        inputs=candidate.inputs,
    )


def functions_of(
    parts: Parts, candidate: Candidate, *, warmed: bool = False
) -> dict[str, Function]:
    """The functions by what they give, each of NumPy arrays; or UsageError.

    If they are to be ``warmed``, those that are compiled when they are first called have been.
    """
    loaded = {subject: Loaded(part, subject, candidate) for subject, part in parts.items()}
    room = one_input if candidate.inputs == 1 else two_inputs
    made = room.functions_of(loaded, candidate)
    functions = {subject: made[subject] for subject in subjects_of(parts, candidate)}
    if candidate.shape is not None:
        functions = {name: shaped(made, candidate.shape) for name, made in functions.items()}
    for subject, one in loaded.items():
        tried = subject if subject in functions else two_inputs.GRADIENTS[0]
        one.attempt(functions[tried], _count(tried, candidate))
    if warmed:
        for subject, function in functions.items():
            part = subject.partition("_")[0]
            if loaded[part if part in loaded else "value"].is_compiled:
                warm(function, _count(subject, candidate), candidate.dtype or "float32")
    return functions


def _count(subject: str, candidate: Candidate) -> int:
    """Of how many arrays a function is."""
    return candidate.inputs + subject.startswith("backward")


def _caller(candidate: Candidate) -> type[Caller]:
    """How the functions are called."""
    if candidate.shape is not None:
        return Shaped
    if candidate.packed is not None:
        return PackedContiguous if candidate.contiguous else Packed
    return Contiguous if candidate.contiguous else Caller


def _has_own_product(parts: Parts, candidate: Candidate) -> bool:
    """Whether the framework's autodiff is judged."""
    framework = parts["value"].framework if "value" in parts else None
    return framework is not None and framework.product is not None and not candidate.only_value
