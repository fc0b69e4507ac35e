"""Facts derived from formula texts: those of the catalogue, and those that one knows by heart."""

import copy
import json
from fractions import Fraction
from functools import cache
from importlib.resources import files
from math import copysign, e, inf, log, pi, sqrt

import pytest

from reference import ACTIVATIONS
from reference.definition.activation import define
from reference.definition.facts import Choice
from verification.errors import UsageError
from verification.formula.facts import derived, entry_of, kinks, place, to_json
from verification.formula.language import parse
from verification.formula.pieces import boundaries, pieces
from verification.formula.roots import sign_changes
from verification.formula.setting import setting

HARD_SWISH = "x * max(0, min(6, x + 3)) / 6"
GATE = "x * sigmoid(beta * x)"


@cache
def written():
    """What the file has."""
    return json.loads(files("reference").joinpath("facts.json").read_bytes())


@cache
def derived_anew(name):
    """What is derived from the texts, as JSON has it."""
    activation = ACTIVATIONS[name]
    return json.loads(to_json(entry_of(activation)))


def test_the_file_has_the_catalogue_and_nothing_else():
    """In its order."""
    assert list(written()) == list(ACTIVATIONS)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_file_says_what_is_derived(name):
    """Every number of it."""
    assert written()[name] == derived_anew(name)


def numbers(content, path=()):
    """The places of all numbers in the file."""
    items = content.items() if isinstance(content, dict) else enumerate(content)
    for key, inner in items:
        if isinstance(inner, dict | list):
            yield from numbers(inner, (*path, key))
        elif isinstance(inner, float):
            yield (*path, key)


def test_a_wrong_digit_in_the_file_is_caught():
    """At whichever place."""
    for path in numbers(written()["relu"]):
        planted = copy.deepcopy(written()["relu"])
        *outer, last = path
        inner = planted
        for key in outer:
            inner = inner[key]
        inner[last] += 2.0**-52
        assert planted != derived_anew("relu")


def of(text, order=0, **parameters):
    """The facts about a derivative of a formula."""
    expression = parse(text, ("x", *parameters))
    return derived((expression,) * (order + 1), parameters)[order]


def signed(pair):
    """Numbers with the signs of zeros."""
    return [(number, copysign(1, number)) for number in pair]


@pytest.mark.parametrize(
    ("text", "order", "limits"),
    [
        pytest.param("x / (1 + exp(-x))", 0, (-0.0, inf), id="silu"),
        pytest.param("x / (1 + exp(-x))", 1, (-0.0, 1.0), id="silu'"),
        pytest.param("x / (1 + exp(-x))", 2, (-0.0, -0.0), id="silu''"),
        pytest.param("1 / (1 + exp(-x))", 2, (0.0, -0.0), id="sigmoid''"),
        pytest.param("exp(-x * x)", 0, (0.0, 0.0), id="bell"),
        pytest.param("exp(-x * x)", 1, (0.0, -0.0), id="bell'"),
        pytest.param("-x", 0, (inf, -inf), id="minus x"),
        pytest.param("atan(x)", 0, (-pi / 2, pi / 2), id="arctangent"),
        pytest.param("abs(x)", 1, (-1.0, 1.0), id="magnitude'"),
        pytest.param(HARD_SWISH, 0, (0.0, inf), id="hard swish"),
        pytest.param("tanh(x) + 1 / 3", 0, (-2 / 3, 4 / 3), id="shifted"),
    ],
)
def test_limits_with_the_signs_of_zeros(text, order, limits):
    """As one knows them."""
    assert signed(of(text, order)["limits"]) == signed(limits)


@pytest.mark.parametrize(
    ("activation", "parameters", "limits", "slopes"),
    [
        ("softplus", {"beta": -2.0}, (-inf, -0.0), (1.0, 0.0)),
        ("elu", {"alpha": 0.3}, (-0.3, inf), (0.0, 1.0)),
        ("leaky_relu", {"negative_slope": -0.5}, (inf, inf), (-0.5, 1.0)),
        ("leaky_relu", {"negative_slope": 0.0}, (0.0, inf), (0.0, 1.0)),
    ],
)
def test_facts_for_other_parameters(activation, parameters, limits, slopes):
    """Limits of the value and of its derivative, and whether it is monotone."""
    chosen = setting(ACTIVATIONS[activation], parameters)
    assert chosen.parameters == parameters
    assert signed(chosen.orders[0].limits) == signed(limits)
    assert signed(chosen.orders[1].limits) == signed(slopes)
    assert chosen.monotone is not (activation == "leaky_relu" and slopes[0] < 0)
    assert chosen.orders[0].guides is None


def test_kinks_for_other_parameters():
    """Their sides are those of the parameters."""
    [kink] = setting(ACTIVATIONS["elu"], {"alpha": 0.3}).kinks
    assert (kink.at, kink.left, kink.right, kink.chosen) == (0, 0.3, 1, 0.3)
    assert kink.second == (0.3, 0, 0.3)
    [kink] = setting(ACTIVATIONS["leaky_relu"], {"negative_slope": -0.5}).kinks
    assert (kink.left, kink.right) == (-0.5, 1)
    assert setting(ACTIVATIONS["elu"], {"alpha": 1}) is ACTIVATIONS["elu"]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"gamma": 1.0}, "softplus has no parameter 'gamma'; its parameters: beta"),
        ({"beta": inf}, "softplus: beta has to be a finite number, not inf"),
        ({"beta": "1"}, "softplus: beta has to be a finite number, not '1'"),
        ({"beta": 0}, "softplus: beta has to be other than 0, not 0"),
    ],
)
def test_a_setting_that_is_none_is_told(parameters, message):
    """In one sentence."""
    with pytest.raises(UsageError) as caught:
        setting(ACTIVATIONS["softplus"], parameters)
    assert str(caught.value) == message


def test_the_gate_of_a_parameter_has_its_facts_scaled():
    """x σ(βx) is silu(βx)/β: roots at those over β, bounds as well."""
    silu, gate = of("x / (1 + exp(-x))"), of(GATE, beta=4.0)
    assert gate["bounds"][0] == pytest.approx(silu["bounds"][0] / 4, rel=1e-15)
    assert gate["limits"] == silu["limits"]
    slopes = of("x / (1 + exp(-x))", 1)["roots"], of(GATE, 1, beta=4.0)["roots"]
    assert slopes[0][0] == 4 * slopes[1][0]
    assert gate["saturation"][0] == pytest.approx(silu["saturation"][0] / 4, abs=2)


@pytest.mark.parametrize(
    ("text", "order", "bounds"),
    [
        ("x * exp(-x)", 0, (-inf, 1 / e)),
        ("exp(-x * x)", 0, (0, 1)),
        ("exp(-x * x)", 1, (-sqrt(2 / e), sqrt(2 / e))),
        ("1 / (1 + exp(-x))", 1, (0, 0.25)),
        (HARD_SWISH, 0, (-0.375, inf)),
        ("where(x > 0, 1 - x * exp(-x), 2)", 0, (1 - 1 / e, 2)),
        ("max(-1, min(1, x))", 0, (-1, 1)),
    ],
)
def test_bounds_are_found(text, order, bounds):
    """At stationary points, at the ends of pieces and at infinity."""
    assert of(text, order)["bounds"] == pytest.approx(bounds, rel=1e-15)


@pytest.mark.parametrize(
    ("text", "symmetry"),
    [
        ("x**3 - x", "odd"), ("abs(x) + 1", "even"), ("tanh(x)", "odd"), ("phi(x)", "even"),
        ("x + 1e-9", ""), ("exp(x)", ""), ("x * Phi(x) + x * Phi(-x)", "odd"), ("max(0, x)", ""),
    ],
)  # fmt: skip
def test_symmetry_is_found(text, symmetry):
    """Even, odd, or neither."""
    assert of(text)["symmetry"] == symmetry


@pytest.mark.parametrize(
    ("text", "expansion"),
    [
        ("x / (1 + exp(-x))", [0.5, 0.25, 2]),
        ("tanh(x)", [1.0, -1 / 3, 3]),
        ("x / 2 + x**5", [0.5, 1.0, 5]),
        ("-x / 4 - x**2 / 3", [-0.25, -1 / 3, 2]),
        ("3 * x + x**2", None),
        ("1 + x", None),
        ("max(0, x)", None),
        ("x", None),
        ("x**2", None),
    ],
)
def test_the_expansion_at_0(text, expansion):
    """Slope, first further coefficient and its power, where the slope is a power of two."""
    assert of(text)["expansion"] == expansion


def test_saturation_is_the_first_integer():
    """e^-x is lost at 193 in float32: 2^-278 is e^-192.7; and at 1455 in float64."""
    assert of("1 / (1 + exp(-x))")["saturation"] == [193.0, 1455.0]
    assert 192 < 278 * log(2) < 193
    assert of("x + 1")["saturation"] == [inf, inf]
    assert of("2 * x + exp(-x * x)")["saturation"][0] > 1e300


def test_a_root_at_an_integer_is_not_taken_for_the_limit():
    """Roots at -2, -1, 1, 2, ..., where the value is that of the limit by chance."""
    text = "(x**2 - 1) * (x**2 - 4) * (x**2 - 16) * (x**2 - 64) * exp(-x * x)"
    found = of(text)
    assert found["roots"] == [-8, -4, -2, -1, 1, 2, 4, 8]
    assert found["saturation"][0] > 13
    assert of("1 - (x - 1) * (x - 2) * exp(-x * x)")["saturation"][0] > 13


def test_a_formula_of_one_rounding_is_exact():
    """It needs no levels."""
    for text, exactly in (
        ("max(0, x)", True),
        ("3 * x", True),
        ("3 * x + 1", False),
        ("exp(x)", False),
    ):
        assert of(text)["exact"] is exactly


def places(text, **parameters):
    """Where a formula is cut."""
    return boundaries(parse(text, ("x", *parameters)), parameters)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HARD_SWISH, [-3, 3]),
        ("where(x > 0.5, x, where(x < -0.5, x, 0))", [-Fraction(1, 2), Fraction(1, 2)]),
        ("abs(x)", [0]),
        ("abs(2 * x - 1)", [Fraction(1, 2)]),
        ("where(x > 1/3, x, 0)", [Fraction(1, 3)]),
        ("where(1 / x > 2, x, 0)", [0, Fraction(1, 2)]),
        ("where(exp(x) > 2, 1, 0)", [Fraction(log(2))]),
        ("max(x, x**3)", [-1, 0, 1]),
        ("where(2 > 1, x, 0)", []),
        ("exp(x)", []),
        ("relu(x - 1) + relu(x + 1)", [-1, 1]),
    ],
)
def test_a_formula_is_cut_where_its_branches_meet(text, expected):
    """At fractions, where the boundary is one."""
    assert places(text) == expected


def test_a_boundary_may_depend_on_a_parameter():
    """As the double that it is."""
    assert places("where(x > lambd, x, 0)", lambd=0.1) == [Fraction(0.1)]


def test_pieces_have_no_branches():
    """Each is the branch that is taken there; equal neighbours are one."""
    found = pieces(parse(HARD_SWISH), {})
    assert [(piece.left, piece.right) for piece in found] == [(None, -3), (-3, 3), (3, None)]
    assert found[1].expression == parse("x * (x + 3) / 6")
    assert found[2].expression == parse("x * 6 / 6")
    assert len(pieces(parse("where(x > 1, x, x)"), {})) == 1


def kinks_of(text, choices=("left",), **parameters):
    """The kinks, with a choice at each of these places."""
    return kinks(parse(text, ("x", *parameters)), parameters, dict(choices))


def test_the_kinks_of_hard_swish():
    """At ±3, where the slope jumps from 0 to -1/2 and from 3/2 to 1."""
    left, right = kinks_of(HARD_SWISH, {"-3": Fraction(-3), "3": Fraction(3)})
    assert (left["at"], left["first"], left["second"]) == (-3, (0, -0.5), (0, 1 / 3))
    assert (right["at"], right["first"], right["second"]) == (3, (1.5, 1), (1 / 3, 0))


def test_a_jump_of_the_value_is_a_kink_too():
    """Hard shrink has the slope of its sides there."""
    text = "where(x > 0.5, x, where(x < -0.5, x, 0))"
    found = kinks_of(text, {"-0.5": Fraction(-1, 2), "0.5": Fraction(1, 2)})
    assert [(kink["at"], kink["first"]) for kink in found] == [(-0.5, (1, 0)), (0.5, (0, 1))]


def test_where_branches_meet_smoothly_is_no_kink():
    """x³ for x > 0 and 0 elsewhere has two derivatives at 0; x² has one."""
    assert kinks_of("where(x > 0, x**3, 0)", {}) == []
    assert len(kinks_of("where(x > 0, x**2, 0)", {"0": Fraction(0)})) == 1


def test_a_kink_at_a_third_is_named_by_its_formula():
    """It is no double."""
    [kink] = kinks_of("max(x, 1/3)", {"1/3": place("1 / 3", {})})
    assert (kink["place"], kink["at"]) == ("1/3", 1 / 3)


def toy(formulas, choices):
    """An activation without facts."""
    return define("toy", "toy", formulas, (abs, abs, abs), "a test", choices=choices)


def test_a_missing_choice_is_told():
    """With the place that lacks it."""
    activation = toy(("abs(x - 2)", "where(x > 2, 1, -1)", "0"), {})
    with pytest.raises(UsageError, match=r"expected a choice at the kink 2\.0, but there is none"):
        entry_of(activation)


def test_a_choice_at_no_kink_is_told():
    """With the places where there are any."""
    activation = toy(
        ("abs(x)", "where(x > 0, 1, -1)", "0"),
        {"0": Choice("left", "so"), "1": Choice("left", "or so")},
    )
    with pytest.raises(UsageError, match="toy: a choice is stated at '1', but there is no kink"):
        entry_of(activation)


@pytest.mark.parametrize(
    ("text", "order", "roots"),
    [
        ("(x - 1) * (x + 2) * exp(-x * x)", 0, [-2, 1]),
        ("x**2 * (x - 1)", 0, [1]),
        ("(x - 1)**3", 0, [1]),
        ("(x - 1/3)**3 * (x + 5)**2", 0, [1 / 3]),
        ("x**3", 0, [0]),
        ("(x - 1/3) * exp(x)", 0, [1 / 3]),
        ("x**2 + 1", 0, []),
        ("x**2", 0, []),
        ("x", 0, [0]),
        ("exp(x) - 2", 0, [log(2)]),
        ("x**2 - 2", 0, [-sqrt(2), sqrt(2)]),
        ("x * exp(-x)", 1, [1]),
        ("exp(-x * x)", 2, [-sqrt(0.5), sqrt(0.5)]),
        ("(x - 1e-6) * (x - 2e-6)", 0, [1e-6, 2e-6]),
        ("(x - 1000) * exp(-x / 100)", 0, [1000]),
    ],
)
def test_roots_are_the_nearest_doubles(text, order, roots):
    """Those with a change of sign, rising; a double root is none."""
    found = of(text, order)["roots"] if "exp" in text else sign_changes(parse(text), {}, order)
    assert found == pytest.approx(roots, rel=1e-15)


@pytest.mark.parametrize(
    ("text", "order", "roots"),
    [
        ("where(x > 0, 1, -1)", 0, [0]),
        (HARD_SWISH, 0, [0]),
        (HARD_SWISH, 1, [-1.5]),
        ("abs(x) - 1", 0, [-1, 1]),
        ("abs(x) - 300", 0, [-300, 300]),
        ("abs(3 * x) - 1", 0, [-1 / 3, 1 / 3]),
        ("abs(x)", 1, [0]),
        ("max(0, x)", 1, []),
        ("where(x > 1, x - 1, 1 - x)", 1, [1]),
        ("where(x > 1, x - 1, x - 1 + 0 * exp(x))", 0, [1]),
        ("x * where(x > 0, 1, -1)", 0, []),
    ],
)
def test_roots_at_a_cut_are_found_once(text, order, roots):
    """By the signs on both sides."""
    assert of(text, order)["roots"] == roots


def test_a_change_of_sign_far_out_is_refused():
    """Beyond the reach, as one point in a binade shows it."""
    with pytest.raises(UsageError, match="changes its sign beyond"):
        sign_changes(parse("x - 2**100"), {}, 0)


def test_infinities_are_text_in_json():
    """It has no numbers for them."""
    content = json.loads(to_json({"a": (inf, -inf, 1.0)}))
    assert content == {"a": ["inf", "-inf", 1.0]}
