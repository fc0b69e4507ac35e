"""Which step of a formula goes wrong in a format: what overflows, underflows, cancels or amplifies.

Each subexpression is evaluated twice, step by step in the format and in ball arithmetic. Named is
the first step that is wrong where its operands are not.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from flint import arb_series, ctx

from reference.arithmetic.formats import FORMATS, Format
from reference.arithmetic.types import Array, Float64, Mask
from verification.formula.balls import exact, form, terms
from verification.formula.language import CONDITIONS, Expression, number, symbol
from verification.formula.naive import evaluated
from verification.formula.rewriting import rewritten
from verification.formula.slopes import OUTER
from verification.formula.spelled import spelled
from verification.numbers.ulp import doubles

# An error of an operand counts if the step makes it so many times larger.
AMPLIFIES = 2.0
# The share of the inputs at which a step has to be wrong; at which one that amplifies has to be so.
MOSTLY, OFTEN = 0.5, 0.25
# Inputs that are looked at, and the bits of their balls.
TRIED, BITS = 48, 2304
LONGEST, SHORT = 90, 60


@dataclass(frozen=True)
class Step:
    """A subexpression with its values in the format and in float64."""

    node: Expression
    narrow: Float64
    wide: Float64

    @property
    def text(self) -> str:
        """The subexpression, and what it is if that is long."""
        text = spelled(self.node)
        return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."


def exactly(formula: Expression, parameters: Mapping[str, float], x: Array) -> Float64:
    """A formula in float64, without the cancellations that have a name."""
    wide = FORMATS["float64"]
    return evaluated(rewritten(formula), parameters, wide, x.astype(np.float64))


def blamed(
    formula: Expression, parameters: Mapping[str, float], format_: Format, x: Array, got: Float64
) -> str:
    """The sentence about the step of a formula that gives these wrong results at these inputs."""
    finite = np.flatnonzero(np.isfinite(doubles(x)))
    if not finite.size:
        return f"{spelled(formula)} has no number there"
    kept = finite[np.unique(np.linspace(0, finite.size - 1, TRIED).astype(int))]
    x, got = x[kept], got[kept]
    steps = [
        Step(node, doubles(evaluated(node, parameters, format_, x)), _true(node, parameters, x))
        for node in _in_order(formula)
    ]
    by_node = {step.node: step for step in steps}
    is_lost = (~np.isfinite(got) | (got == 0)).mean() >= MOSTLY
    said = [_lost(step, by_node) for step in steps] if is_lost else []
    said += [_subnormal(step, by_node, format_) for step in steps[:-1]]
    return next(filter(None, said), "") or _inaccurate(formula, by_node)


def _inaccurate(formula: Expression, by_node: Mapping[Expression, Step]) -> str:
    """The step that costs most digits."""
    worst = max(by_node.values(), key=lambda step: _amplification(step, by_node))
    if _amplification(worst, by_node) < AMPLIFIES:
        text = spelled(formula)
        where = f", in {text}" if len(text) < SHORT else ""
        return f"every step is rounded, and the errors add up{where}"
    if worst.node.operation in ("add", "sub"):
        return f"{worst.text} cancels"
    [operand] = worst.node.operands
    if operand.operation in ("add", "sub"):
        return f"{spelled(operand)} loses digits before {worst.text} is taken"
    return f"the argument of {worst.text} is rounded: the error grows with it"


def _true(node: Expression, parameters: Mapping[str, float], x: Array) -> Float64:
    """The true values of a subexpression, as balls have them."""
    function = form(node, parameters)
    with ctx.workprec(BITS), terms(1):
        values = [function(arb_series([exact(Fraction(float(at)))]))[0] for at in doubles(x)]
        return np.array([float(value.mid()) for value in values])


def _in_order(formula: Expression) -> list[Expression]:
    """The subexpressions that are computed, operands first."""
    found: dict[Expression, None] = {}

    def visit(node: Expression) -> None:
        for operand in node.operands:
            visit(operand)
        if node.operation not in (*CONDITIONS, "number", "symbol", "named"):
            found[node] = None

    visit(formula)
    return list(found)


def _lost(step: Step, steps: Mapping[Expression, Step]) -> str:
    """What a step loses whole numbers by, of which its operands have lost none."""
    operands = [steps[operand] for operand in step.node.operands if operand in steps]
    sound = np.all([_is_sound(operand) for operand in operands], axis=0) if operands else True
    wrong = ~np.isfinite(step.narrow) & np.isfinite(step.wide) & sound
    large = ~np.isfinite(step.narrow) & sound
    zero = (step.narrow == 0) & (step.wide != 0) & sound
    if wrong.mean() >= MOSTLY or (large.mean() >= MOSTLY and step.node.operation != "where"):
        return f"{step.text} overflows"
    if zero.mean() >= MOSTLY:
        [operand] = operands[:1] or [step]
        if step.node.operation == "log" and (operand.narrow == 1).mean() >= MOSTLY:
            return f"{operand.text} is rounded to 1 before {step.text} is taken"
        how = "cancels" if step.node.operation in ("add", "sub") else "underflows"
        return f"{step.text} {how}"
    return ""


def _subnormal(step: Step, steps: Mapping[Expression, Step], format_: Format) -> str:
    """What a step on the way loses below the normal numbers, where its operands are normal."""
    below = 2.0**format_.emin
    operands = [steps[u] for u in step.node.operands if u in steps]
    normal = np.all([np.abs(u.wide) >= below for u in operands], axis=0) if operands else True
    lost = (np.abs(step.wide) < below) & (step.narrow != step.wide) & normal
    why = f"{step.text} underflows to subnormal numbers, which have few digits"
    return why if lost.mean() >= MOSTLY else ""


def _is_sound(step: Step) -> Mask:
    sound: Mask = np.isfinite(step.narrow) & ((step.narrow != 0) | (step.wide == 0))
    return sound


def _amplification(step: Step, steps: Mapping[Expression, Step]) -> float:
    """How many times larger a step usually makes the relative error of an operand that has one."""
    operands = step.node.operands
    inexact = [steps[u] for u in operands if u in steps and not _is_exact(u)]
    if not inexact or (len(operands) > 1 and step.node.operation not in ("add", "sub")):
        return 0.0
    with np.errstate(all="ignore"):
        factors = [_condition(step, operand) for operand in inexact]
        factor = np.max(factors, axis=0)
        factor = np.where(step.narrow != step.wide, factor, 0.0)
    felt = factor[np.isfinite(factor) & (factor > 0)]
    return float(np.median(felt)) if felt.size >= OFTEN * factor.size else 0.0


def _condition(step: Step, operand: Step) -> Float64:
    """The condition number of a step in an operand: |u f'(u) / f(u)|."""
    u, f = operand.wide, step.wide
    match step.node.operation:
        case "add" | "sub":
            slope = np.ones(u.shape)
        case "pow" | "where" | "min" | "max" | "neg":
            return np.ones(u.shape)
        case name:
            outer = OUTER[name](symbol("x")) if name in OUTER else number(1)
            slope = exactly(outer, {}, u)
    return np.asarray(np.abs(u * slope / f))


def _is_exact(node: Expression) -> bool:
    """Whether a subexpression is an input, its opposite or its magnitude."""
    if node.operation in ("neg", "abs", "named"):
        return _is_exact(node.operands[0])
    return node.operation in ("symbol", "number")
