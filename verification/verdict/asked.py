"""What is asked of an implementation, and how exactly: arguments that were checked."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from math import isfinite
from numbers import Real
from typing import Any

import numpy as np

from reference import ACTIVATIONS, ALIASES, Activation
from reference.arithmetic.formats import FORMATS, Format
from verification.errors import UsageError
from verification.examination.domain import Domain
from verification.examination.tried import inputs_of
from verification.examination.truth import ALLOWANCES, Question
from verification.formula.activation import Gated, OfFormula, of_formula
from verification.formula.setting import setting
from verification.grade import Grade

from .baseline import Baseline

TOLERANCES = {"float16": 1.0, "bfloat16": 1.0, "float32": 4.0, "float64": 4.0}
NEXT_TO_ROOTS = "what half an ulp of x changes next to a root of the derivative"
OF_A_PRODUCT = "|upstream| times the derivative's tolerance, and half an ulp, for backward"
OF_A_GATE = "the other factors times the gate's tolerance, and half an ulp"
OF_THE_TRUTH = "half an ulp more in float64, as the truth is known to that"
NAMES = {**ACTIVATIONS, **{alias: ACTIVATIONS[name] for alias, name in ALIASES.items()}}


@dataclass(frozen=True)
class Asked:
    """An activation, a format, and the terms on which results pass."""

    activation: Activation
    format_: Format
    tolerance: float
    allow: frozenset[str]
    strict: bool
    seed: int | None
    require: Grade
    baseline: Baseline | None = None
    domain: Domain | None = None
    exhaustive: bool = False

    @property
    def inputs(self) -> int:
        """Of how many arrays the function is."""
        return 1 + isinstance(self.activation, Gated)

    @property
    def parameters(self) -> dict[str, float]:
        """The parameters that are not the activation's default ones."""
        activation = self.activation
        default = {} if isinstance(activation, OfFormula) else NAMES[activation.name].parameters
        return {
            name: value
            for name, value in activation.parameters.items()
            if value != default.get(name)
        }

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
            self.require,
            None if self.baseline is None else self.baseline.cells.get(subject),
            self.domain,
        )

    def allowances(self, subjects: Iterable[str]) -> Iterator[str]:
        """What is tolerated beyond the tolerance."""
        yield from (ALLOWANCES[name] for name in sorted(self.allow))
        asked = set(subjects)
        if asked - {"value"} and self.activation.orders[1].roots and not self.strict:
            yield NEXT_TO_ROOTS
        if self.inputs > 1:
            yield OF_A_GATE
        if "backward" in asked:
            yield OF_A_PRODUCT
        if self.format_.name == "float64":
            yield OF_THE_TRUTH


def asked_for(
    activation: str | None, formula: str | None, parameters: Mapping[str, float] | None
) -> Activation:
    """The activation that is named, or that is a formula; or UsageError."""
    if (activation is None) == (formula is None):
        got = "none" if formula is None else f"both, {activation!r} and {formula!r}"
        raise UsageError(f"expected an activation or a formula, but got {got}")
    if formula is not None:
        return of_formula(formula, parameters)
    return activation_of(activation, parameters)


def activation_of(name: str | None, parameters: Mapping[str, float] | None = None) -> Activation:
    """The activation of the catalogue, with these parameters; or UsageError."""
    if not isinstance(name, str) or name not in NAMES:
        near = get_close_matches(str(name).rpartition(".")[2].lower(), NAMES, n=1)
        hint = f"did you mean {near[0]}? " if near else ""
        raise UsageError(
            f"no activation {name!r}; {hint}the catalogue has {', '.join(NAMES)}, and any other "
            "function is judged by its formula"
        )
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


def tolerance_of(tolerance: float | None, format_: Format) -> float:
    """The tolerance in ulp, by default the format's; or UsageError."""
    bound = TOLERANCES[format_.name] if tolerance is None else tolerance
    if not (isinstance(bound, Real) and isfinite(bound) and bound >= 0):
        raise UsageError(f"tolerance has to be a finite number of ulp, 0 or more, not {tolerance}")
    return float(bound)


def allowances_of(allow: Iterable[str]) -> frozenset[str]:
    """The allowances by name, or UsageError."""
    names = {allow} if isinstance(allow, str) else set(allow or ())
    unknown = sorted(names - set(ALLOWANCES))
    if unknown:
        raise UsageError(f"no allowance {unknown[0]!r}; expected {', '.join(ALLOWANCES)}")
    return frozenset(names)


def require_inputs(asked: Asked) -> None:
    """UsageError for a domain without a number of the format that would be tried."""
    if asked.domain is not None and not inputs_of(asked.question("value")).size:
        raise UsageError(
            f"expected a domain with numbers of {asked.format_.name} in it, but got {asked.domain}"
        )


def require_exhaustible(asked: Asked) -> None:
    """UsageError for what has too many inputs to try them all."""
    if asked.format_.name == "float64":
        raise UsageError("exhaustive: float64 has too many numbers; it is for float32 and shorter")
    if asked.inputs > 1:
        raise UsageError("exhaustive: two inputs have too many pairs; it is for one input")
    if isinstance(asked.activation, OfFormula) and not asked.format_.has_few_numbers:
        from verification.sweep.by_runs import (  # noqa: PLC0415  flint where it is needed
            refuse_what_takes_too_long,
        )

        refuse_what_takes_too_long(asked.activation)
