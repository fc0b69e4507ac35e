"""The derivative of a formula as a textbook writes it: chain rule, product rule, no more.

It is not what results are held against, which comes from balls; it is what people type.
"""

from collections.abc import Callable
from functools import cache

from .language import Expression, number, operation, symbol

ZERO, ONE, TWO = number(0), number(1), number(2)


@cache
def slope(node: Expression, name: str = "x") -> Expression:
    """The derivative in a symbol; at a kink that of one side."""
    if name not in node.symbols:
        return ZERO
    rule = RULES.get(node.operation)
    if rule is not None:
        return rule(node, name)
    [u] = node.operands
    return times(OUTER[node.operation](u), slope(u, name))


def plus(a: Expression, b: Expression) -> Expression:
    """a + b, without zeros."""
    if ZERO in (a, b):
        return b if a == ZERO else a
    if a.operation == "neg" and b.operation != "neg":
        a, b = b, a
    return operation("sub", a, b.operands[0]) if b.operation == "neg" else operation("add", a, b)


def times(a: Expression, b: Expression) -> Expression:
    """a b, without zeros, ones and a sign within."""
    if ZERO in (a, b):
        return ZERO
    if ONE in (a, b):
        return b if a == ONE else a
    if b.operation == "neg":
        return negative(times(a, b.operands[0]))
    return operation("mul", a, b)


def negative(a: Expression) -> Expression:
    """-a, without a zero and without two signs."""
    if a == ZERO:
        return ZERO
    return a.operands[0] if a.operation == "neg" else operation("neg", a)


def power(a: Expression, exponent: int) -> Expression:
    """a to an integer."""
    return a if exponent == 1 else Expression("pow", (a,), exponent)


def _sum(node: Expression, name: str) -> Expression:
    a, b = (slope(operand, name) for operand in node.operands)
    return plus(a, b if node.operation == "add" else negative(b))


def _product(node: Expression, name: str) -> Expression:
    a, b = node.operands
    return plus(times(slope(a, name), b), times(a, slope(b, name)))


def _quotient(node: Expression, name: str) -> Expression:
    a, b = node.operands
    above = plus(times(slope(a, name), b), negative(times(a, slope(b, name))))
    if slope(b, name) == ZERO:
        return operation("div", slope(a, name), b)
    return operation("div", above, power(b, 2))


def _power(node: Expression, name: str) -> Expression:
    [u], exponent = node.operands, node.content
    assert isinstance(exponent, int)  # noqa: S101  that of a power
    if exponent == 0:
        return ZERO
    lower = ONE if exponent == 1 else power(u, exponent - 1)
    return times(times(number(exponent), lower), slope(u, name))


def _where(node: Expression, name: str) -> Expression:
    condition, *branches = node.operands
    return operation("where", condition, *(slope(branch, name) for branch in branches))


def _extremum(node: Expression, name: str) -> Expression:
    a, b = node.operands
    condition = operation("lt" if node.operation == "min" else "gt", a, b)
    return operation("where", condition, slope(a, name), slope(b, name))


def _abs(node: Expression, name: str) -> Expression:
    [u] = node.operands
    inner = slope(u, name)
    return operation("where", operation("gt", u, ZERO), inner, negative(inner))


RULES: dict[str, Callable[[Expression, str], Expression]] = {
    "symbol": lambda _node, _name: ONE,
    "named": lambda node, name: slope(node.operands[0], name),
    "add": _sum,
    "sub": _sum,
    "mul": _product,
    "div": _quotient,
    "neg": lambda node, name: negative(slope(node.operands[0], name)),
    "pow": _power,
    "where": _where,
    "min": _extremum,
    "max": _extremum,
    "abs": _abs,
}


def _of(name: str) -> Callable[[Expression], Expression]:
    return lambda u: operation(name, u)


def _bell(u: Expression) -> Expression:
    """2/√π e^(-u²)."""
    root = operation("sqrt", symbol("pi"))
    return times(operation("div", TWO, root), operation("exp", negative(power(u, 2))))


# The derivative of each function at its argument.
OUTER: dict[str, Callable[[Expression], Expression]] = {
    "exp": _of("exp"),
    "expm1": _of("exp"),
    "log": lambda u: operation("div", ONE, u),
    "log1p": lambda u: operation("div", ONE, plus(ONE, u)),
    "sqrt": lambda u: operation("div", ONE, times(TWO, operation("sqrt", u))),
    "erf": _bell,
    "erfc": lambda u: negative(_bell(u)),
    "sin": _of("cos"),
    "cos": lambda u: negative(operation("sin", u)),
    "atan": lambda u: operation("div", ONE, plus(ONE, power(u, 2))),
    "tanh": lambda u: operation("sub", ONE, power(operation("tanh", u), 2)),
    "Phi": _of("phi"),
    "phi": lambda u: negative(times(u, operation("phi", u))),
    "sigmoid": lambda u: times(
        operation("sigmoid", u), operation("sub", ONE, operation("sigmoid", u))
    ),
    "softplus": _of("sigmoid"),
}
