"""Which step of a formula goes wrong in a format: what overflows, underflows, cancels or amplifies.

Each subexpression is evaluated twice, step by step in the format and in float64 without the
cancellations that have a name. The first step that is wrong where its operands are not is named.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from reference.arithmetic.formats import FORMATS, Format
from reference.arithmetic.types import Array, Float64, Mask
from verification.formula.language import CONDITIONS, Expression
from verification.formula.naive import evaluated
from verification.formula.rewriting import rewritten
from verification.formula.spelled import spelled
from verification.numbers.ulp import doubles

# A sum cancels if it is less than this part of its larger term.
CANCELS = 2.0**-3
# e^u has an error of |u| times that of u.
AMPLIFIES = 4.0
# The share of the inputs at which a step has to be wrong.
MOSTLY = 0.5
LONGEST = 90


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
    form: Expression, parameters: Mapping[str, float], format_: Format, x: Array, got: Float64
) -> str:
    """The sentence about the step of a form that gives these wrong results at these inputs."""
    steps = [
        Step(
            node,
            doubles(evaluated(node, parameters, format_, x)),
            exactly(node, parameters, x),
        )
        for node in _in_order(form)
    ]
    by_node = {step.node: step for step in steps}
    if (~np.isfinite(got) | (got == 0)).mean() >= MOSTLY:
        for step in steps:
            said = _lost(step, by_node)
            if said:
                return said
    cancelled = max(steps, key=lambda step: _loss(step, by_node), default=None)
    if cancelled is not None and _loss(cancelled, by_node) > 1 / CANCELS:
        return f"{cancelled.text} cancels"
    for step in steps:
        if step.node.operation in ("exp", "erfc", "Phi", "phi") and step.node.operands:
            u = exactly(step.node.operands[0], parameters, x)
            if np.median(np.abs(u)) > AMPLIFIES:
                return f"the argument of {step.text} is rounded: the error grows with it"
    whole = steps[-1].text
    return f"several roundings add up, each small, in {whole}"


def _in_order(form: Expression) -> list[Expression]:
    """The subexpressions that are computed, operands first."""
    found: dict[Expression, None] = {}

    def visit(node: Expression) -> None:
        for operand in node.operands:
            visit(operand)
        if node.operation not in (*CONDITIONS, "number", "symbol", "named"):
            found[node] = None

    visit(form)
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
        how = "cancels" if step.node.operation in ("add", "sub") else "underflows"
        return f"{step.text} {how}"
    return ""


def _is_sound(step: Step) -> Mask:
    sound: Mask = np.isfinite(step.narrow) & ((step.narrow != 0) | (step.wide == 0))
    return sound


def _loss(step: Step, steps: Mapping[Expression, Step]) -> float:
    """How many times larger than a sum its larger term is, usually."""
    if step.node.operation not in ("add", "sub"):
        return 0.0
    terms = [np.abs(steps[operand].wide) for operand in step.node.operands if operand in steps]
    terms += [np.ones(step.wide.shape)] * (len(terms) < len(step.node.operands))
    with np.errstate(all="ignore"):
        ratio = np.max(terms, axis=0) / np.abs(step.wide)
        off = np.abs(step.narrow / step.wide - 1)
    ratio = np.where(off > 0, ratio, 0.0)
    return float(np.nan_to_num(np.median(ratio[~np.isnan(ratio)])) if ratio.size else 0.0)
