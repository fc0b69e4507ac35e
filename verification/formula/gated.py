"""Formulas of two inputs: f(x, y) is the gate g of one of them times the other, ``g(x) * y``.

All gated linear units are of this form: ``sigmoid(x) * y``, ``x * sigmoid(x) * y``. So value and
gradients are those of g times a factor: f = g(x) y, ∂f/∂x = g'(x) y, ∂f/∂y = g(x).
"""

from .language import Expression, FormulaError, number, operation, substituted, symbol

INPUTS = ("x", "y")
ONE = number(1)


def gate_of(expression: Expression, text: str) -> tuple[Expression, str]:
    """The gate as a function of x, and the input that it is applied to, "x" or "y".

    FormulaError if the formula is no gate of one input times the other.
    """
    for gated, other in (INPUTS, INPUTS[::-1]):
        gate = _without(expression, other)
        if gate is not None and other not in gate.symbols:
            return substituted(gate, {gated: symbol("x")}), gated
    raise FormulaError(
        "expected a formula of two inputs that is a function of one times the other, such as "
        f"'x * sigmoid(x) * y', but got {text!r}"
    )


def _without(node: Expression, factor: str) -> Expression | None:
    """The expression divided by a symbol that is a factor of it; None if it is none."""
    match node:
        case Expression("symbol"):
            return ONE if node.content == factor else None
        case Expression("named", (inner,)):
            return _without(inner, factor)
        case Expression("mul", (first, second)):
            return _of_a_product(first, second, factor)
        case Expression("div", (above, below)):
            rest = _without(above, factor)
            return None if rest is None else operation("div", rest, below)
        case Expression("neg" | "add" | "sub" | "where"):
            return _of_each(node, factor)
    return None


def _of_a_product(first: Expression, second: Expression, factor: str) -> Expression | None:
    for one, other in ((first, second), (second, first)):
        rest = _without(one, factor)
        if rest is not None:
            if rest == ONE:
                return other
            parts = (rest, other) if one is first else (other, rest)
            return operation("mul", *parts)
    return None


def _of_each(node: Expression, factor: str) -> Expression | None:
    """Of a sum, or of branches, which all have the factor; their condition stays as it is."""
    kept = node.operands[: node.operation == "where"]
    parts = [_without(operand, factor) for operand in node.operands[len(kept) :]]
    rests = [part for part in parts if part is not None]
    return operation(node.operation, *kept, *rests) if len(rests) == len(parts) else None
