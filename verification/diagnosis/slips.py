"""Slips: a formula with one mistake in it, made from the formula itself, as people make them.

A term or a factor is dropped, a sign is wrong, another function, branch, power or parameter stands
in the place of the right one. Each is a formula of its own, and computed without the rounding
errors of its steps: the mistake lies in what is computed, not in how.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from verification.formula.language import (
    CONDITIONS,
    Expression,
    number,
    operation,
    substituted,
    symbol,
)
from verification.formula.slopes import ONE, OUTER, negative, power, slope
from verification.formula.spelled import spelled
from verification.formula.storing import ways_to_store

# What is typed in the place of what.
TAKEN_FOR = {
    "exp": ("expm1",),
    "expm1": ("exp",),
    "log": ("log1p",),
    "log1p": ("log",),
    "tanh": ("sigmoid", "erf", "atan"),
    "sigmoid": ("tanh", "Phi"),
    "Phi": ("phi", "sigmoid", "erf"),
    "phi": ("Phi",),
    "erf": ("erfc", "tanh", "Phi"),
    "erfc": ("erf",),
    "sin": ("cos",),
    "cos": ("sin",),
    "min": ("max",),
    "max": ("min",),
}
LARGEST_POWER = 8


@dataclass(frozen=True)
class Slip:
    """A sentence, and the formula that it leads to."""

    why: str
    formula: Expression


@cache
def slips(formula: Expression) -> tuple[Slip, ...]:
    """All formulas with one slip in a node of this one, each once."""
    found: dict[Expression, Slip] = {}
    for node in _nodes(formula):
        is_inner = node != formula and node.operation in ("add", "sub", "mul", "div")
        place = f", in {spelled(node)}" if is_inner else ""
        for why, instead in _at(node):
            other = _replaced(formula, node, instead)
            if other != formula:
                found.setdefault(other, Slip(f"{why}{place}", other))
    return tuple(found.values())


def of_parameters(formula: Expression, parameters: Mapping[str, float]) -> Iterator[Slip]:
    """Parameters that are ignored, negated or exchanged."""
    names = [name for name in parameters if name in formula.symbols]
    for name in names:
        yield Slip(f"{name} is ignored", substituted(formula, {name: ONE}))
        minus = substituted(formula, {name: negative(symbol(name))})
        yield Slip(f"{name} has the wrong sign", minus)
        inverse = substituted(formula, {name: operation("div", ONE, symbol(name))})
        yield Slip(f"1/{name} stands in the place of {name}", inverse)
    for first in names:
        for second in names[names.index(first) + 1 :]:
            both = {first: symbol(second), second: symbol(first)}
            yield Slip(f"{first} and {second} are exchanged", substituted(formula, both))


def of_storing(formula: Expression, precision: int) -> Iterator[Slip]:
    """A subexpression, or x, that is stored in fewer bits on the way."""
    for node in _nodes(formula):
        is_constant = "x" not in node.symbols
        if is_constant or node.operation in ("named", "neg", *CONDITIONS):
            continue  # Of an opposite its operand.
        for name, said in ways_to_store(precision).items():
            stored = operation(name, node)
            yield Slip(f"{spelled(node)} is {said}", _replaced(formula, node, stored))
            if node.operation in OUTER:
                argument = operation(name, *node.operands)
                of_argument = operation(name, operation(node.operation, argument))
                why = f"{spelled(node)} and its argument are {said}"
                yield Slip(why, _replaced(formula, node, of_argument))


def of_derivatives(value: Expression, parameters: Mapping[str, float]) -> Iterator[Slip]:
    """What is a derivative, but in a parameter, or at another place."""
    for name in parameters:
        if name in value.symbols:
            yield Slip(f"this is the derivative in {name}, not in x", slope(value, name))
    at_output = substituted(slope(value), {"x": value})
    yield Slip("this is the derivative at f(x), not at x", at_output)


def _nodes(formula: Expression) -> list[Expression]:
    """The nodes of a formula, each once, the whole first."""
    found: dict[Expression, None] = {}

    def visit(node: Expression) -> None:
        if node not in found:
            found[node] = None
            for operand in node.operands:
                visit(operand)

    visit(formula)
    return list(found)


def _replaced(formula: Expression, node: Expression, instead: Expression) -> Expression:
    if formula == node:
        return instead
    operands = tuple(_replaced(operand, node, instead) for operand in formula.operands)
    return Expression(formula.operation, operands, formula.content)


def _at(node: Expression) -> Iterator[tuple[str, Expression]]:
    """The slips at one node: a sentence, and what stands in its place."""
    match node.operation:
        case "add" | "sub":
            yield from _in_a_sum(node)
        case "mul":
            first, second = node.operands
            yield f"the factor {spelled(first)} is missing", second
            yield f"the factor {spelled(second)} is missing", first
            if second.operation in OUTER:
                [u] = second.operands
                inside = operation(second.operation, operation("mul", first, u))
                yield f"{spelled(first)} stands inside {second.operation}", inside
        case "div":
            above, below = node.operands
            yield f"the division by {spelled(below)} is missing", above
            yield f"the factor {spelled(above)} is missing", operation("div", ONE, below)
            both = operation("mul", above, below)
            yield f"{spelled(below)} multiplies, and has to divide", both
            yield f"{spelled(node)} is upside down", operation("div", below, above)
        case "neg":
            yield f"{spelled(node)} has lost its sign", node.operands[0]
        case "pow":
            yield from _in_a_power(node)
        case "where":
            yield from _in_branches(node)
        case "lt" | "le" | "gt" | "ge":
            yield from _in_a_comparison(node)
    if node.operation in TAKEN_FOR:
        yield from _in_a_function(node)


def _in_a_sum(node: Expression) -> Iterator[tuple[str, Expression]]:
    first, second = node.operands
    is_sum = node.operation == "add"
    yield f"the term {spelled(second)} is missing", first
    rest = second if is_sum else negative(second)
    yield f"the term {spelled(first)} is missing", rest
    other = operation("sub" if is_sum else "add", first, second)
    yield f"the term {spelled(second)} has the wrong sign", other
    if is_sum:
        minus = operation("sub", second, first)
        yield f"the term {spelled(first)} has the wrong sign", minus
    else:
        yield f"{spelled(node)} is the wrong way round", operation("sub", second, first)


def _in_a_power(node: Expression) -> Iterator[tuple[str, Expression]]:
    [base], exponent = node.operands, node.content
    assert isinstance(exponent, int)  # noqa: S101  that of a power
    for other in (1, exponent - 1, exponent + 1):
        if other not in (0, exponent) and other <= LARGEST_POWER:
            instead = power(base, other)
            yield f"{spelled(instead)} stands in the place of {spelled(node)}", instead
    if base.operation in ("add", "sub"):
        terms = operation(base.operation, *(power(term, exponent) for term in base.operands))
        yield f"{spelled(terms)} stands in the place of {spelled(node)}", terms
    twice = operation("mul", number(exponent), base)
    yield f"{spelled(twice)} stands in the place of {spelled(node)}", twice


def _in_branches(node: Expression) -> Iterator[tuple[str, Expression]]:
    condition, chosen, otherwise = node.operands
    said = spelled(condition)
    yield f"the branches for {said} are exchanged", operation("where", condition, otherwise, chosen)
    yield f"the branch for {said} is taken everywhere", chosen
    yield f"the branch for {said} is missing", otherwise


def _in_a_comparison(node: Expression) -> Iterator[tuple[str, Expression]]:
    first, second = node.operands
    if second == number(0):
        return
    minus = operation(node.operation, first, negative(second))
    yield f"the place {spelled(second)} of a branch has the wrong sign", minus
    at_zero = operation(node.operation, first, number(0))
    yield f"the branches meet at 0, not at {spelled(second)}", at_zero


def _in_a_function(node: Expression) -> Iterator[tuple[str, Expression]]:
    name, said = node.operation, spelled(node)
    for other in TAKEN_FOR[name]:
        instead = operation(other, *node.operands)
        yield f"{other} stands in the place of {name}, in {said}", instead
    if name in ("min", "max"):
        for place, operand in enumerate(node.operands):
            limit = node.operands[1 - place]
            missing = (
                f"the limit {spelled(limit)}" if limit.operation == "number" else spelled(limit)
            )
            yield f"{missing} is missing, in {said}", operand
        return
    [u] = node.operands
    yield f"{name} is missing: its argument stands in the place of {said}", u
    yield f"the argument of {said} has the wrong sign", operation(name, negative(u))
