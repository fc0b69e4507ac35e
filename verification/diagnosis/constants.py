"""Another number in the place of a constant or a parameter of a formula, found from the results."""

from collections.abc import Iterator
from fractions import Fraction
from functools import partial

import numpy as np

from reference import Activation
from reference.arithmetic.formats import FORMATS, Format
from reference.arithmetic.types import Array, Float64
from verification.activations.formulas import wide
from verification.activations.mistake import SUBJECTS, Mistake, digits
from verification.examination.zone import PRACTICAL
from verification.formula.language import Expression, number, substituted, symbol
from verification.formula.naive import evaluated_at
from verification.formula.rewriting import rewritten
from verification.formula.spelled import spelled
from verification.numbers.ulp import doubles

from .generated import bases_of
from .patterns import FEW, FEW_ULP, SEVERAL, Case, crossing, median
from .steps import exactly

UNKNOWN = "_"
# Results that a number is found from, and of these the least share that agrees on it.
TRIED, AGREEING = 96, 0.5
SPREAD = 1e-3
# How far a number that somebody typed is from the one that is found, at most.
TYPED = 1e-5
# How much larger or smaller it may be.
LEAST, MOST = 1 / 64, 64.0
# What constants are rounded to: formats, and numbers of decimal digits.
LOWER = ("float32", "float16", "bfloat16")
DIGITS = range(3, 10)
# Numbers that nobody has to know.
PLAIN = (0, 1)


def constants(case: Case) -> Iterator[Mistake]:
    """Formulas with another number in the place of one of theirs."""
    question = case.question
    yield from _short(question.activation, question.order, question.format_)
    activation, order, format_ = question.activation, question.order, question.format_
    kept = digits(case.computed) & np.isfinite(case.wide) & (case.wide != 0)
    practical = kept & (np.abs(case.wide) <= PRACTICAL)
    places = np.flatnonzero(practical if practical.sum() >= SEVERAL else kept)
    if places.size < FEW:
        return
    places = places[np.unique(np.linspace(0, places.size - 1, TRIED).astype(int))]
    factor = 1.0 if case.upstream is None else doubles(case.upstream)[places]
    x, slopes = case.wide[places], case.computed[places] / factor
    for said, formula, usual in _unknown(activation, order):
        found = _found(activation, formula, usual, x, slopes)
        if abs(found / usual - 1) >= FEW_ULP * 2.0**-format_.precision:
            why = f"{said} is {_told(found, usual)}, not {usual:.10g}"
            exact = wide(partial(_at, activation, formula, found))
            yield Mistake(SUBJECTS[order], why, exact)


def _short(activation: Activation, order: int, format_: Format) -> Iterator[Mistake]:
    """Formulas with all of their constants rounded: to a lower format, or to a few digits."""
    lower = [name for name in LOWER if FORMATS[name].precision < format_.precision]
    for base in bases_of(activation, order):
        found = _constants(base)
        roundings = {
            f"the constants are rounded to {name}": [_in(FORMATS[name], node) for node in found]
            for name in lower
        }
        for digits_ in DIGITS:
            why = f"the constants have {digits_} digits"
            roundings[why] = [Fraction(f"{float(_value(node)):.{digits_}g}") for node in found]
        for why, values in roundings.items():
            formula = base
            for node, value in zip(found, values, strict=True):
                formula = _replaced(formula, node, number(value))
            if formula != base:
                exact = wide(partial(exactly, formula, activation.parameters))
                yield Mistake(SUBJECTS[order], why, exact)


def _value(node: Expression) -> Fraction:
    return Fraction(node.content)


def _in(format_: Format, node: Expression) -> Fraction:
    return Fraction(float(np.float64(float(_value(node))).astype(format_.dtype)))


def _unknown(activation: Activation, order: int) -> Iterator[tuple[str, Expression, float]]:
    """Formulas with one number unknown: what is said of it, the formula, and the right number."""
    for base in bases_of(activation, order):
        for name, value in activation.parameters.items():
            if name in base.symbols and value:
                yield name, substituted(base, {name: symbol(UNKNOWN)}), value
        for constant in _constants(base):
            value = float(_value(constant))
            unknown = _replaced(base, constant, symbol(UNKNOWN))
            yield f"the constant {spelled(constant)}", unknown, value


def _constants(node: Expression) -> list[Expression]:
    """The numbers in a formula that are worth a name."""
    found: dict[Expression, None] = {}
    if node.operation == "number" and node.content not in PLAIN:
        found[node] = None
    for operand in node.operands:
        found |= dict.fromkeys(_constants(operand))
    return list(found)


def _replaced(node: Expression, constant: Expression, instead: Expression) -> Expression:
    if node == constant:
        return instead
    operands = tuple(_replaced(operand, constant, instead) for operand in node.operands)
    return Expression(node.operation, operands, node.content)


def _at(activation: Activation, formula: Expression, unknown: float | Float64, x: Array) -> Float64:
    symbols = {**activation.parameters, UNKNOWN: unknown}
    return evaluated_at(rewritten(formula), symbols, FORMATS["float64"], x.astype(np.float64))


def _found(
    activation: Activation, formula: Expression, usual: float, x: Float64, results: Float64
) -> float:
    """The number by which the formula gives most of these results; the usual one if none does."""

    def excess(scale: Float64) -> Float64:
        return _at(activation, formula, scale * usual, x) - results

    scales = crossing(excess, np.full(x.shape, LEAST), np.full(x.shape, MOST))
    scale = median(scales)
    if not np.isfinite(scale):
        return usual
    agreeing = np.abs(scales / scale - 1) <= SPREAD
    if agreeing.mean() < AGREEING:
        return usual
    return usual * median(scales[agreeing])


def _told(found: float, usual: float) -> str:
    """The number, in as many digits as tell it from the right one."""
    for figures in range(2, 12):
        text = f"{found:.{figures}g}"
        is_told = float(text) != float(f"{usual:.{figures}g}")
        if is_told and abs(float(text) / found - 1) < TYPED:
            return text
    return f"{found:.12g}"
