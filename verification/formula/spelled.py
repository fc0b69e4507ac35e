"""A formula as text, in the language that it is read from, with no more parentheses than needed."""

from fractions import Fraction

from .language import Expression

SIGNS = {
    "add": "+",
    "sub": "-",
    "mul": "*",
    "div": "/",
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
}
STRENGTH = {**dict.fromkeys(("add", "sub"), 1), **dict.fromkeys(("mul", "div", "neg"), 2), "pow": 3}
CONDITION, ATOM = 0, 4


def spelled(node: Expression) -> str:
    """The text of a formula."""
    text = f"{node.operation}({', '.join(map(spelled, node.operands))})"
    match node.operation:
        case "number":
            text = _number(node.content)
        case "symbol":
            text = str(node.content)
        case "named":
            text = spelled(node.operands[0])
        case "neg":
            text = f"-{_within(node.operands[0], STRENGTH['neg'])}"
        case "pow":
            text = f"{_within(node.operands[0], ATOM)}**{node.content}"
        case "both":
            text = " and ".join(map(spelled, node.operands))
        case name if name in SIGNS:
            a, b = node.operands
            strength = _strength(node)
            closer = strength + (name in ("sub", "div") or b.operation == "div")
            text = f"{_within(a, strength)} {SIGNS[name]} {_within(b, closer)}"
    return text


def _within(node: Expression, strength: int) -> str:
    text = spelled(node)
    return f"({text})" if _strength(node) < strength else text


def _strength(node: Expression) -> int:
    if node.operation == "named":
        return _strength(node.operands[0])
    if node.operation == "number":
        value = Fraction(node.content)
        return STRENGTH["neg"] if value < 0 or "/" in _number(value) else ATOM
    known = CONDITION if node.operation in SIGNS or node.operation == "both" else ATOM
    return STRENGTH.get(node.operation, known)


def _number(value: Fraction | str | int) -> str:
    """A decimal if one is exact, else a fraction."""
    exact = Fraction(value)
    for text in (f"{float(exact):.12g}", repr(float(exact))):
        if Fraction(text) == exact:
            return text
    return str(exact)
