"""Check anyone's activation against the correctly rounded one."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from math import isfinite
from numbers import Real
from typing import Any

import numpy as np

from reference import ACTIVATIONS, Activation, swish
from reference.arithmetic.formats import FORMATS, Format
from verification.candidates.calls import Recorded, Subject, Trouble
from verification.candidates.floating_point import FLUSHES, MODE
from verification.candidates.implementation import Implementation
from verification.errors import UsageError
from verification.examination import laws
from verification.examination.accuracy import Survey, survey
from verification.examination.behaviour import Behaviour, upstream_laws
from verification.examination.complaint import Complaint
from verification.examination.exhaustive import exhaust
from verification.examination.truth import ALLOWANCES, FLUSH_TO_ZERO, Question

from .reporting import Reporter
from .verdict import KINDS, Convention, Finding, Verdict

TOLERANCES = {"float16": 1.0, "bfloat16": 1.0, "float32": 4.0, "float64": 4.0}
NEXT_TO_ROOTS = "what half an ulp of x changes next to a root of the derivative"
OF_A_PRODUCT = "what upstream makes of the derivative's tolerance, and half an ulp, for backward"
OF_THE_TRUTH = "half an ulp more in float64, as the truth is known to that"
NAMES = {**ACTIVATIONS, "swish": swish}


def check(  # noqa: PLR0913  one call says all that a check needs
    forward: Callable[..., Any] | Implementation | None,
    activation: str,
    *,
    derivative: Callable[..., Any] | None = None,
    backward: Callable[..., Any] | None = None,
    dtype: Any = "float32",
    tolerance: float | None = None,
    exhaustive: bool = False,
    allow: Iterable[str] = (),
    strict: bool = False,
    scheduler: str | None = None,
) -> Verdict:
    """Judge an implementation of an activation in one format; the verdict is true if it passed.

    Args:
        forward: maps an array to an array of the same dtype and shape; or an `Implementation`.
        activation: its name in the catalogue: "relu", "gelu", ...
        derivative: the same for the first derivative.
        backward: maps (x, upstream) to derivative times upstream.
        dtype: "float16", "bfloat16" (of ml_dtypes), "float32" or "float64".
        tolerance: in ulp; by default 4 in float32 and float64, 1 in the 16-bit formats.
        exhaustive: try all 2^32 patterns of float32; the 16-bit formats always are tried in full.
        allow: named allowances, "flush-to-zero" and "length" (see `truth.ALLOWANCES`).
        scheduler: the address of a Dask cluster for the exhaustive part.
        strict: drop the allowance next to roots of the derivative, and hold results to the sign
            of every zero, to order, symmetry and layout to the last bit.

    Raises:
        UsageError: an unknown activation, dtype or allowance; a tolerance that is no number.

    """
    known, format_ = activation_of(activation), format_of(dtype)
    allowed = _allowances(allow)
    bound = TOLERANCES[format_.name] if tolerance is None else tolerance
    if not (isinstance(bound, Real) and isfinite(bound) and bound >= 0):
        raise UsageError(f"tolerance has to be a finite number of ulp, 0 or more, not {tolerance}")
    if exhaustive and format_.name == "float64":
        raise UsageError("exhaustive: float64 has too many numbers; it is for float32 and shorter")
    implementation = _implementation(forward, derivative, backward)
    judge = _Judge(known, format_, float(bound), allowed, exhaustive, strict, scheduler)
    with MODE.ours():
        judge.look_at(implementation)
    if judge.expired and not judge.findings:
        raise UsageError(f"expected the check to end in time, but {judge.expired}")
    return judge.verdict(implementation)


@dataclass
class _Judge:
    """One check: what the subjects of an implementation show, gathered."""

    activation: Activation
    format_: Format
    tolerance: float
    allow: frozenset[str]
    exhaustive: bool
    strict: bool
    scheduler: str | None
    findings: list[Finding] = field(default_factory=list)
    conventions: list[Convention] = field(default_factory=list)
    surveys: dict[str, Survey] = field(default_factory=dict)
    expired: str = ""

    def look_at(self, implementation: Implementation) -> None:
        """Judge value, derivative and backward, as far as they are given."""
        subjects = {
            name: implementation.subject(name, function, self.format_)
            for name, function in implementation.functions.items()
        }
        reporters = {
            name: self._judge(subject, implementation) for name, subject in subjects.items()
        }
        if "value" in subjects and "derivative" in subjects:
            question = self._question("derivative")
            complaints = laws.consistency(question, subjects["value"], subjects["derivative"])
            self._take(reporters["derivative"], complaints)
        self.expired = next(filter(None, (subject.expired for subject in subjects.values())), "")

    def verdict(self, implementation: Implementation) -> Verdict:
        """All that was said, worst first."""
        allowances = [ALLOWANCES[name] for name in sorted(self.allow)]
        if self.surveys.keys() - {"value"} and self.activation.orders[1].roots and not self.strict:
            allowances.append(NEXT_TO_ROOTS)
        if "backward" in self.surveys:
            allowances.append(OF_A_PRODUCT)
        if self.format_.name == "float64":
            allowances.append(OF_THE_TRUTH)
        return Verdict(
            implementation=implementation.name,
            activation=self.activation.name,
            dtype=self.format_.name,
            tolerance=self.tolerance,
            allowances=tuple(allowances),
            findings=tuple(sorted(self.findings, key=lambda finding: finding.rank)),
            conventions=tuple(self.conventions),
            inputs={name: seen.inputs for name, seen in self.surveys.items()},
            worst_ulp={name: s.worst_ulp for name, s in self.surveys.items() if s.inputs},
            profile={name: (seen.x, seen.ulp) for name, seen in self.surveys.items()},
            not_judged=tuple(KINDS) if self.expired else implementation.subject.not_judged,
            why_not="; ".join(filter(None, (implementation.subject.why_not, self.expired))),
        )

    def _question(self, subject: str) -> Question:
        return Question(
            self.activation, subject, self.format_, self.tolerance, self.allow, self.strict
        )

    def _judge(self, subject: Subject, implementation: Implementation) -> Reporter:
        question = self._question(subject.name)
        reporter = Reporter(question, subject, implementation)
        seen = survey(question, subject)
        self.surveys[subject.name] = seen
        if self.exhaustive and subject.name != "backward":
            whole = exhaust(question, subject, implementation.origin, self.scheduler)
            seen.replace_by(whole)
        complaints = laws.judge(question, seen)
        if seen.x.size and not isinstance(subject, Recorded):
            complaints += Behaviour(question, subject).judge()
        if subject.name == "backward":
            complaints += upstream_laws(question, subject)
        subject.narrow_down()
        troubles = [t for t in subject.troubles.values() if not self._allows(t)]
        self.conventions += [*reporter.kinks(), *reporter.others(seen)]
        self.findings += reporter.of_troubles(troubles, seen)
        self.findings += reporter.of_tallies(seen)
        self._take(reporter, complaints)
        return reporter

    def _allows(self, trouble: Trouble) -> bool:
        return trouble.detail == FLUSHES and FLUSH_TO_ZERO in self.allow

    def _take(self, reporter: Reporter, complaints: list[Complaint]) -> None:
        for complaint in complaints:
            if complaint.legal:
                at = float(complaint.x[0])
                self.conventions.append(
                    Convention(reporter.subject.name, at, f"{complaint.kind}: {complaint.detail}")
                )
            else:
                self.findings.append(reporter.of_complaint(complaint))


def activation_of(name: str) -> Activation:
    """The activation of the catalogue, or UsageError."""
    if not isinstance(name, str) or name not in NAMES:
        raise UsageError(f"no activation {name!r}; the catalogue has {', '.join(NAMES)}")
    return NAMES[name]


def format_of(dtype: Any) -> Format:
    """The format that a dtype is, or UsageError."""
    try:
        name = dtype if isinstance(dtype, str | None) else np.dtype(dtype).name
    except TypeError:
        name = repr(dtype)
    if name not in FORMATS:
        raise UsageError(f"no dtype {name!r}; expected {', '.join(FORMATS)}")
    return FORMATS[name]


def _allowances(allow: Iterable[str]) -> frozenset[str]:
    names = {allow} if isinstance(allow, str) else set(allow or ())
    unknown = sorted(names - set(ALLOWANCES))
    if unknown:
        raise UsageError(f"no allowance {unknown[0]!r}; expected {', '.join(ALLOWANCES)}")
    return frozenset(names)


def _implementation(
    forward: Callable[..., Any] | Implementation | None,
    derivative: Callable[..., Any] | None,
    backward: Callable[..., Any] | None,
) -> Implementation:
    if isinstance(forward, Implementation):
        if derivative is not None or backward is not None:
            raise UsageError("an Implementation brings its own derivative and backward")
        return forward
    functions = (forward, derivative, backward)
    for function in functions:
        if function is not None and not callable(function):
            raise UsageError(f"expected a function or an Implementation, not {function!r}")
    names = [_name(function) for function in functions]
    given = [name for name, f in zip(names, functions, strict=True) if f is not None]
    if not given:
        raise UsageError("nothing to check: give forward, derivative or backward")
    array = 'np.array([{x}], "{dtype}")'
    upstream = 'np.array([{upstream}], "{dtype}")'
    return Implementation(
        given[0],
        *functions,
        call=f"{names[0]}({array})",
        derivative_call=f"{names[1]}({array})",
        backward_call=f"{names[2]}({array}, {upstream})",
    )


def _name(function: Any) -> str:
    """How a function is called, or an object that can be called."""
    for attribute in ("__name__", "name"):
        name = getattr(function, attribute, None)
        if isinstance(name, str):
            return name
    return type(function).__name__
