"""A formula evaluated over any kind of number, given what each operation is for it."""

from collections.abc import Callable, Mapping
from typing import Any

from .language import Expression

Operation = Callable[..., Any]


def evaluate(
    expression: Expression,
    operations: Mapping[str, Operation],
    symbols: Mapping[str, Any],
) -> Any:
    """The value of an expression.

    ``operations`` has a function for each operation: "number" takes a fraction, "named" takes the
    name and the value (it may be missing), "pow" the base and the exponent, and "where" the
    condition and two functions that evaluate its branches. Each subexpression is evaluated once.
    Raises KeyError for an operation or a symbol that is missing.
    """
    known: dict[Expression, Any] = {}

    def visit(node: Expression) -> Any:
        if node not in known:
            known[node] = compute(node)
        return known[node]

    def compute(node: Expression) -> Any:
        if node.operation == "symbol":
            return symbols[str(node.content)]
        if node.operation == "named" and "named" not in operations:
            return visit(node.operands[0])
        arguments: tuple[Any, ...]
        match node.operation:
            case "number":
                arguments = (node.content,)
            case "named":
                arguments = (node.content, visit(node.operands[0]))
            case "pow":
                arguments = (visit(node.operands[0]), node.content)
            case "where":
                condition, chosen, otherwise = node.operands
                arguments = (visit(condition), lambda: visit(chosen), lambda: visit(otherwise))
            case _:
                arguments = tuple(map(visit, node.operands))
        return operations[node.operation](*arguments)

    return visit(expression)
