"""Identities that a formula is rewritten by before it is enclosed, so that its tails do not cancel.

They hold for all real numbers, and are checked by the tests at random points. Nothing depends on
them but the number of bits that a certified enclosure takes: 1 + erf(u) at u = -10^30 would take
10^60 of them, erfc(-u) takes 64.
"""

from collections.abc import Callable
from functools import cache

from .language import Expression, number, operation

ONE, TWO = number(1), number(2)
Rule = Callable[[Expression], Expression | None]


@cache
def rewritten(expression: Expression) -> Expression:
    """The same function, in a form without the cancellations that have a name."""
    operands = tuple(map(rewritten, expression.operands))
    node = Expression(expression.operation, operands, expression.content)
    if node.operation == "named":
        return operands[0]
    for rule in RULES:
        found = rule(node)
        if found is not None:
            return rewritten(found)
    return node


def _neg(u: Expression) -> Expression:
    return u.operands[0] if u.operation == "neg" else operation("neg", u)


def _times(factor: Expression, u: Expression) -> Expression:
    return operation("mul", factor, u)


def _terms(node: Expression) -> tuple[Expression, Expression] | None:
    """The two terms of a sum or difference, the second with its sign."""
    if node.operation not in ("add", "sub"):
        return None
    first, second = node.operands
    return first, second if node.operation == "add" else _neg(second)


def _beside_one(node: Expression) -> Expression | None:
    """The other term of a sum with 1; if both are, the first."""
    terms = _terms(node)
    if terms is None:
        return None
    first, second = terms
    if first == ONE:
        return second
    return first if second == ONE else None


def _one_and(node: Expression) -> Expression | None:
    """1 + u for those u that have a name: 1 ± erf, 1 ± tanh, 1 - σ, 1 - tanh², 1 - e^u."""
    u = _beside_one(node)
    if u is None:
        return None
    sign = -1 if u.operation == "neg" else 1
    inner = _neg(u) if sign < 0 else u
    if inner.operation == "erf":
        [v] = inner.operands
        return operation("erfc", v if sign < 0 else _neg(v))
    if inner.operation == "tanh":
        [v] = inner.operands
        twice = _times(TWO, v)
        return _times(TWO, operation("sigmoid", _neg(twice) if sign < 0 else twice))
    if sign < 0:
        return _one_minus(inner)
    return None


def _one_minus(u: Expression) -> Expression | None:
    match u:
        case Expression("sigmoid", (v,)):
            return operation("sigmoid", _neg(v))
        case Expression("pow", (Expression("tanh", (v,)),), 2):
            twice = _times(TWO, v)
            both = (operation("sigmoid", side) for side in (twice, _neg(twice)))
            return _times(number(4), operation("mul", *both))
        case Expression("exp", (v,)):
            return _neg(operation("expm1", v))
        case Expression("mul", (Expression("number", (), two), Expression("sigmoid", (v,)))):
            if two == 2:  # noqa: PLR2004  1 - 2σ(v)
                return _neg(operation("tanh", operation("div", v, TWO)))
    return None


def _minus_one(node: Expression) -> Expression | None:
    """e^u - 1 is expm1(u)."""
    terms = _terms(node)
    if terms is None or terms[0].operation != "exp":
        return None
    is_one = terms[1] in (_neg(ONE), number(-1))
    return operation("expm1", *terms[0].operands) if is_one else None


def _logarithm(node: Expression) -> Expression | None:
    """ln(1 + u), ln(1 + e^u) and ln σ(u)."""
    if node.operation == "log":
        [inner] = node.operands
        u = _beside_one(inner)
        if u is not None:
            return operation("log1p", u)
        if inner.operation == "sigmoid":
            return _neg(operation("softplus", _neg(inner.operands[0])))
    if node.operation == "log1p" and node.operands[0].operation == "exp":
        return operation("softplus", *node.operands[0].operands)
    return None


def _quotient(node: Expression) -> Expression | None:
    """n / (1 + e^u) is n σ(-u); (e^u - e^-u) / (e^u + e^-u) is tanh u."""
    if node.operation != "div":
        return None
    above, below = node.operands
    u = _beside_one(below)
    if u is not None and u.operation == "exp":
        share = operation("sigmoid", _neg(u.operands[0]))
        return share if above == ONE else _times(above, share)
    match above, below:
        case (
            Expression("sub", (Expression("exp", (u,)), Expression("exp", (v,)))),
            Expression("add", (Expression("exp", (p,)), Expression("exp", (q,)))),
        ) if (u, v) == (p, q) and v == _neg(u):
            return operation("tanh", u)
    return None


def _double_negation(node: Expression) -> Expression | None:
    if node.operation == "neg" and node.operands[0].operation == "neg":
        return node.operands[0].operands[0]
    return None


RULES: tuple[Rule, ...] = (_double_negation, _one_and, _minus_one, _logarithm, _quotient)
