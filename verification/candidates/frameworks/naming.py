"""Candidates by name: what names say before anything is imported, and the functions."""

from verification.candidates.implementation import Implementation

from .assembling import description_of, functions_of, subjects_of
from .candidate import AUTODIFF, Candidate
from .framework import Function
from .name import taken_apart
from .part import Parts


def implementation(candidate: Candidate | str) -> Implementation:
    """The implementation that a name stands for, or UsageError."""
    if isinstance(candidate, str):
        candidate = Candidate(candidate)
    return described(candidate).with_functions(functions(candidate))


def described(candidate: Candidate) -> Implementation:
    """The implementation without its functions: what can be said before anything is imported."""
    return description_of(parts_of(candidate), candidate)


def subjects(candidate: Candidate) -> tuple[str, ...]:
    """What the functions of an implementation give, which follows from names and options alone."""
    return subjects_of(parts_of(candidate), candidate)


def functions(candidate: Candidate, *, warmed: bool = False) -> dict[str, Function]:
    """The functions of an implementation, by what they give; or UsageError (see `assembling`)."""
    return functions_of(parts_of(candidate), candidate, warmed=warmed)


def function_of(name: str) -> Function:
    """The function that such a name stands for, with its options, or UsageError."""
    return taken_apart(name).function()


def parts_of(candidate: Candidate) -> Parts:
    """What its names say; those that do not tell their framework are of the value's."""
    value = taken_apart(candidate.name, candidate.framework)
    others = {
        "derivative": candidate.derivative,
        "second": None if candidate.second == AUTODIFF else candidate.second,
        "backward": candidate.backward,
    }
    named = {
        subject: taken_apart(name, candidate.framework, value.framework)
        for subject, name in others.items()
        if name is not None
    }
    return {"value": value, **named}
