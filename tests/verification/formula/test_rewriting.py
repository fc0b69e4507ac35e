"""The identities that formulas are rewritten by: each holds, and each is needed."""

import numpy as np
import pytest
from flint import arb, arb_series, ctx

from reference import ACTIVATIONS
from verification.formula import balls, rewriting
from verification.formula.balls import OPERATIONS, form, terms
from verification.formula.evaluate import evaluate
from verification.formula.language import number, operation, parse, symbol
from verification.formula.rewriting import RULES, rewritten

BITS = 2048
NOTHING = arb(2) ** -3000
WRITTEN = [
    ("1 + erf(x)", "erfc(-x)"),
    ("erf(x) + 1", "erfc(-x)"),
    ("1 - erf(x)", "erfc(x)"),
    ("1 + tanh(x)", "2 * sigmoid(2 * x)"),
    ("1 - tanh(x)", "2 * sigmoid(-(2 * x))"),
    ("1 - sigmoid(x)", "sigmoid(-x)"),
    ("1 - tanh(x)**2", "4 * (sigmoid(2 * x) * sigmoid(-(2 * x)))"),
    ("1 - exp(x)", "-expm1(x)"),
    ("exp(x) - 1", "expm1(x)"),
    ("1 - 2 * sigmoid(x)", "-tanh(x / 2)"),
    ("log(1 + x)", "log1p(x)"),
    ("log(x + 1)", "log1p(x)"),
    ("log1p(exp(x))", "softplus(x)"),
    ("log(1 + exp(x))", "softplus(x)"),
    ("log(exp(x) + 1)", "softplus(x)"),
    ("log(sigmoid(x))", "-softplus(-x)"),
    ("x / (1 + exp(-x))", "x * sigmoid(x)"),
    ("1 / (1 + exp(x))", "sigmoid(-x)"),
    ("x / (exp(-x) + 1)", "x * sigmoid(x)"),
    ("(exp(x) - exp(-x)) / (exp(x) + exp(-x))", "tanh(x)"),
    ("--x", "x"),
]
# Sums that look alike and are none of those.
LEFT_ALONE = [
    "2 + erf(x)", "1 + erfc(x)", "erf(x) - 1", "tanh(x) - 1", "sigmoid(x) - 1", "1 + sigmoid(x)",
    "1 + tanh(x)**2", "1 - tanh(x)**3", "exp(x) - 2", "exp(x) + 1", "1 - 3 * sigmoid(x)",
    "log(2 + x)", "log1p(x)", "x / (1 - exp(x))", "x / (2 + exp(x))", "log(1 / sigmoid(x))",
    "(exp(x) - exp(-x)) / (exp(x) + exp(x))", "(exp(x) + exp(-x)) / (exp(x) - exp(-x))",
]  # fmt: skip
TEXTBOOK = [
    "log1p(exp(x))",
    "0.5 * x * (1 + erf(x / sqrt(2)))",
    "x / (1 + exp(-x))",
    "x * tanh(log1p(exp(x)))",
    "log(1 + exp(x))",
    "1 / (1 + exp(-x))",
    "(exp(x) - exp(-x)) / (exp(x) + exp(-x))",
    "x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x**3)))",
    "where(x > 0, x, exp(x) - 1)",
]


def as_it_stands(expression, x, bits):
    """Value and derivatives of the expression as it was written."""
    with ctx.workprec(bits), terms(3):
        symbols = {"x": arb_series([arb(x), 1]), "pi": arb.pi()}
        series = evaluate(expression, OPERATIONS, symbols)
        series = series if isinstance(series, arb_series) else arb_series([series])
        return series[0], series[1], 2 * series[2]


def agree(expression, other, x, bits=4000):
    """Whether two expressions, as they stand, have the same value and derivatives, closely."""
    pairs = zip(as_it_stands(expression, x, bits), as_it_stands(other, x, bits), strict=True)
    with ctx.workprec(bits):
        return all(a.overlaps(b) and abs(a - b) < arb(2) ** -1000 for a, b in pairs)


@pytest.mark.parametrize(("text", "expected"), WRITTEN)
def test_what_has_a_name_is_rewritten(text, expected):
    """To the form that does not cancel."""
    assert rewritten(parse(text)) == parse(expected)


@pytest.mark.parametrize(("text", "expected"), WRITTEN)
def test_both_forms_are_the_same_function(text, expected):
    """Value and both derivatives, to 2^-1000, at random points."""
    for x in np.random.default_rng(61).uniform(0.01, 6, 12).tolist():
        for point in (x, -x) if not text.startswith("log(x") and "1 + x" not in text else (x,):
            assert agree(parse(text), rewritten(parse(text)), point)
            assert agree(parse(text), parse(expected), point)


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_what_looks_alike_is_still_the_same_function(text):
    """Whatever is made of it, or nothing."""
    for x in (0.3, 1.7, 4.1):
        assert agree(parse(text), rewritten(parse(text)), x)


@pytest.mark.parametrize("order", range(3))
@pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=list(ACTIVATIONS))
def test_the_catalogue_is_the_same_rewritten(activation, order):
    """All texts, with parameters as numbers."""
    values = ", ".join(f"{name} = {value!r}" for name, value in activation.parameters.items())
    text = activation.orders[order].formula
    symbols = ("x", *activation.parameters)
    expression = parse(text, symbols)
    for x in (-3.7, -0.3, 0.9, 5.1):
        with ctx.workprec(4000), terms(3):
            known = {name: arb(value) for name, value in activation.parameters.items()}
            known |= {"x": arb_series([arb(x), 1]), "pi": arb.pi()}
            both = [evaluate(e, OPERATIONS, known) for e in (expression, rewritten(expression))]
            a, b = (s if isinstance(s, arb_series) else arb_series([s]) for s in both)
            assert all(abs(a[n] - b[n]) < arb(2) ** -1000 for n in range(3)), values


def stratified():
    """Numbers of float32 of every kind: subnormal, tiny, moderate, in the tails and at the end."""
    rng = np.random.default_rng(62)
    spread = np.ldexp(rng.uniform(1, 2, 30), np.linspace(-149, 127, 30).astype(int))
    active = [0.1, 0.9, 2.3, 5.5, 11.0, 19.9, 37.0, 88.8, 104.0, 193.0, 700.0, 2100.0]
    edges = [1.4e-45, 1.2e-38, 3.4e38]
    x = np.concatenate([spread, active, edges]).astype(np.float32)
    return np.concatenate([x, -x]).astype(float).tolist()


FEW = (64, 128)
MANY = (64, 128, 256, 512, 1024, BITS)


def undecided(text, precisions=MANY):
    """The inputs and orders at which these numbers of bits leave less than 60 certain."""
    function = form(parse(text), {})
    found = []
    for x in stratified():
        open_orders = list(range(3))
        for bits in precisions:
            balls_ = balls.jet(function, x, bits)
            open_orders = [n for n in open_orders if not is_decided(balls_[n])]
            if not open_orders:
                break
        found += [(x, order) for order in open_orders]
    return found


def is_decided(ball):
    """Whether 60 bits are certain, or the value is lost to every format."""
    return ball == 0 or ball.rel_accuracy_bits() >= 60 or bool(abs(ball) < NOTHING)


@pytest.mark.parametrize("text", TEXTBOOK)
def test_tails_of_textbook_forms_are_decided(text):
    """Value, first and second derivative, up to ±3.4e38."""
    assert undecided(text) == []


NEEDED = {
    "_double_negation": "--x / (1 + exp(-x))",
    "_one_and": "0.5 * x * (1 + erf(x / sqrt(2)))",
    "_minus_one": "where(x > 0, x, exp(x) - 1)",
    "_logarithm": "log(1 + exp(x))",
    "_quotient": "(exp(x) - exp(-x)) / (exp(x) + exp(-x))",
}


def test_every_rule_has_a_formula_that_needs_it():
    """None is forgotten."""
    assert set(NEEDED) == {rule.__name__ for rule in RULES}


@pytest.mark.parametrize("name", [name for name in NEEDED if name != "_double_negation"])
def test_a_formula_without_its_rule_is_not_decided(name, monkeypatch):
    """With it, few bits do everywhere; without it they do not in the tails, or close to 0."""
    bits = MANY if name == "_quotient" else FEW
    assert undecided(NEEDED[name], bits) == []
    rules = tuple(rule for rule in RULES if rule.__name__ != name)
    monkeypatch.setattr(rewriting, "RULES", rules)
    rewritten.cache_clear()
    try:
        assert undecided(NEEDED[name], bits) != []
    finally:
        rewritten.cache_clear()


def test_without_double_negations_signs_pile_up(monkeypatch):
    """1 / (1 + e^-x) would be σ(--x)."""
    expected = operation("mul", symbol("x"), operation("sigmoid", symbol("x")))
    assert rewritten(parse("x / (1 + exp(-x))")) == expected
    assert rewritten(parse("---x")) == operation("neg", symbol("x"))
    monkeypatch.setattr(rewriting, "RULES", RULES[1:])
    rewritten.cache_clear()
    try:
        assert rewritten(parse("---x")) != operation("neg", symbol("x"))
    finally:
        rewritten.cache_clear()


@pytest.mark.parametrize(("text", "expected"), WRITTEN)
def test_rewriting_is_done_once_and_for_all(text, expected):
    """A second time changes nothing."""
    once = rewritten(parse(text))
    assert rewritten(once) == once == rewritten(parse(expected))


def test_names_are_seen_through():
    """A definition hides no cancellation."""
    assert rewritten(parse("1 - s with s = sigmoid(x)")) == parse("sigmoid(-x)")
    assert rewritten(parse("u / v with u = x, v = 1 + exp(-x)")) == parse("x * sigmoid(x)")


def test_a_wrong_identity_is_caught():
    """1 - σ(x) is not σ(x)."""
    assert not agree(parse("1 - sigmoid(x)"), parse("sigmoid(x)"), 0.3)
    assert number(1) == parse("1")
