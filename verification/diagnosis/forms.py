"""Forms of a formula that are equal for real numbers and not in floating point: how people type it.

Each of the functions of the language has some; every one of them goes wrong somewhere, or costs
digits. `steps` evaluates them step by step in a format.
"""

from collections.abc import Iterator
from functools import cache

from verification.formula.language import Expression, parse, substituted
from verification.formula.rewriting import rewritten
from verification.formula.slopes import slope

FORMS = {
    "sigmoid": (
        "1 / (1 + exp(-x))",
        "exp(x) / (1 + exp(x))",
        "(1 + tanh(x / 2)) / 2",
        "1 - sigmoid(-x)",
        "where(x >= 0, 1 / (1 + exp(-x)), exp(x) / (1 + exp(x)))",
    ),
    "tanh": (
        "(exp(x) - exp(-x)) / (exp(x) + exp(-x))",
        "(exp(2 * x) - 1) / (exp(2 * x) + 1)",
        "(1 - exp(-2 * x)) / (1 + exp(-2 * x))",
        "1 - 2 / (exp(2 * x) + 1)",
        "2 / (1 + exp(-2 * x)) - 1",
        "2 * sigmoid(2 * x) - 1",
        "expm1(2 * x) / (expm1(2 * x) + 2)",
    ),
    "softplus": (
        "log(1 + exp(x))",
        "log1p(exp(x))",
        "max(x, 0) + log1p(exp(-abs(x)))",
        "max(x, 0) + log(1 + exp(-abs(x)))",
        "x + log1p(exp(-x))",
        "-log(sigmoid(-x))",
    ),
    "Phi": (
        "(1 + erf(x / sqrt(2))) / 2",
        "(1 - erf(-x / sqrt(2))) / 2",
        "erfc(-x / sqrt(2)) / 2",
        "1 - Phi(-x)",
    ),
    "phi": ("exp(-x * x / 2) / sqrt(2 * pi)", "exp(-(x**2) / 2) / sqrt(2 * pi)"),
    "exp": ("expm1(x) + 1", "1 / exp(-x)"),
    "expm1": ("exp(x) - 1",),
    "log1p": ("log(1 + x)",),
    "erfc": ("1 - erf(x)",),
    "sqrt": ("exp(log(x) / 2)",),
}


@cache
def forms(value: Expression, order: int, text: Expression | None) -> tuple[Expression, ...]:
    """Forms of the value, or of its first derivative; ``text`` is the catalogue's own of that."""
    found: dict[Expression, None] = {} if text is None else {text: None}
    stable = rewritten(value)
    values = (value, stable, *_expanded(stable))
    if order == 0:
        return tuple(found | dict.fromkeys(values))
    found |= dict.fromkeys(map(slope, values)) | dict.fromkeys(_expanded(slope(stable)))
    if text is not None:
        found |= dict.fromkeys(_expanded(rewritten(text)))
    return tuple(found)


def _expanded(formula: Expression) -> Iterator[Expression]:
    """One function written in each of its forms, wherever it stands."""
    for name in sorted(_functions(formula)):
        for text in FORMS[name]:
            yield _written(formula, name, parse(text))


def _functions(formula: Expression) -> set[str]:
    own = {formula.operation} & FORMS.keys()
    return own.union(*map(_functions, formula.operands))


def _written(formula: Expression, name: str, form: Expression) -> Expression:
    operands = tuple(_written(operand, name, form) for operand in formula.operands)
    if formula.operation == name:
        return _single(substituted(form, {"x": operands[0]}))
    return Expression(formula.operation, operands, formula.content)


def _single(formula: Expression) -> Expression:
    """The formula without two signs in a row."""
    operands = tuple(map(_single, formula.operands))
    if formula.operation == "neg" and operands[0].operation == "neg":
        return operands[0].operands[0]
    return Expression(formula.operation, operands, formula.content)
