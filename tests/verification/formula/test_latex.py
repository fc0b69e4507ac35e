"""Formulas as LaTeX: read by a reader of its own, they are the functions that they are set from."""

import math
import operator
import re

import pytest

from reference import ACTIVATIONS
from verification.formula import balls
from verification.formula import latex as typesetting
from verification.formula.language import parse
from verification.formula.latex import latex

TOKEN = re.compile(r"\\[a-zA-Z]+|\\[;, ]|\d+\.?\d*|[a-zA-Z]|[(){}^+\-<>=,|]")
GREEK = {r"\alpha": "alpha", r"\beta": "beta", "a": "negative_slope"}
FUNCTIONS = {
    r"\ln": math.log, r"\exp": math.exp, r"\tanh": math.tanh, r"\sin": math.sin,
    r"\cos": math.cos, r"\sigma": lambda x: 1 / (1 + math.exp(-x)),
    r"\Phi": lambda x: math.erfc(-x / math.sqrt(2)) / 2,
    r"\varphi": lambda x: math.exp(-x * x / 2) / math.sqrt(2 * math.pi),
    "erf": math.erf, "erfc": math.erfc, "atan": math.atan,
    "softplus": lambda x: math.log1p(math.exp(x)),
}  # fmt: skip
RELATIONS = {"<": operator.lt, ">": operator.gt, r"\leq": operator.le, r"\geq": operator.ge}
POINTS = (-2.5, -0.7, 0.3, 1.9)


class Reader:
    """One line of LaTeX, read from left to right, with the values of its letters."""

    def __init__(self, text, values):
        self.tokens = [t for t in TOKEN.findall(text) if t not in (r"\left", r"\right", r"\;")]
        assert "".join(TOKEN.findall(text)).replace(r"\ ", "") == re.sub(r"\\? ", "", text)
        self.values = values
        self.place = 0

    @property
    def next(self):
        """The word that comes next."""
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def takes(self, *expected):
        """Whether the next tokens are these, which are then read."""
        if self.tokens[self.place : self.place + len(expected)] != list(expected):
            return False
        self.place += len(expected)
        return True

    def need(self, *expected):
        """Read these tokens."""
        assert self.takes(*expected), (expected, self.tokens[self.place :])

    def cases(self):
        """A sum, or `a (condition), quad b (else)`."""
        first = self.sum()
        if not self.takes("("):
            return first
        holds = self.condition()
        self.need(")", ",", r"\quad")
        second = self.sum()
        self.need("(", r"\mathrm", "{", *"else", "}", ")")
        return first if holds else second

    def condition(self):
        """Relations, with commas between them."""
        holds = True
        while True:
            left = self.sum()
            relation = RELATIONS[self.next]
            self.place += 1
            holds &= relation(left, self.sum())
            if not self.takes(",", r"\ "):
                return holds

    def sum(self):
        """Products with signs between them."""
        total = self.product()
        while self.next in ("+", "-"):
            sign = 1 if self.takes("+") else -1
            self.place += sign < 0
            total += sign * self.product()
        return total

    def product(self):
        """Factors side by side, the first with a sign."""
        if self.takes("-"):
            return -self.product()
        result = self.factor()
        while self.takes(r"\,") or self.takes(r"\cdot"):
            result *= self.factor()
        return result

    def factor(self):
        """An atom, perhaps to a power."""
        base = self.atom()
        return base ** self.group() if self.takes("^") else base

    def group(self):
        """What stands in braces."""
        self.need("{")
        value = self.cases()
        self.need("}")
        return value

    def parentheses(self):
        """What stands in parentheses."""
        self.need("(")
        value = self.cases()
        self.need(")")
        return value

    def atom(self):  # noqa: PLR0911 a kind of atom each
        """A number, a letter, a function of something in parentheses."""
        word = self.next
        if word == "(":
            return self.parentheses()
        self.place += 1
        if word[0].isdigit():
            return float(word)
        if word == "|":
            value = abs(self.cases())
            self.need("|")
            return value
        if word == r"\frac":
            above = self.group()
            return above / self.group()
        if word == r"\sqrt":
            return math.sqrt(self.group())
        if word in (r"\min", r"\max"):
            self.need("(")
            first = self.sum()
            self.need(",")
            second = self.sum()
            self.need(")")
            return (min if word == r"\min" else max)(first, second)
        return self.named(word)

    def named(self, word):
        """A function, with a power behind its name or not; a constant; a letter."""
        if word == r"\mathrm":
            self.need("{")
            end = self.tokens.index("}", self.place)
            word = "".join(self.tokens[self.place : end])
            self.place = end + 1
        if word in FUNCTIONS and self.next in ("(", "^"):
            power = self.group() if self.takes("^") else 1
            return FUNCTIONS[word](self.parentheses()) ** power
        constants = {"e": math.e, r"\pi": math.pi}
        return self.values[GREEK.get(word, word)] if word not in constants else constants[word]


def read(text, x, parameters):
    """The number that a line of LaTeX is, with its definitions at the end."""
    head, *definitions = re.split(r", \\quad (?=[a-z] = )", text)
    values = {**parameters, "x": x}
    for definition in definitions:
        name, body = definition.split(" = ", 1)
        values[name] = complete(Reader(body, values))
    return complete(Reader(head, values))


def complete(reader):
    """The value, with nothing left over."""
    value = reader.cases()
    assert reader.next == ""
    return value


LINES = [
    pytest.param(activation, function, id=f"{activation.name}: {function.formula[:30]}")
    for activation in ACTIVATIONS.values()
    for function in (*activation.orders, *activation.parameter_derivatives.values())
]


def is_the_function(text, parameters):
    """Whether the LaTeX of a formula has the formula's values."""
    symbols = ("x", *parameters)
    line = latex(text, symbols)
    function = balls.form(parse(text, symbols), parameters)
    return all(
        read(line, x, parameters) == pytest.approx(float(balls.jet(function, x, 200)[0].mid()))
        for x in POINTS
    )


@pytest.mark.parametrize(("activation", "function"), LINES)
def test_the_latex_of_the_catalogue_is_its_formulas(activation, function):
    """Value, derivatives, and derivatives by parameters; at their default and at other values."""
    assert is_the_function(function.formula, activation.parameters)
    assert is_the_function(function.formula, dict.fromkeys(activation.parameters, 0.75))


TEXTS = [
    "1 - (2 - x)", "1 - (2 + x)", "x - (-1)", "x * (-2)", "-(x + 1)", "-(-x)", "--x", "2 * 3 * x",
    "x / 2 / 3", "x / (2 / 3)", "(x + 1) / (x - 4)", "(-x)**2", "-x**2", "x**-2", "(x + 1)**3",
    "(1/3)**2", "exp(x)**2", "exp(x / 2)**2", "exp(-x) * exp(x)", "exp(1 / x)", "tanh(x)**2",
    "2 - tanh(x)**2 * 3", "tanh(x)**-1", "sigmoid(x)**2", "abs(x - 1)", "abs(x)**3", "expm1(x) * 2",
    "1 - expm1(x)", "log(1 + exp(x))", "sqrt(2 + x * x)**3", "min(x, 1)**2",
    "max(0, min(6, x + 3))",
    "where(0 < x < 1, x, 1 / x) + 1", "2 * where(x > 0, 1, 2)", "where(x <= 0, x - 1, -x)",
    "where(x > 0, where(x >= 1, 1, 2), 3)", "1 - where(x > 0, 1, 2)", "min(where(x > 0, 1, 2), x)",
    "exp(where(x > 0, 1, 2))", "where(x > 0, 1, 2) / 3", "-where(x > 0, 1, 2)", "erf(x) - erfc(x)",
    "sin(x) * cos(x) + atan(x)", "softplus(x) - log1p(exp(x))", "1e-20 * x * 1e20",
    "2.5e-20**2 * x",
    "0.044715 * x", "pi * x", "leaky_relu(x)", "leaky_relu(x, negative_slope=-0.5)", "phi(x)**2",
    "u * v - u with u = x - 1, v = 2 - u", "u / w with u = max(x, 1), w = u * u + x**2",
    "leaky_relu(x, negative_slope=-0.5)**2", "x - leaky_relu(x, negative_slope=-0.5)",
]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_the_latex_of_any_formula_is_the_formula(text):
    """Parentheses stand where they are needed."""
    assert is_the_function(text, {})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x * Phi(x)", r"x\,\Phi(x)"),
        ("1 - tanh(x)**2", r"1 - \tanh^{2}(x)"),
        ("x / (1 + exp(-x))", r"\frac{x}{1 + e^{-x}}"),
        ("where(x > 0, x, 0)", r"x \;(x > 0), \quad 0 \;(\mathrm{else})"),
        ("1 + tanh(x / 2)", r"1 + \tanh\left(\frac{x}{2}\right)"),
        ("0.1 * x", r"0.1\,x"),
        ("s**2 with s = sigmoid(x)", r"s^{2}, \quad s = \sigma(x)"),
        ("1.5e-20 * x", r"1.5\cdot 10^{-20}\,x"),
        ("leaky_relu(x)", r"x \;(x > 0), \quad 0.01\,x \;(\mathrm{else})"),
    ],
)
def test_latex_is_as_one_would_write_it(text, expected):
    """No parentheses too many, decimals as decimals."""
    assert latex(text) == expected


def test_parameters_are_greek():
    """Or a word, where there is no letter for them."""
    assert latex("alpha * x", ("x", "alpha")) == r"\alpha\,x"
    assert latex("steepness * x", ("x", "steepness")) == r"\mathrm{steepness}\,x"


def wrong_lines():
    """The catalogue's lines that are not their formulas."""
    return [
        line.id
        for line in LINES
        if not is_the_function(line.values[1].formula, line.values[0].parameters)
    ]


def test_a_wrong_sign_in_the_latex_alone_is_caught(monkeypatch):
    """Differences that are printed as sums."""
    assert wrong_lines() == []
    monkeypatch.setitem(typesetting.OPERATIONS, "sub", typesetting._sum)  # noqa: SLF001 planted
    assert len(wrong_lines()) >= 8


def test_parentheses_that_are_forgotten_are_caught(monkeypatch):
    """Around a sum that is a factor."""
    monkeypatch.setattr(typesetting.Piece, "within", lambda piece, _: piece.text)
    assert len(wrong_lines()) >= 8
