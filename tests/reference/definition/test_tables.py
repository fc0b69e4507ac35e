"""Tables of 16-bit results: the bits of the evaluation that fills them, and no more memory."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import pytest

from reference import ACTIVATIONS, leaky_relu
from reference.arithmetic.formats import FORMATS
from reference.definition import evaluation
from reference.definition.tables import INPUTS, Tables, inputs, look_up

FEW = [format_ for format_ in FORMATS.values() if format_.has_few_numbers]
CASES = [
    pytest.param(activation, parameters, id=f"{name} {parameters}")
    for name, activation in ACTIVATIONS.items()
    for parameters in (activation.parameters, dict.fromkeys(activation.parameters, 0.3))[
        : 1 + bool(activation.parameters)
    ]
]


@pytest.fixture(autouse=True)
def new_tables(monkeypatch):
    """None is filled yet."""
    monkeypatch.setattr(evaluation, "RESULTS", Tables(kept=4))
    monkeypatch.setattr(evaluation, "SLOPES", Tables(kept=4))


def by_levels(activation, order, parameters, x, upstream=None):
    """What there is without tables."""
    return evaluation._by_levels(  # noqa: SLF001 the other way
        activation.orders[order],
        x,
        upstream,
        parameters=parameters,
        by_default=parameters is activation.parameters,
    )


def same_bits(a, b):
    """Whether two arrays are the same to the last bit."""
    return a.dtype == b.dtype and a.tobytes() == b.tobytes()


@pytest.mark.parametrize("format_", FEW, ids=lambda format_: format_.name)
@pytest.mark.parametrize(("activation", "parameters"), CASES)
def test_bits_do_not_depend_on_tables(activation, parameters, format_):
    """At all inputs of all orders, and in products with upstreams of every size."""
    x = inputs(format_.dtype)
    for order in range(3):
        looked_up = activation.derivative(x, order=order, **parameters)
        assert same_bits(looked_up, by_levels(activation, order, parameters, x))
    upstream = np.random.default_rng(31).permutation(x)
    product = activation.backward(x, upstream, **parameters)
    chosen = slice(None, None, 16)
    expected = by_levels(activation, 1, parameters, x[chosen], upstream[chosen])
    assert same_bits(product[chosen], expected)


@pytest.mark.parametrize("format_", FEW, ids=lambda format_: format_.name)
def test_a_table_of_other_results_is_seen(format_, monkeypatch):
    """What stands in a table is what comes, one wrong entry in 65,536 included."""
    x = inputs(format_.dtype)
    gelu = ACTIVATIONS["gelu"]
    right = gelu(x), gelu.backward(x, x)
    for table in ("RESULTS", "SLOPES"):
        monkeypatch.setattr(evaluation, table, Wrong(kept=1))
    wrong = gelu(x), gelu.backward(x, x)
    for a, b in zip(right, wrong, strict=True):
        assert np.flatnonzero(a.view(np.uint16) != b.view(np.uint16)).tolist() == [0x3C00]


class Wrong(Tables):
    """The entry at one pattern is another number."""

    def find(self, wanted, size, fill):
        """Change it on the way out."""
        table = super().find(wanted, size, fill).copy()
        table[0x3C00] = 0.25
        return table


def test_a_table_is_filled_when_as_many_results_have_been_asked_for():
    """And not for a few; then it serves arrays of any length."""
    filled = []

    def fill(x):
        filled.append(x.size)
        return x

    find = partial(Tables(kept=2).find, ("f", "{}", np.dtype(np.float16)), fill=fill)
    sizes = [1, INPUTS - 2, 0, 1, 1, INPUTS]
    assert [find(size) is None for size in sizes] == [True, True, True, False, False, False]
    assert filled == [INPUTS]


def test_the_table_that_was_not_used_for_longest_is_dropped():
    """No more are kept than stated."""
    tables, filled = Tables(kept=2), []

    def ask(name):
        def fill(x):
            filled.append(name)
            return x

        tables.find((name, "{}", np.dtype(np.float16)), INPUTS, fill)

    for name in "abacab":
        ask(name)
    assert filled == ["a", "b", "c", "b"]


def test_a_table_cannot_be_written_to():
    """It is shared."""
    table = Tables(kept=1).find(("f", "", np.dtype(np.float16)), INPUTS, lambda x: x)
    with pytest.raises(ValueError, match="read-only"):
        table[0] = 1


def test_a_parameter_of_minus_zero_has_a_table_of_its_own():
    """The derivative is the slope, with its sign."""
    x = -inputs(np.dtype(np.float16))[1:1000]
    x = np.tile(x, 70)
    for slope in (0.0, -0.0):
        derivative = leaky_relu.derivative(x, negative_slope=slope)
        assert np.signbit(derivative).all() == np.signbit(slope)
        assert np.signbit(derivative).any() == np.signbit(slope)


@pytest.mark.parametrize("format_", FEW)
def test_products_do_not_depend_on_what_was_asked_before(format_):
    """At the infinities with a slope of -0, before and after many calls."""
    x = np.array([-np.inf, np.inf, -1.0, 1.0], format_.dtype)
    upstream = np.array([2.0, 2.0, 2.0, 2.0], format_.dtype)
    before = leaky_relu.backward(x, upstream, negative_slope=-0.0)
    many = np.tile(x, INPUTS // 2)
    leaky_relu.backward(many, np.tile(upstream, INPUTS // 2), negative_slope=-0.0)
    assert same_bits(before, leaky_relu.backward(x, upstream, negative_slope=-0.0))


def test_threads_that_come_at_once_get_the_same_bits():
    """Whichever of them fills the table."""
    x = inputs(np.dtype(np.float16))
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: ACTIVATIONS["silu"](x).tobytes(), range(16)))
    assert len(set(found)) == 1


def test_all_strides_are_looked_up():
    """Reversed and strided inputs, and results of any length."""
    x = inputs(np.dtype(np.float16))
    table = x[::-1].copy()
    for part in (x[::-1], x[::3], x[:0], x[5:6]):
        result = np.empty(part.shape, x.dtype)
        look_up(table, part, result)
        assert same_bits(result, table[part.view(np.uint16)])
