"""Formulas as LaTeX, in the part of it that Matplotlib sets as well."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from .evaluate import evaluate
from .language import WITH, Expression, parse

CASES, SUM, PRODUCT, POWER, ATOM = range(5)
GREEK = {
    "alpha": r"\alpha", "beta": r"\beta", "gamma": r"\gamma", "lambd": r"\lambda", "mu": r"\mu",
    "sigma": r"\sigma", "pi": r"\pi", "negative_slope": "a",
}  # fmt: skip
NAMED_FUNCTIONS = {"sin", "cos", "tanh"}
SYMBOLS = {"Phi": r"\Phi", "phi": r"\varphi", "sigmoid": r"\sigma"}
RELATIONS = {"lt": "<", "le": r"\leq", "gt": ">", "ge": r"\geq"}


@dataclass(frozen=True)
class Piece:
    """LaTeX, and how tightly it binds; ``is_tall`` calls for tall parentheses around it.

    ``command`` is the name at its beginning where a power may stand behind that.
    """

    text: str
    binds: int = ATOM
    is_tall: bool = False
    command: str = ""

    def within(self, least: int) -> str:
        """The text, in parentheses if it binds less than that."""
        return self.text if self.binds >= least else self.in_parentheses()

    def in_parentheses(self) -> str:
        """The text in parentheses of its height."""
        return rf"\left({self.text}\right)" if self.is_tall else f"({self.text})"


def latex(text: str, symbols: tuple[str, ...] = ("x",)) -> str:
    """The LaTeX of a formula, the names behind ``with`` last."""
    expression = parse(text, symbols)
    definitions: dict[str, Expression] = {}
    _collect(expression, definitions)
    lines = [_set(expression).text]
    names = [part.partition("=")[0].strip() for part in text.partition(WITH)[2].split(",")]
    lines += [f"{name} = {_set(definitions[name]).text}" for name in names if name in definitions]
    return r", \quad ".join(lines)


def _collect(expression: Expression, definitions: dict[str, Expression]) -> None:
    for operand in expression.operands:
        _collect(operand, definitions)
    if expression.operation == "named":
        definitions[str(expression.content)] = expression.operands[0]


def _set(expression: Expression) -> Piece:
    symbols = {name: Piece(_symbol(name)) for name in expression.symbols}
    pieces: Piece = evaluate(expression, OPERATIONS, symbols)
    return pieces


def _symbol(name: str) -> str:
    if name in GREEK:
        return GREEK[name]
    return name if len(name) == 1 else rf"\mathrm{{{name.replace('_', ' ')}}}"


def _number(value: Fraction) -> Piece:
    if value < 0:
        return _opposite(_number(-value))
    if value.denominator == 1:
        return Piece(str(value.numerator))
    if Fraction(f"{float(value):.15g}") != value != Fraction(float(value)):
        return Piece(rf"\frac{{{value.numerator}}}{{{value.denominator}}}", is_tall=True)
    digits, _, exponent = repr(float(value)).partition("e")
    if exponent:
        return Piece(rf"{digits}\cdot 10^{{{int(exponent)}}}", PRODUCT)
    return Piece(digits)


def _sum(a: Piece, b: Piece) -> Piece:
    return Piece(f"{a.within(SUM)} + {_behind(b)}", SUM, a.is_tall or b.is_tall)


def _difference(a: Piece, b: Piece) -> Piece:
    return Piece(f"{a.within(SUM)} - {_behind(b)}", SUM, a.is_tall or b.is_tall)


def _behind(operand: Piece) -> str:
    """An operand behind an operator: in parentheses if it is a sum or begins with a sign."""
    return operand.in_parentheses() if operand.text[0] == "-" else operand.within(PRODUCT)


def _product(a: Piece, b: Piece) -> Piece:
    left, right = a.within(PRODUCT), _behind(b)
    dot = r"\cdot " if right[0].isdigit() else r"\,"
    return Piece(f"{left}{dot}{right}", PRODUCT, a.is_tall or b.is_tall)


def _quotient(a: Piece, b: Piece) -> Piece:
    return Piece(rf"\frac{{{a.text}}}{{{b.text}}}", PRODUCT, is_tall=True)


def _opposite(u: Piece) -> Piece:
    return Piece(f"-{_behind(u)}", PRODUCT, u.is_tall)


def _power(u: Piece, exponent: int) -> Piece:
    if u.command and exponent > 0:  # a negative one would read as the inverse function
        text = rf"{u.command}^{{{exponent}}}{u.text.removeprefix(u.command)}"
        return Piece(text, POWER, u.is_tall)
    return Piece(rf"{u.within(ATOM)}^{{{exponent}}}", POWER, u.is_tall)


def _root(u: Piece) -> Piece:
    return Piece(rf"\sqrt{{{u.text}}}", ATOM, u.is_tall)


def _logarithm(u: Piece) -> Piece:
    return Piece(rf"\ln{u.in_parentheses()}", ATOM, u.is_tall)


def _log1p(u: Piece) -> Piece:
    return _logarithm(_sum(Piece("1"), u))


def _expm1(u: Piece) -> Piece:
    return _difference(_exp(u), Piece("1"))


def _exp(u: Piece) -> Piece:
    if u.is_tall:
        return Piece(rf"\exp{u.in_parentheses()}", ATOM, is_tall=True)
    return Piece(rf"e^{{{u.text}}}", POWER)


def _function(name: str) -> Callable[[Piece], Piece]:
    command = SYMBOLS.get(name) or (
        rf"\{name}" if name in NAMED_FUNCTIONS else rf"\mathrm{{{name}}}"
    )
    powered = command if name in NAMED_FUNCTIONS else ""
    return lambda u: Piece(rf"{command}{u.in_parentheses()}", ATOM, u.is_tall, powered)


def _extreme(name: str) -> Callable[[Piece, Piece], Piece]:
    return lambda a, b: Piece(
        rf"\{name}({a.within(SUM)}, {b.within(SUM)})", ATOM, a.is_tall or b.is_tall
    )


def _relation(sign: str) -> Callable[[Piece, Piece], Piece]:
    return lambda a, b: Piece(
        f"{a.within(SUM)} {sign} {b.within(SUM)}", SUM, a.is_tall or b.is_tall
    )


def _where(condition: Piece, chosen: Callable[[], Piece], otherwise: Callable[[], Piece]) -> Piece:
    first, second = chosen().within(SUM), otherwise().within(SUM)
    text = rf"{first} \;({condition.text}), \quad {second} \;(\mathrm{{else}})"
    return Piece(text, CASES)


OPERATIONS: dict[str, Callable[..., Piece]] = {
    "number": _number,
    "named": lambda name, _: Piece(_symbol(name)),
    "add": _sum,
    "sub": _difference,
    "mul": _product,
    "div": _quotient,
    "neg": _opposite,
    "pow": _power,
    **{name: _relation(sign) for name, sign in RELATIONS.items()},
    "both": lambda a, b: Piece(rf"{a.text},\ {b.text}", SUM),
    "where": _where,
    "min": _extreme("min"),
    "max": _extreme("max"),
    "abs": lambda u: Piece(rf"\left|{u.text}\right|", ATOM, u.is_tall),
    "sqrt": _root,
    "exp": _exp,
    "expm1": _expm1,
    "log": _logarithm,
    "log1p": _log1p,
    **{
        name: _function(name)
        for name in (
            "erf", "erfc", "sin", "cos", "atan", "tanh", "Phi", "phi", "sigmoid", "softplus",
        )
    },
}  # fmt: skip
