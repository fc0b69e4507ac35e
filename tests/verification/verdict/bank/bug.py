"""A planted bug: what is computed, what a check has to find, and which reasons are true of it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from reference import ACTIVATIONS
from verification.candidates.implementation import Implementation
from verification.verdict.check import check

from .literal import is_literal, is_so

V, D, D2, B = "value", "derivative", "second", "backward"
F16, BF16, F32, F64 = "float16", "bfloat16", "float32", "float64"
INACCURATE, FLUSHED, NAN, OVERFLOW = "inaccurate", "flushed", "nan", "overflow"
WRONG_SIGN, INFINITY, OUTSIDE = "wrong sign", "infinity", "out of bounds"
# What is true where the arithmetic of infinities ends in NaN, and where a step of it overflows.
AT_INFINITY = "NaN at an infinity|0 ?· ?∞|∞ ?- ?∞|∞ ?/ ?∞"
ON_THE_WAY = "overflows"
# The fields of an implementation, and whose they are.
OF_A_GATE = {"forward": V, "backward": "backward_x", "backward_y": "backward_y"}
# Where the code is the formula as it is written.
AS_WRITTEN = "(every|each) step"
# Where the finding's detail says all that there is to say: what was raised, which length, ...
TOLD_BY_DETAIL = (
    "exception",
    "no result",
    "dtype",
    "shape",
    "input written",
    "shared result",
    "not deterministic",
    "state",
    "length",
    "layout",
    "upstream",
    "warning",
    "output",
)


@dataclass(frozen=True)
class Bug:
    """One planted bug: of which subject, and what has to be said about it.

    Attributes:
        id: unique beside activation and subject.
        activation: the name of one of the catalogue, or a formula.
        dtype: the format.
        function: what is judged: the ``subject``; of a gate an `Implementation`; with ``made`` a
            function that makes it, for one with a memory.
        kind: of a finding about the subject that there has to be.
        why: what that finding's reason has to contain.
        subject: "value", "derivative", "second", "backward", "backward_x" or "backward_y".
        true: regular expressions, written from what is planted: any reason that none of them is
            found in is a false one.
        main: the same, of the finding that is shown first, where not all of them will do.
        never: words that no reason may contain.
        beside: a regular expression of reasons that are right, but of something beside the bug or
            too little: neither true ones nor false ones.
        parameters: those of the activation or the formula.
        strict: a strict check is asked for.
        made: see ``function``.

    """

    id: str
    activation: str
    dtype: str
    function: Any
    kind: str
    why: str | None = None
    subject: str = V
    true: str | tuple[str, ...] = ()
    main: str | None = None
    never: str | None = None
    parameters: dict[str, float] = field(default_factory=dict)
    beside: str | None = None
    strict: bool = False
    made: bool = False

    @property
    def name(self) -> str:
        """The bug's own name."""
        return f"{self.activation}-{self.id}-{self.subject}-{self.dtype}"

    @property
    def truths(self) -> tuple[str, ...]:
        """The expressions of true reasons."""
        return (self.true,) if isinstance(self.true, str) else self.true

    def is_true(self, reason: str) -> bool:
        """Whether a reason is one of this bug."""
        return any(re.search(truth, reason, re.IGNORECASE) for truth in self.truths)

    def is_beside(self, reason: str) -> bool:
        """Whether a reason is right, but beside the bug."""
        is_known = self.beside is not None and re.search(self.beside, reason, re.IGNORECASE)
        return bool(is_known) or (is_literal(reason) and is_so(reason, self))

    def verdict(self) -> Any:
        """Check the bug, beside nothing else."""
        function = self.function() if self.made else self.function
        named = self.activation in ACTIVATIONS
        asked = {"activation" if named else "formula": self.activation}
        options = {"dtype": self.dtype, "strict": self.strict, "parameters": self.parameters}
        if isinstance(function, Implementation):
            return check(alone(function, self.subject), **asked, **options)
        given: dict[str, Callable[..., Any] | None] = {self.subject: function}
        return check(given.pop(V, None), **asked, **options, **given)


def alone(gate: Implementation, subject: str) -> Implementation:
    """A gate of which the other subjects are not judged, which takes a third of the time."""
    others = {name for name in OF_A_GATE if OF_A_GATE[name] != subject}
    return replace(gate, **dict.fromkeys(others))


@dataclass(frozen=True)
class Heard:
    """What is said of a bug: reasons that are true and false, and whether the first one is true."""

    true: tuple[str, ...]
    false: tuple[str, ...]
    first: str | None
    is_first_right: bool

    @property
    def is_explained(self) -> bool:
        """By a true reason and by no false one."""
        return bool(self.true) and not self.false and self.is_first_right


def told(symptom: Any) -> Iterator[str]:
    """The reason of a symptom; and the detail, where that says all."""
    if symptom.why:
        yield symptom.why
    if symptom.detail and symptom.kind in TOLD_BY_DETAIL:
        yield symptom.detail


def heard(bug: Bug, verdict: Any) -> Heard:
    """Hold every reason of a verdict against the bug.

    A detail is no reason, and never a false one, but may be all that a maintainer needs.
    """
    reasons = tuple(dict.fromkeys(s.why for s in verdict.symptoms if s.why))
    said = tuple(dict.fromkeys(text for s in verdict.symptoms for text in told(s)))
    first = " / ".join(told(verdict.findings[0])) if verdict.findings else ""
    right = re.search(bug.main, first, re.IGNORECASE) if bug.main else bug.is_true(first)
    return Heard(
        tuple(text for text in said if bug.is_true(text)),
        tuple(text for text in reasons if not (bug.is_true(text) or bug.is_beside(text))),
        first or None,
        bool(right),
    )
