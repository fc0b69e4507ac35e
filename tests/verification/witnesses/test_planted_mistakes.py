"""The testers tested: every planted mistake is caught by at least two witnesses."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from reference import ACTIVATIONS, Activation
from reference.arithmetic.formats import FORMATS
from verification.numbers.inputs import from_ordinals, neighbours, ordinals
from verification.witnesses import autodiff, balls, differences, extremes, identities
from verification.witnesses.row import Claim

FLOAT64 = FORMATS["float64"]
WITNESSES = (autodiff, balls, differences, identities)
Damage = Callable[[Any, Any, int], Any]


@dataclass(frozen=True, eq=False)
class Damaged(Activation):
    """An activation whose results pass through ``damage(result, x, order)``."""

    damage: Damage = lambda result, _x, _order: result

    def derivative(self, x, order=1, **parameters):
        """Damage value and derivatives."""
        sound = super().derivative(x, order=order, **parameters)
        with np.errstate(all="ignore"):
            return np.asarray(self.damage(sound, np.asarray(x), order), np.asarray(sound).dtype)[()]

    def backward(self, x, upstream, **parameters):
        """Damage backward alike."""
        damaged = self.derivative(x, **parameters)
        return np.asarray(damaged * upstream, np.asarray(damaged).dtype)[()]


def damaged(name: str, damage: Damage) -> Damaged:
    """Plant a mistake in a catalogue entry."""
    sound = ACTIVATIONS[name]
    kept = {field.name: getattr(sound, field.name) for field in fields(sound)}
    return Damaged(**kept, damage=damage)


def inputs(activation: Activation):
    """Choose a few hundred numbers: the active range, the tails, tiny ones, roots and kinks."""
    dense = np.concatenate([np.linspace(-3, 3, 83), np.linspace(-38, 38, 229)])
    tiny = np.concatenate([-np.logspace(-200, -3, 12), np.logspace(-200, -3, 12)])
    landmarks = [root for function in activation.orders for root in function.roots]
    close = neighbours(np.array([0.0, *landmarks]), FLOAT64, count=3)
    return np.unique(np.concatenate([dense, tiny, close]))


def failures(activation: Activation) -> set[tuple[str, int]]:
    """Which witness rejects which order."""
    x = inputs(activation)
    rows = [row for module in WITNESSES for row in module.witness(activation, FLOAT64, x)]
    return {(row.witness, row.order) for row in rows if not row.passed}


@cache
def sound_failures(name: str) -> frozenset[tuple[str, int]]:
    """Return what the witnesses find in the sound activation: nothing, if it is."""
    return frozenset(failures(ACTIVATIONS[name]))


def catchers(name: str, damage: Damage) -> set[str]:
    """Return the witnesses that reject the mistake and not the sound activation."""
    found = failures(damaged(name, damage)) - sound_failures(name)
    return {witness.partition(",")[0] for witness, _ in found}


def wrong_sign(wrong_order: int) -> Damage:
    """-f for f."""
    return lambda result, _, order: -result if order == wrong_order else result


def sixth_digit(wrong_order: int) -> Damage:
    """Return a factor that is off in the sixth digit."""
    return lambda result, _, order: result * 1.000002 if order == wrong_order else result


def lost_tail(wrong_order: int) -> Damage:
    """Compute a small result as a difference of numbers near 1."""
    return lambda result, _, order: (result + 1) - 1 if order == wrong_order else result


def dropped_term(result, x, order):
    """Leave a term of the size and the reach of xφ(x) out of f'(x)."""
    return result - x * np.exp(-x * x / 2) / 2.5 if order == 1 else result


PLANTS = [wrong_sign, sixth_digit, lost_tail]
# Not where the mistake changes nothing: zero throughout, or 0 and 1 that have no tail to lose.
PLANTED = [
    pytest.param(name, plant, order, id=f"{name}-{order}-{plant.__name__}")
    for name, activation in ACTIVATIONS.items()
    for order in range(3)
    for plant in PLANTS
    if activation.orders[order].bounds != (0.0, 0.0)
    and (name, order, plant) != ("relu", 1, lost_tail)
]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_sound_activation_is_accepted(name):
    """No witness raises a false alarm."""
    assert sound_failures(name) == frozenset()


@pytest.mark.parametrize(("name", "plant", "order"), PLANTED)
def test_a_mistake_in_one_derivative_is_caught_twice(name, plant, order):
    """Whichever the formula and whichever the mistake."""
    assert len(catchers(name, plant(order))) >= 2


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_dropped_term_is_caught_twice(name):
    """A term that lives in the active range alone."""
    assert len(catchers(name, dropped_term)) >= 2


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_constant_off_in_all_orders_alike_is_caught_twice(name):
    """Value and derivatives agree with one another, and still are wrong."""
    assert len(catchers(name, lambda result, _x, _order: result * 1.000002)) >= 2


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "gelu", "gelu_tanh", "silu"])
def test_a_tail_lost_in_all_orders_alike_is_caught_twice(name):
    """A smooth function computed in too few digits throughout."""
    assert len(catchers(name, lambda result, _x, _order: (result + 1) - 1)) >= 2


def at(order: int, damage: Damage) -> Damage:
    """Restrict a mistake to one order."""
    return lambda result, x, k: damage(result, x, k) if k == order else result


def one_ulp_at(point: float) -> Damage:
    """Return the next number instead of the right one, for a single input."""

    def damage(result, x, _):
        format_ = FORMATS[result.dtype.name]
        off = from_ordinals(ordinals(result, format_) + 1, format_)
        return np.where(np.asarray(x, float) == point, off, result)

    return damage


LAWS = [
    pytest.param("gelu", "limits", at(0, lambda y, x, _: np.where(x == -np.inf, 0.0, y)), id="-0"),
    pytest.param("tanh", "limits", at(0, lambda y, x, _: np.where(x == np.inf, 2.0, y)), id="2"),
    pytest.param("sigmoid", "bounds", at(0, lambda y, _x, _k: y + 1e-15), id="past 1"),
    pytest.param("gelu", "order", at(0, lambda y, x, _: np.where(x < -5, x * 1e-9, y)), id="falls"),
    pytest.param(
        "sigmoid", "order", at(0, lambda y, x, _: y + 1e-14 * np.sin(1e3 * x)), id="noise"
    ),
    pytest.param("gelu_tanh", "roots", at(1, lambda y, _x, _k: y + 1e-14), id="root moved"),
    pytest.param(
        "silu", "reflection", at(0, lambda y, x, _: np.where(x > 0, y, y * 1.1)), id="silu"
    ),
    pytest.param("sigmoid", "reflection", at(1, lambda y, x, _: y + 1e-14 * x), id="sigmoid'"),
    pytest.param("relu", "reflection", at(0, lambda y, x, _: np.where(x < 0, x, y)), id="relu"),
    pytest.param("tanh", "doubling", at(0, lambda y, _x, _k: y * (1 + 1e-14)), id="doubling"),
]


@pytest.mark.parametrize(("name", "law", "damage"), LAWS)
def test_every_law_rejects_a_mistake_of_its_own(name, law, damage):
    """A law that nothing can break proves nothing."""
    x = inputs(ACTIVATIONS[name])
    sound = identities.witness(ACTIVATIONS[name], FLOAT64, x)
    assert f"identities, {law}" in {row.witness for row in sound}
    rows = identities.witness(damaged(name, damage), FLOAT64, x)
    assert f"identities, {law}" in {row.witness for row in rows if not row.passed}


@pytest.mark.parametrize("kind", ["even", "odd"])
def test_a_declared_symmetry_holds_to_the_bit(kind):
    """One ulp at one input breaks it."""
    function = np.abs if kind == "even" else np.array
    x = np.linspace(-3, 3, 61)
    claim = Claim("tanh", 0, "identities, symmetry", "float64")
    assert identities.symmetry(kind, function, claim, x).passed
    off = one_ulp_at(float(x[7]))
    broken = identities.symmetry(kind, lambda x: off(function(x), x, 0), claim, x)
    assert not broken.passed
    assert abs(broken.where) == abs(float(x[7]))


@pytest.mark.parametrize("format_", FORMATS.values(), ids=list(FORMATS))
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_one_ulp_at_one_input_is_caught(name, format_):
    """In every format; and the input is named."""
    x = np.array([-2.5, -0.75, 0.625, 1.5]).astype(format_.dtype)
    damage = at(0, one_ulp_at(0.625))
    rows = balls.witness(damaged(name, damage), format_, x)[:3]
    assert {(row.order, row.where) for row in rows if not row.passed} == {(0, 0.625)}


@pytest.mark.parametrize("name", ["float16", "float32", "float64"])
def test_a_backward_that_rounds_twice_is_caught(name):
    """The product of a rounded derivative and upstream is not the rounded product."""
    x = np.linspace(-3, 3, 201).astype(FORMATS[name].dtype)
    rows = balls.witness(damaged("gelu", lambda y, _x, _k: y), FORMATS[name], x)
    assert [row.witness for row in rows if not row.passed] == ["balls, backward"]


def test_a_parameter_that_is_ignored_is_caught():
    """Also when the default is right."""

    class Deaf(Damaged):
        def derivative(self, x, order=1, **_):
            return super().derivative(x, order=order, negative_slope=0.01)

    kept = {
        field.name: getattr(ACTIVATIONS["leaky_relu"], field.name) for field in fields(Activation)
    }
    rows = balls.witness(Deaf(**kept), FLOAT64, np.linspace(-3, 3, 11))
    assert {row.order for row in rows if not row.passed} == {0, 1}


@pytest.mark.parametrize(
    ("change", "law"),
    [
        pytest.param({"left": 0.1}, "either side of a kink", id="left"),
        pytest.param({"right": 1.1}, "either side of a kink", id="right"),
        pytest.param({"chosen": 0.5}, "choice at a kink", id="another choice"),
        pytest.param({"left": 0.5, "right": 1.0}, "choice at a kink", id="outside"),
    ],
)
def test_a_wrong_statement_about_a_kink_is_caught(change, law):
    """Slopes are held against differences, the choice against the slopes and the result."""
    sound = ACTIVATIONS["relu"]
    wrong = replace(sound, kinks=(replace(sound.kinks[0], **change),))
    rows = differences.witness(wrong, FLOAT64, np.linspace(-3, 3, 11))
    assert f"differences, {law}" in {row.witness for row in rows if not row.passed}


def overflows(result, x, _):
    """NaN where e^-x overflows."""
    return np.where(x < -745, np.nan, result)


def warns(result, x, _):
    """Let a floating-point warning reach the caller."""
    with np.errstate(all="warn"):
        return result + 0 * np.exp(np.abs(np.minimum(np.asarray(x, float), 800)))


def depends_on_position(result, _x, _order):
    """Leave a seam: the last element of a long array differs."""
    result = np.array(result)
    if result.size > 3:
        result.reshape(-1)[-1] += 1
    return result


def swallows_nan(result, x, _):
    """NaN taken for a negative number."""
    return np.where(np.isnan(np.asarray(x, float)), 0, result)


def loses_the_sign_of_zero(result, _x, _order):
    """-0 + 0 = 0."""
    return result + 0.0


def writes_to_its_input(result, x, _order):
    """Clip in place."""
    np.clip(x, -800, 800, out=x)
    return result


class Careless(Damaged):
    """Converts whatever comes to float64, and ignores upstream."""

    def derivative(self, x, order=1, **parameters):
        """Take complex numbers by their real part."""
        x = np.asarray(x)
        return super().derivative(
            x.real.astype(float) if x.dtype.kind in "cgO" else x, order, **parameters
        )

    def backward(self, x, upstream, **parameters):
        """Ignore upstream."""
        del upstream
        return self.derivative(x, **parameters)


@pytest.mark.parametrize(
    ("damage", "law"),
    [
        pytest.param(overflows, "|x| to 1000", id="NaN in the tail"),
        pytest.param(swallows_nan, "whole format", id="NaN swallowed"),
        pytest.param(loses_the_sign_of_zero, "whole format", id="sign of zero"),
        pytest.param(depends_on_position, "layouts", id="seam"),
        pytest.param(warns, "|x| to 1000", id="warning"),
        pytest.param(writes_to_its_input, "layouts", id="input written to"),
    ],
)
def test_extreme_inputs_find_what_only_they_can(damage, law):
    """Each law of ``extremes`` has a mistake that it rejects."""
    rows = extremes.witness(damaged("gelu", damage), FLOAT64, np.empty(0))
    assert f"extremes, {law}" in {row.witness for row in rows if not row.passed}


def test_extreme_inputs_find_nothing_in_a_sound_activation():
    """In any format."""
    for format_ in FORMATS.values():
        rows = extremes.witness(ACTIVATIONS["gelu"], format_, np.empty(0))
        assert [row for row in rows if not row.passed] == []


@pytest.mark.parametrize("law", ["types", "backward", "broadcasting"])
def test_a_careless_signature_is_caught(law):
    """Types that have to be refused, and upstream that has to count."""
    kept = {field.name: getattr(ACTIVATIONS["gelu"], field.name) for field in fields(Activation)}
    rows = extremes.witness(Careless(**kept), FLOAT64, np.empty(0))
    assert f"extremes, {law}" in {row.witness for row in rows if not row.passed}


@pytest.mark.parametrize("module", [autodiff, balls])
def test_a_wrong_backward_alone_is_caught(module):
    """By the vector-Jacobian product of JAX, and by balls; value and derivatives are right."""

    class Turned(Damaged):
        def backward(self, x, upstream, **parameters):
            return -ACTIVATIONS["gelu"].backward(x, upstream, **parameters)

    kept = {field.name: getattr(ACTIVATIONS["gelu"], field.name) for field in fields(Activation)}
    rows = module.witness(Turned(**kept), FLOAT64, np.linspace(-3, 3, 21))
    failed = {row.witness for row in rows if not row.passed}
    assert failed == {"autodiff, vjp" if module is autodiff else "balls, backward"}


@pytest.mark.parametrize("change", [{"second": (1.0, 0.0, 0.0)}, {"second": (0.5, 0.25, 1.0)}])
def test_a_wrong_second_derivative_at_a_kink_is_caught(change):
    """What is chosen has to be what comes, and one of the two sides' or between them."""
    sound = ACTIVATIONS["elu"]
    wrong = replace(sound, kinks=(replace(sound.kinks[0], **change),))
    rows = differences.witness(wrong, FLOAT64, np.linspace(-3, 3, 11))
    failed = {(row.witness, row.order) for row in rows if not row.passed}
    assert failed == {("differences, choice at a kink", 2)}
