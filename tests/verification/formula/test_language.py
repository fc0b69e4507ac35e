"""The formula language: what is in it means what it says, all else is refused with its place."""

import re
import warnings
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference import ACTIVATIONS
from verification.errors import UsageError
from verification.formula.fractions import is_rational, jet
from verification.formula.language import (
    FUNCTIONS,
    LARGEST_POWER,
    LONGEST,
    FormulaError,
    formula_of,
    operation,
    parse,
    substituted,
    symbol,
)
from verification.formula.pieces import pieces

X = symbol("x")
examples = settings(max_examples=300, derandomize=True, database=None, deadline=None)


def value(text, x=0, **parameters):
    """The exact value of a rational formula."""
    expression = parse(text, ("x", *parameters))
    return jet(expression, parameters, Fraction(x))[0]


def refused(text, symbols=("x",)):
    """The sentence by which a text is refused, and by nothing else."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(FormulaError) as caught:
            parse(text, symbols)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("2 + 3 * x", 17, id="product before sum"),
        pytest.param("2 * 3 ** 2", 18, id="power before product"),
        pytest.param("-x**2", -25, id="minus behind the power"),
        pytest.param("(-x)**2", 25, id="parentheses"),
        pytest.param("2**-2", Fraction(1, 4), id="negative power"),
        pytest.param("10 - 3 - 2", 5, id="differences from the left"),
        pytest.param("12 / 2 / 3", 2, id="quotients from the left"),
        pytest.param("12 / 2 * 3", 18, id="quotient and product from the left"),
        pytest.param("--x", 5, id="two signs"),
        pytest.param("+x - -x", 10, id="plus, and minus minus"),
        pytest.param("x**0", 1, id="power of 0"),
        pytest.param("  x\t+\t1 ", 6, id="blanks"),
        pytest.param("1e3 + 1_000", 2000, id="exponents and underscores"),
    ],
)
def test_operators_bind_as_in_python(text, expected):
    """At x = 5."""
    assert value(text, 5) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("0.044715", Fraction(44715, 10**6), id="kappa"),
        pytest.param("0.1", Fraction(1, 10), id="a tenth"),
        pytest.param("1e-400", Fraction(1, 10**400), id="below all doubles"),
        pytest.param("9007199254740993", 2**53 + 1, id="an integer that is no double"),
        pytest.param("1e400", 10**400, id="beyond all doubles"),
    ],
)
def test_a_literal_is_the_decimal_itself(text, expected):
    """No double comes between."""
    assert parse(text).content == expected
    assert value(text) == expected


@pytest.mark.parametrize("literal", ["0x10", "0b1", "0o7"])
def test_literals_of_other_bases_are_refused(literal):
    """They are no decimals."""
    assert "expected a decimal number" in refused(literal)


@pytest.mark.parametrize(("x", "inside"), [(-2, 0), (-1, 1), (0, 1), (1, 0), (2, 0)])
def test_chained_comparisons_hold_if_all_do(x, inside):
    """-1 <= x < 1, also the other way round."""
    assert value("where(-1 <= x < 1, 1, 0)", x) == inside
    assert value("where(1 > x >= -1, 1, 0)", x) == inside


def test_the_first_branch_that_is_not_taken_is_not_evaluated():
    """1 / x at 0 has no value."""
    assert value("where(x > 0, 1 / x, 7)", 0) == 7


def test_minimum_maximum_and_magnitude_are_exact():
    """Also nested."""
    assert value("max(0, min(6, x + 3))", -9) == 0
    assert value("max(0, min(6, x + 3))", 1) == 4
    assert value("max(0, min(6, x + 3))", 9) == 6
    assert value("abs(x)", Fraction(-1, 3)) == Fraction(1, 3)


def test_definitions_may_use_those_before_them():
    """And the head uses all of them."""
    text = "u * v with u = x + 1, v = u * (u + max(1, 2)), w = v"
    assert value(text, 2) == 3 * 15
    assert parse(text).operands[0].operation == "named"


def test_a_definition_does_not_know_those_behind_it():
    """They are not there yet."""
    assert "there is no name 'v'" in refused("u with u = v, v = x")


def test_a_definition_may_be_given_anew():
    """The later one holds in the head."""
    assert value("u with u = x, u = u + 1", 3) == 4


def test_parameters_are_the_names_that_are_given():
    """And no others."""
    assert value("slope * x", 3, slope=0.5) == Fraction(3, 2)
    assert "there is no name 'slope'; there are x, pi" in refused("slope * x")


def test_an_activation_stands_for_its_own_formula():
    """With the argument in the place of x, and the parameters given or by default."""
    inner = parse("2 * x")
    expected = substituted(formula_of("elu"), {"x": inner, "alpha": parse("0.5")})
    assert parse("elu(2 * x, alpha=0.5)") == expected
    assert parse("elu(x, alpha=1)") == parse("elu(x)")
    assert parse("relu(x)") == parse("max(0, x)")
    assert value("leaky_relu(x)", -1) == -Fraction(0.01)
    assert value("leaky_relu(x, negative_slope=0.01)", -1) == -Fraction(1, 100)


def test_a_parameter_may_be_an_expression():
    """Of the names that are known."""
    assert value("leaky_relu(x, negative_slope=s / 2)", -8, s=0.5) == -2


def test_an_activation_may_be_nested():
    """The inner formula takes the place of x in the outer one alone."""
    assert value("relu(relu(x) - leaky_relu(x, negative_slope=2))", -3) == 6


@pytest.mark.parametrize("name", sorted(set(FUNCTIONS) & set(ACTIVATIONS)))
def test_a_function_of_the_language_comes_before_the_catalogue(name):
    """It is the same function; with a parameter the catalogue's is meant."""
    assert parse(f"{name}(x)") == operation(name, X)


def test_builtins_with_parameters_are_those_of_the_catalogue():
    """Softplus has a beta there, sigmoid has no parameters."""
    assert parse("softplus(x, beta=2)") == substituted(formula_of("softplus"), {"beta": parse("2")})
    assert "sigmoid has no parameter 'k'; its parameters: none" in refused("sigmoid(x, k=1)")


@pytest.mark.parametrize(
    ("text", "reason", "column"),
    [
        pytest.param("x + x.real", "'x.real' is not in the language", 5, id="attribute"),
        pytest.param("1 + x[0]", "'x[0]' is not in the language", 5, id="subscript"),
        pytest.param("x * (lambda: x)", "'lambda: x' is not in the language", 6, id="lambda"),
        pytest.param("__import__('os')", "there is no function '__import__'", 1, id="import"),
        pytest.param("x + 'a'", "expected a decimal number, but got 'a'", 5, id="string"),
        pytest.param("x + b'a'", "expected a decimal number", 5, id="bytes"),
        pytest.param("x + 1j", "expected a decimal number, but got 1j", 5, id="complex"),
        pytest.param("x + True", "expected a decimal number, but got True", 5, id="bool"),
        pytest.param("x + None", "expected a decimal number, but got None", 5, id="None"),
        pytest.param("x + ...", "expected a decimal number", 5, id="ellipsis"),
        pytest.param("x + f'{x}'", "is not in the language", 5, id="f-string"),
        pytest.param("exp([x for x in x])", "is not in the language", 5, id="comprehension"),
        pytest.param("1 + (x := 2)", "is not in the language", 6, id="walrus"),
        pytest.param("x if x else x", "is not in the language", 1, id="conditional"),
        pytest.param("x and x", "is not in the language", 1, id="and"),
        pytest.param("not x", "is not in the language", 1, id="not"),
        pytest.param("1 + ~x", "is not in the language", 5, id="invert"),
        pytest.param("x % 2", "is not in the language", 1, id="modulo"),
        pytest.param("x // 2", "is not in the language", 1, id="floor division"),
        pytest.param("x @ x", "is not in the language", 1, id="matrix product"),
        pytest.param("x << 2", "is not in the language", 1, id="shift"),
        pytest.param("1 + (x, x)", "is not in the language", 5, id="tuple"),
        pytest.param("1 + (x > 0)", "is not in the language", 6, id="comparison as a number"),
        pytest.param("exp(x, base=2)", "exp takes no keyword arguments", 1, id="keyword"),
        pytest.param("2 * exp()", "exp takes 1 arguments, not 0", 5, id="no argument"),
        pytest.param("exp(x, x)", "exp takes 1 arguments, not 2", 1, id="two arguments"),
        pytest.param("max(x)", "max takes 2 arguments, not 1", 1, id="one of two"),
        pytest.param("where(x > 0, x)", "where takes 3 arguments, not 2", 1, id="two of three"),
        pytest.param("where(x, x, x)", "expected a comparison", 7, id="where without comparison"),
        pytest.param("where(x == 0, 1, 2)", "expected one of < <= > >=", 7, id="equality"),
        pytest.param("where(x in x, 1, 2)", "expected one of < <= > >=", 7, id="in"),
        pytest.param("exp(*x)", "is not in the language", 5, id="star"),
        pytest.param("elu(**x)", "elu takes one argument, not 0", 1, id="two stars"),
        pytest.param("elu(x, 0.5)", "elu takes one argument, not 2", 1, id="positional parameter"),
        pytest.param("elu(x, beta=2)", "elu has no parameter 'beta'", 1, id="other parameter"),
        pytest.param("x + y", "there is no name 'y'; there are x, pi", 5, id="unknown name"),
        pytest.param("1 + foo(x)", "there is no function 'foo'; there are exp", 5, id="function"),
        pytest.param("1 + exp", "'exp' is a function: write exp(x)", 5, id="function as a name"),
        pytest.param("mish", "'mish' is a function: write mish(x)", 1, id="activation as a name"),
        pytest.param("x.exp()", "'x.exp' is not in the language", 1, id="method"),
        pytest.param("x**0.5", "expected an integer power", 4, id="fractional power"),
        pytest.param("x**x", "expected an integer power", 4, id="variable power"),
        pytest.param("1 + x**1000", "expected a power of at most 100", 8, id="huge power"),
        pytest.param("x**-101", "expected a power of at most 100", 4, id="huge negative power"),
        pytest.param("2**3**2", "expected an integer power", 4, id="power of a power"),
        pytest.param("9**9**9**9**9", "expected an integer power", 10, id="tower of powers"),
        pytest.param("x # + y", "there are no comments", 3, id="comment"),
        pytest.param("(x +\n y)", "there is no name 'y'", 7, id="line break"),
        pytest.param("(é + y)", "there is no name 'é'", 2, id="letter of two bytes"),
        pytest.param("exp(x, é)", "exp takes 1 arguments, not 2", 1, id="another"),
    ],
)
def test_what_is_foreign_is_refused_with_its_place(text, reason, column):
    """In one sentence, with the whole formula; also behind ``with``, where the place moves."""
    sentence = refused(text)
    assert reason in sentence
    assert sentence.endswith(f"(column {column})")
    assert "\n" not in sentence
    if "'" not in text:
        head = "u + 1 with  u = "
        assert refused(head + text).endswith(f"(column {column + len(head)})")


def test_a_column_counts_characters():
    """Not the bytes of a letter."""
    assert refused("ξ + y", ("x", "ξ")).endswith("(column 5)")


def test_the_place_in_a_later_definition_is_that_of_the_text():
    """Commas and blanks included."""
    text = "u * v with u = max(x, 0),   v = x + y"
    assert refused(text).endswith(f"(column {text.index('y') + 1})")


@pytest.mark.parametrize(
    "text", ["x with", "x with ", "x with u", "x with = 3", "x with 2 = x", "x with u = x,", ")"]
)
def test_a_definition_without_name_or_expression_is_refused(text):
    """With what is expected, or where."""
    sentence = refused(text)
    assert "expected NAME = EXPRESSION" in sentence or "column" in sentence


@pytest.mark.parametrize(
    "text",
    ["x = 1", "import os", "del x", "x; x", "return x", "x +", "(x", "x x", "for", "yield x"],
)
def test_statements_and_fragments_are_refused(text):
    """By the parser's own words, or the language's."""
    assert "column" in refused(text)


def test_the_column_of_a_syntax_error_is_that_of_the_text():
    """Also behind ``with``."""
    assert refused("u with u = x + * 2").endswith("(column 16)")


@pytest.mark.parametrize("text", ["", "   ", "\n", None, 3, b"x", ["x"]])
def test_what_is_no_text_is_refused(text):
    """With an example of one."""
    with pytest.raises(FormulaError, match="expected a formula such as"):
        parse.__wrapped__(text)


@pytest.mark.parametrize("text", ["x\0", "\0", "x + \ud800", "x\n+ 1", "x # y\n"], ids=repr)
def test_odd_characters_do_no_harm(text):
    """Null bytes, lone surrogates, line ends: a formula or an error of the language."""
    try:
        parse(text)
    except FormulaError:
        return
    assert "\n" in text


def test_an_overlong_text_is_refused_before_it_is_parsed():
    """With its length."""
    assert f"at most {LONGEST} characters, but got" in refused("x+" * LONGEST + "x")


def nested(before, after, count=4000):
    """A text that is nested so many deep, within the length that is allowed."""
    count = min(count, (LONGEST - 1) // len(before + after))
    return before * count + "x" + after * count


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(nested("(", ")"), id="parentheses"),
        pytest.param(nested("-", ""), id="minus"),
        pytest.param(nested("exp(", ")"), id="calls"),
        pytest.param(nested("(x+", ")"), id="sums in parentheses"),
        pytest.param(nested("x+", ""), id="a long sum"),
        pytest.param(nested("x**", ""), id="powers"),
        pytest.param(nested("x,", ""), id="tuples"),
        pytest.param(nested("relu(", ")"), id="activations"),
        pytest.param(nested("[", "]"), id="brackets"),
        pytest.param(nested("x(", ")"), id="calls of x"),
        pytest.param(nested("x if x else ", ""), id="conditionals"),
        pytest.param(nested("lambda:", ""), id="lambdas"),
        pytest.param(nested("not ", ""), id="not"),
        pytest.param("u with u = " + nested("(", ")", 3000), id="in a definition"),
        pytest.param("(" * 9000, id="open parentheses"),
    ],
)
def test_deep_nesting_is_refused(text):
    """No error of the interpreter's own escapes, and no warning."""
    sentence = refused(text)
    assert len(sentence) < 1000


def test_what_is_nested_moderately_is_parsed():
    """A sum of 90 terms."""
    assert value("+".join(["x"] * 90), 2) == 180


def test_definitions_that_grow_are_parsed_and_evaluated_once_each():
    """60 doublings are 2^60, and take no time."""
    names = [f"u{n}" for n in range(60)]
    chain = ", ".join(
        f"{name} = {before} + {before}" for before, name in zip(["x", *names], names, strict=False)
    )
    text = f"u59 with {chain}"
    assert value(text, 1) == 2**60
    assert parse(text).symbols == {"x"}
    assert is_rational(parse(text))
    assert [piece.inner for piece in pieces(parse(text), {})] == [0]


def test_nothing_is_executed(tmp_path, capsys, monkeypatch):
    """Neither a print nor a file."""
    monkeypatch.chdir(tmp_path)
    for text in (
        "print(1)",
        "open('touched', 'w')",
        "__import__('pathlib').Path('touched').touch()",
        "exp(print(1))",
        "(lambda: print(1))()",
        "[print(x) for x in (1, 2)]",
        "where(print(1) > 0, x, x)",
        "u with u = print(1)",
        "elu(x, alpha=print(1))",
        "x**print(1)",
    ):
        refused(text)
    assert not list(tmp_path.iterdir())
    assert capsys.readouterr().out == ""


@examples
@given(st.text())
def test_random_text_gives_a_formula_or_an_error_of_the_language(text):
    """Whatever the characters."""
    tried(text)


PARTS = [
    *FUNCTIONS, *ACTIVATIONS, "x", "y", "pi", "alpha=", "beta=", "1", "0.5", "1e999", "2", "(", ")",
    ",", "+", "-", "*", "/", "**", "<", "<=", ">", " with ", "=", " ", ".", "[", "]", "'", "100",
    ":=", "\\", "\n", "#", "lambda:", "if", "else", "\0", "{", "}", "f'", "not ", "0x", "1_0", "j",
]  # fmt: skip


@examples
@given(st.lists(st.sampled_from(PARTS), max_size=24))
def test_random_tokens_give_a_formula_or_an_error_of_the_language(parts):
    """Nearly formulas find more than random characters do."""
    tried("".join(parts))


def tried(text):
    """Parse, and look at the error if there is one; any other error fails the test."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            parse(text)
        except FormulaError as error:
            return str(error)
    return ""


def test_an_error_is_the_user_s():
    """A command prints it in one line."""
    assert issubclass(FormulaError, UsageError)
    assert "\n" not in tried("(x\n + y")


def test_symbols_are_those_that_occur():
    """The shared ones once."""
    assert parse("a * x + pi * exp(x)", ("x", "a", "b")).symbols == {"a", "x", "pi"}


def test_large_powers_are_allowed_up_to_the_limit():
    """And are exact."""
    assert value(f"x**{LARGEST_POWER}", 3) == 3**LARGEST_POWER


def test_every_formula_of_the_catalogue_is_in_the_language():
    """Value, derivatives and derivatives with respect to parameters."""
    for activation in ACTIVATIONS.values():
        symbols = ("x", *activation.parameters)
        for function in (*activation.orders, *activation.parameter_derivatives.values()):
            assert not re.search(r"\s{2}", function.formula)
            assert parse(function.formula, symbols).symbols <= {*symbols, "pi"}
