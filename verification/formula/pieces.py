"""A formula cut at the boundaries of its branches: on each piece it is smooth."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import pairwise

from flint import arb, ctx

from verification.errors import UsageError

from . import fractions
from .balls import OPERATIONS, PRECISIONS, exact
from .evaluate import evaluate
from .language import CONDITIONS, Expression, operation
from .rewriting import rewritten
from .roots import sign_changes

Parameters = Mapping[str, float]


@dataclass(frozen=True)
class Piece:
    """The formula between two boundaries, None for an infinite end, without branches."""

    left: Fraction | None
    right: Fraction | None
    expression: Expression

    @property
    def inner(self) -> Fraction:
        """A point inside."""
        return _between(self.left, self.right)


def pieces(expression: Expression, parameters: Parameters) -> list[Piece]:
    """The pieces of a formula from left to right."""
    ends = [None, *boundaries(expression, parameters), None]
    found: list[Piece] = []
    for left, right in pairwise(ends):
        branch = resolved(expression, parameters, _between(left, right))
        if found and found[-1].expression == branch:
            found[-1] = Piece(found[-1].left, right, branch)
        else:
            found.append(Piece(left, right, branch))
    return found


def boundaries(expression: Expression, parameters: Parameters) -> list[Fraction]:
    """Where a comparison, a minimum, a maximum or a magnitude changes its mind."""
    points: set[Fraction] = set()
    for difference in _differences(expression):
        if "x" in difference.symbols:
            points.update(_zeros(difference, parameters))
    return sorted(points)


@cache
def _differences(expression: Expression) -> frozenset[Expression]:
    found = frozenset[Expression]().union(*map(_differences, expression.operands))
    if expression.operation in ("lt", "le", "gt", "ge", "min", "max"):
        return found | {rewritten(operation("sub", *expression.operands))}
    if expression.operation == "abs":
        return found | {rewritten(expression.operands[0])}
    return found


def _zeros(difference: Expression, parameters: Parameters) -> list[Fraction]:
    """Its zeros: exactly if it is a straight line, else the nearest doubles."""
    line = _line(difference, parameters)
    if line is not None:
        value, slope = line
        return [-value / slope] if slope else []
    return [Fraction(root) for root in sign_changes(difference, parameters, 0)]


def _line(difference: Expression, parameters: Parameters) -> tuple[Fraction, Fraction] | None:
    """Value and slope at 0 of a straight line; None for any other formula."""
    if not fractions.is_rational(difference) or _differences(difference):
        return None
    try:
        value, slope, curvature = fractions.jet(difference, parameters, 0)
        is_straight = curvature == 0 and fractions.jet(difference, parameters, 1)[1] == slope
    except ZeroDivisionError:
        return None
    return (value, slope) if is_straight else None


def _between(left: Fraction | None, right: Fraction | None) -> Fraction:
    if left is None:
        return Fraction(0) if right is None else right - 1
    return left + 1 if right is None else (left + right) / 2


def resolved(expression: Expression, parameters: Parameters, point: Fraction) -> Expression:
    """The expression with those branches that are taken at a point; of two that meet, either."""

    def holds(condition: Expression) -> bool:
        for bits in PRECISIONS:
            with ctx.workprec(bits):
                symbols = {name: exact(value) for name, value in parameters.items()}
                symbols |= {"x": exact(point), "pi": arb.pi()}
                found = evaluate(rewritten(condition), OPERATIONS, symbols)
            if found is not None:
                return bool(found)
        raise UsageError(f"no precision decides which branch of a formula holds at x = {point}")

    @cache
    def visit(node: Expression) -> Expression:
        if node.operation == "where":
            condition, chosen, otherwise = node.operands
            return visit(chosen if holds(condition) else otherwise)
        if node.operation in ("min", "max"):
            first, second = node.operands
            first_is_larger = holds(operation("gt", first, second))
            return visit(first if first_is_larger == (node.operation == "max") else second)
        if node.operation == "abs":
            [inner] = node.operands
            is_negative = holds(operation("lt", inner, operation("neg", inner)))
            return operation("neg", visit(inner)) if is_negative else visit(inner)
        if node.operation in CONDITIONS:
            return node
        return Expression(node.operation, tuple(map(visit, node.operands)), node.content)

    return visit(expression)
