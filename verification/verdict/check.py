"""Check anyone's activation against the correctly rounded one."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from numbers import Real
from typing import Any

import numpy as np

from reference import ACTIVATIONS, ALIASES, Activation
from reference.arithmetic.formats import FORMATS, Format
from verification.candidates.clock import Clock
from verification.candidates.floating_point import FLUSHES, MODE
from verification.candidates.frameworks.given import implementation_of
from verification.candidates.implementation import Implementation
from verification.candidates.isolation import Worker
from verification.candidates.limits import EXHAUSTIVE, QUICK
from verification.candidates.text import shown
from verification.candidates.trouble import Trouble
from verification.diagnosis.explain import explain
from verification.errors import UsageError
from verification.examination.accuracy import Accuracy
from verification.examination.examine import examine
from verification.examination.observed import Observed
from verification.examination.truth import ALLOWANCES, FLUSH_TO_ZERO, Question, expected_of
from verification.formula.activation import OfFormula, of_formula
from verification.formula.setting import setting
from verification.kinds import KINDS
from verification.numbers.ulp import doubles
from verification.observation.observe import observe

from .reporting import Reporter
from .untrusted import by_name, seed_of, without_its_word
from .verdict import Convention, Finding, Verdict

TOLERANCES = {"float16": 1.0, "bfloat16": 1.0, "float32": 4.0, "float64": 4.0}
NEXT_TO_ROOTS = "what half an ulp of x changes next to a root of the derivative"
OF_A_PRODUCT = "|upstream| times the derivative's tolerance, and half an ulp, for backward"
OF_THE_TRUTH = "half an ulp more in float64, as the truth is known to that"
NAMES = {**ACTIVATIONS, **{alias: ACTIVATIONS[name] for alias, name in ALIASES.items()}}


def check(  # noqa: PLR0913  one call says all that a check needs
    candidate: Callable[..., Any] | str | Implementation | None,
    activation: str | None = None,
    *,
    formula: str | None = None,
    parameters: Mapping[str, float] | None = None,
    derivative: Callable[..., Any] | str | None = None,
    backward: Callable[..., Any] | str | None = None,
    framework: str | None = None,
    device: str | None = None,
    dtype: Any = "float32",
    tolerance: float | None = None,
    exhaustive: bool = False,
    allow: Iterable[str] = (),
    strict: bool = False,
    scheduler: str | None = None,
    untrusted: bool = False,
    seed: int | None = None,
) -> Verdict:
    """Judge an implementation of an activation in one format; the verdict is true if it passed.

    The activation is one of the catalogue, or any formula of the language, such as
    ``check(f, formula="x * sigmoid(beta * x)", parameters={"beta": 1.7})``.

    A function shares this process, and may do to it what it likes: judge one that you do not trust
    by its name, with the command ``halfulp check``.

    Args:
        candidate: maps an array to an array of the same dtype and shape; or the name of what does,
            as "torch:torch.nn.functional.gelu"; or an `Implementation`.
        activation: its name in the catalogue: "relu", "gelu", ...
        formula: in its place, the textbook formula (see `verification.formula.language`).
        parameters: those of the activation that are not its default ones, as
            {"negative_slope": 0.2}; of a formula, a number for each symbol but x and pi. The
            functions given here have to use them too.
        derivative: the same for the first derivative; by default the framework's own, if any.
        backward: maps (x, upstream) to derivative times upstream; likewise.
        framework: whose arrays the functions take, where neither name nor object tells:
            "torch", "jax", ...; by default they take NumPy's.
        device: where the framework puts them: "cpu", "cuda:1", ...
        dtype: "float16", "bfloat16" (of ml_dtypes), "float32" or "float64".
        tolerance: in ulp; by default 4 in float32 and float64, 1 in the 16-bit formats.
        exhaustive: try all 2^32 patterns of float32; the 16-bit formats always are tried in full.
        allow: named allowances, "flush-to-zero" and "length" (see `truth.ALLOWANCES`).
        scheduler: the address of a Dask cluster for the exhaustive part.
        untrusted: a candidate by name may be made to pass a check and not to be right: it is held
            by another process, tried at numbers that are drawn anew as well, in three orders, and
            what its process says of itself is not believed.
        seed: of the numbers that are drawn, to draw the same again.
        strict: drop the allowance next to roots of the derivative, and hold results to the sign
            of every zero, to order, symmetry and layout to the last bit; and no warning is legal.

    Raises:
        UsageError: no activation or formula, or both; an unknown activation, parameter, dtype or
            allowance; a formula that is not in the language; a tolerance or a parameter that is no
            number; no function of one array; no such framework or device; no verdict, as the time
            was used up.

    """
    known, format_ = _asked_for(activation, formula, parameters), format_of(dtype)
    allowed = _allowances(allow)
    bound = TOLERANCES[format_.name] if tolerance is None else tolerance
    if not (isinstance(bound, Real) and isfinite(bound) and bound >= 0):
        raise UsageError(f"tolerance has to be a finite number of ulp, 0 or more, not {tolerance}")
    if exhaustive and format_.name == "float64":
        raise UsageError("exhaustive: float64 has too many numbers; it is for float32 and shorter")
    if exhaustive and isinstance(known, OfFormula) and not format_.has_few_numbers:
        from verification.sweep.by_runs import (  # noqa: PLC0415  flint where it is needed
            refuse_what_takes_too_long,
        )

        refuse_what_takes_too_long(known)
    given = {"value": candidate, "derivative": derivative, "backward": backward}
    things = {name: thing for name, thing in given.items() if thing is not None}
    if untrusted and not isinstance(candidate, Implementation):
        named = by_name(things, framework, device, format_.name)
        with Worker(named, Clock(EXHAUSTIVE if exhaustive else QUICK)) as worker:
            return check(
                worker.implementation(),
                activation,
                formula=formula,
                parameters=parameters,
                dtype=dtype,
                tolerance=tolerance,
                exhaustive=exhaustive,
                allow=allow,
                strict=strict,
                scheduler=scheduler,
                untrusted=True,
                seed=seed,
            )
    implementation = _implementation(things, framework, device, format_.name)
    if format_.name not in implementation.formats:
        formats = ", ".join(name for name in FORMATS if name in implementation.formats)
        raise UsageError(
            f"{shown(implementation.name)!r}: its framework takes {formats}, not {format_.name}"
        )
    drawn = seed_of(seed, untrusted=untrusted)
    terms = _Terms(known, format_, float(bound), allowed, strict, drawn)
    default = NAMES[known.name].parameters if formula is None else {}
    other = {name: value for name, value in known.parameters.items() if value != default.get(name)}
    with MODE.ours():
        questions = {name: terms.question(name) for name in implementation.functions}
        observed = observe(questions, implementation, exhaustive=exhaustive, scheduler=scheduler)
        verdict = _judged(terms, implementation, observed, other)
    return without_its_word(verdict) if untrusted else verdict


@dataclass(frozen=True)
class _Terms:
    """What is asked of an implementation, and how exactly."""

    activation: Activation
    format_: Format
    tolerance: float
    allow: frozenset[str]
    strict: bool
    seed: int | None

    def question(self, subject: str) -> Question:
        """The question about one subject."""
        return Question(
            self.activation,
            subject,
            self.format_,
            self.tolerance,
            self.allow,
            self.strict,
            self.seed,
        )

    def allowances(self, accuracies: Mapping[str, Accuracy]) -> Iterator[str]:
        """What is tolerated beyond the tolerance."""
        yield from (ALLOWANCES[name] for name in sorted(self.allow))
        if accuracies.keys() - {"value"} and self.activation.orders[1].roots and not self.strict:
            yield NEXT_TO_ROOTS
        if "backward" in accuracies:
            yield OF_A_PRODUCT
        if self.format_.name == "float64":
            yield OF_THE_TRUTH


def _judged(
    terms: _Terms,
    implementation: Implementation,
    observed: Mapping[str, Observed],
    parameters: Mapping[str, float],
) -> Verdict:
    """The verdict on what was observed: examined, explained and told, without another call."""
    findings: list[Finding] = []
    conventions: list[Convention] = []
    for name, found in observed.items():
        question = terms.question(name)
        complaints = examine(question, found)
        reporter = Reporter(question, implementation, found, explain(question, found.seen))
        troubles = [t for t in found.troubles if not _is_allowed(t, question)]
        findings += reporter.findings(troubles, complaints)
        conventions += reporter.conventions(troubles, complaints)
    expired = next(filter(None, (found.expired for found in observed.values())), "")
    if expired and not findings:
        raise UsageError(f"expected the check to end in time, but {expired}")
    accuracies = {name: found.seen for name, found in observed.items()}
    if not findings and not all(seen.inputs for seen in accuracies.values()):
        raise UsageError("expected results that can be judged, but none came")
    caller = implementation.caller
    return Verdict(
        implementation=shown(implementation.name),
        activation=terms.activation.name,
        dtype=terms.format_.name,
        tolerance=terms.tolerance,
        parameters=parameters,
        allowances=tuple(terms.allowances(accuracies)),
        findings=tuple(sorted(findings, key=lambda finding: finding.rank)),
        conventions=tuple(conventions),
        inputs={name: seen.inputs for name, seen in accuracies.items()},
        worst_ulp={name: seen.worst_ulp for name, seen in accuracies.items() if seen.inputs},
        profile={name: (seen.x, seen.ulp) for name, seen in accuracies.items()},
        not_judged=tuple(KINDS) if expired else caller.not_judged(),
        why_not="; ".join(filter(None, (implementation.why_not, caller.why_not, expired))),
        seed=terms.seed,
        wrong={
            name: sum(tally.wrong for kind, tally in seen.tallies.items() if kind in KINDS)
            for name, seen in accuracies.items()
        },
        promise={name: found.promise for name, found in observed.items()},
    )


def _is_allowed(trouble: Trouble, question: Question) -> bool:
    """Whether a trouble is none: flushing that is allowed, and a warning of what overflows.

    No activation of the catalogue does so; a formula may, or have no value.
    """
    if trouble.kind == "warning" and isinstance(question.activation, OfFormula):
        x, *upstream = trouble.arguments
        expected = expected_of(question, x, upstream[0] if upstream else None)
        return not np.isfinite(doubles(expected)).all()
    is_flushing = trouble.kind == "mode" and trouble.detail == FLUSHES
    return is_flushing and FLUSH_TO_ZERO in question.allow


def _asked_for(
    activation: str | None, formula: str | None, parameters: Mapping[str, float] | None
) -> Activation:
    """The activation that is named, or that is a formula."""
    if (activation is None) == (formula is None):
        got = "none" if formula is None else f"both, {activation!r} and {formula!r}"
        raise UsageError(f"expected an activation or a formula, but got {got}")
    if formula is not None:
        return of_formula(formula, parameters)
    return activation_of(activation, parameters)


def activation_of(name: str | None, parameters: Mapping[str, float] | None = None) -> Activation:
    """The activation of the catalogue, with these parameters; or UsageError."""
    if not isinstance(name, str) or name not in NAMES:
        raise UsageError(f"no activation {name!r}; the catalogue has {', '.join(NAMES)}")
    return setting(NAMES[name], parameters or {})


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
    things: Mapping[str, Any], framework: str | None, device: str | None, dtype: str
) -> Implementation:
    """The implementation that is given, or that of what is given; or UsageError."""
    value = things.get("value")
    if not isinstance(value, Implementation):
        return implementation_of(things, framework, device, dtype)
    if len(things) > 1 or framework is not None or device is not None:
        raise UsageError(
            "an Implementation brings its own derivative, backward, framework and device"
        )
    return value
