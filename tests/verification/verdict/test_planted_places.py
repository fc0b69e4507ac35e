"""Each place that a check looks at: a bug planted there alone is found, so none may be left out."""

import numpy as np
import pytest

from reference import gelu, relu, sigmoid, silu, tanh
from reference.arithmetic.formats import FORMATS
from verification.numbers.arrangements import LAYOUTS
from verification.verdict.check import check

WIDE = ("float32", "float64")
# Tails of vector code, seams of blocks, and more than any block has.
LENGTHS = [
    *range(2, 66), 127, 128, 129, 255, 257, 1023, 1025, 4095, 4097, (1 << 16) + 1, (1 << 20) + 65,
]  # fmt: skip


def address(x):
    """Where the elements of an array begin."""
    return x.__array_interface__["data"][0]


def lies_in_longer(x):
    """Whether an array is part of one that is twice as long."""
    whole = x.base
    if not isinstance(whole, np.ndarray) or x.ndim == 0 or whole.ndim != x.ndim:
        return False
    return whole.dtype == x.dtype and len(whole) == 2 * len(x)


def negative_axes(x):
    """How many axes run backwards in memory."""
    return sum(stride < 0 for stride in x.strides)


# What an array looks like in each layout, and in no other.
LOOKS = {
    "transposed": lambda x: x.flags.fnc and not x.flags.owndata and x.flags.aligned,
    "with its axes in another order": lambda x: (
        x.ndim == 3 and not x.flags.forc and min(x.strides) == x.itemsize and x.flags.aligned
    ),
    "in Fortran order": lambda x: x.flags.fnc and x.flags.owndata,
    "of negative stride": lambda x: x.ndim > 1 and negative_axes(x) == 1,
    "of negative strides": lambda x: x.ndim > 1 and negative_axes(x) == x.ndim,
    "strided": lambda x: x.ndim > 0 and x.size > 1 and x.strides[-1] == 3 * x.itemsize,
    "unaligned": lambda x: not x.flags.aligned,
    "read-only": lambda x: not x.flags.writeable and 0 not in x.strides,
    "at the beginning of a longer one": lambda x: (
        lies_in_longer(x) and address(x) == address(x.base)
    ),
    "at the end of a longer one": lambda x: lies_in_longer(x) and address(x) > address(x.base),
}


def test_every_layout_has_a_look():
    """So there is a planted bug for each."""
    assert set(LOOKS) == set(LAYOUTS)


@pytest.mark.parametrize("name", LOOKS)
def test_a_bug_in_one_layout_is_found(name):
    """Of x; and its kind and the layout are told."""

    def planted(x):
        return np.full(x.shape, 7, x.dtype) if LOOKS[name](x) else np.array(silu(x))

    [finding] = check(planted, "silu").symptoms
    assert finding.kind == "layout"
    assert finding.detail.endswith(name)


@pytest.mark.parametrize("name", LOOKS)
def test_a_bug_in_one_layout_of_upstream_is_found(name):
    """Though x lies in memory as it always does."""

    def planted(x, upstream):
        wrong = LOOKS[name](upstream) and not LOOKS[name](x)
        return silu.backward(x, np.ones_like(upstream) if wrong else upstream)

    found = {finding.kind: finding for finding in check(None, "silu", backward=planted).symptoms}
    assert set(found) == {"layout"}
    assert "with an upstream" in found["layout"].detail
    assert found["layout"].detail.endswith(name)


def is_repeated(x):
    """Whether an array has its memory to itself, as one has that is no part of the sample."""
    return x.flags.owndata


@pytest.mark.parametrize("shape", [(), (7,), (3, 5), (1, 4, 1), (2, 3, 4), (2, 3, 4, 5)])
def test_a_bug_in_one_shape_is_found(shape):
    """Whatever the number of dimensions."""

    def planted(x):
        alone = x.shape == shape and (len(shape) != 1 or is_repeated(x))
        return np.full(x.shape, 7, x.dtype) if alone else np.array(silu(x))

    kinds = {finding.kind for finding in check(planted, "silu").symptoms}
    assert kinds & {"layout", "length"}


@pytest.mark.parametrize("shape", [(0,), (3, 0, 2)])
def test_an_empty_array_is_tried(shape):
    """In one dimension and in several."""

    def planted(x):
        return np.zeros(1, x.dtype) if x.shape == shape else np.array(silu(x))

    [finding] = check(planted, "silu").symptoms
    assert finding.kind == "shape"


@pytest.mark.parametrize("length", LENGTHS)
def test_a_bug_in_one_length_is_found(length):
    """From two elements to more than any block."""

    def planted(x):
        y = np.array(relu(x))
        if y.shape == (length,):
            y[-2:] += 1
        return y

    found = {finding.kind: finding for finding in check(planted, "relu").symptoms}
    assert "length" in found
    assert f"of {length} elements" in found["length"].detail


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 7, 8, 9, 15, 17])
def test_a_bug_at_one_offset_is_found(count):
    """Of an array within another one."""

    def planted(x):
        shifted = isinstance(x.base, np.ndarray) and address(x) - address(x.base) == (
            count * x.itemsize
        )
        alone = shifted and x.shape == (70,)
        return np.full(x.shape, 7, x.dtype) if alone else np.array(silu(x))

    [finding] = check(planted, "silu").symptoms
    assert finding.kind == "length"
    assert finding.detail.startswith(f"{count} elements into")


def narrow(numbers, dtype):
    """Numbers in a format."""
    return np.asarray(numbers, np.float64).astype(FORMATS[dtype].dtype)


def last_alive(function, sign, limit, dtype):
    """The last number whose result is not the limit, by bisection over the numbers' bits."""
    bits = FORMATS[dtype].bits
    low, high = (int(narrow(x, dtype).view(bits)) for x in (2.0, 2000.0))
    while high - low > 1:
        middle = (low + high) // 2
        x = np.array([middle], bits).view(FORMATS[dtype].dtype) * sign
        alive = float(function(x.astype(FORMATS[dtype].dtype))[0]) != limit
        low, high = (middle, high) if alive else (low, middle)
    return float(np.array([low], bits).view(FORMATS[dtype].dtype)[0]) * sign


TAILS = [
    pytest.param("gelu", gelu, 0, -1, 0.0, id="gelu, left"),
    pytest.param("sigmoid", sigmoid, 0, -1, 0.0, id="sigmoid, left"),
    pytest.param("sigmoid", sigmoid, 0, 1, 1.0, id="sigmoid, right"),
    pytest.param("tanh", tanh, 0, 1, 1.0, id="tanh, right"),
    pytest.param("tanh", tanh, 1, -1, 0.0, id="tanh', left"),
    pytest.param("silu", silu, 1, -1, 0.0, id="silu', left"),
    pytest.param("silu", silu, 1, 1, 1.0, id="silu', right"),
]


@pytest.mark.parametrize("dtype", WIDE)
@pytest.mark.parametrize(("name", "activation", "order", "sign", "limit"), TAILS)
def test_a_bug_at_the_end_of_a_tail_is_found(name, activation, order, sign, limit, dtype):
    """In the last two results that are not the limit."""

    def right(x):
        return np.asarray(activation.derivative(x, order=order))

    end = last_alive(right, sign, limit, dtype)
    before = float(np.nextafter(narrow(end, dtype), narrow(0, dtype)))

    def planted(x):
        y = np.array(right(x))
        wrong = 0.5 * np.sign(float(right(narrow([before], dtype))[0]))
        y[np.isin(x, narrow([end, before], dtype))] = wrong
        return y

    given = {"derivative": planted} if order else {}
    verdict = check(None if order else planted, name, dtype=dtype, **given)
    found = {finding.kind: finding for finding in verdict.symptoms}
    assert found["inaccurate"].region.low >= min(end, before)
    assert found["inaccurate"].region.high <= max(end, before)
    assert found["inaccurate"].region.wrong == 2


ROOT = gelu.orders[1].roots[0]
SPOTS = [
    pytest.param("gelu", gelu, 0, ROOT, id="root of gelu'"),
    pytest.param("gelu", gelu, 1, ROOT, id="root of gelu', in gelu'"),
    pytest.param("tanh", tanh, 0, 1.0, id="1"),
    pytest.param("tanh", tanh, 0, -1.0, id="-1"),
    pytest.param("sigmoid", sigmoid, 0, 0.0, id="0"),
]


@pytest.mark.parametrize("dtype", WIDE)
@pytest.mark.parametrize("steps", [-12, -1, 1, 12])
@pytest.mark.parametrize(("name", "activation", "order", "at"), SPOTS)
def test_a_bug_beside_a_landmark_is_found(name, activation, order, at, steps, dtype):
    """At a single number, up to twelve from a root, a kink, ±1 or 0."""
    spot = narrow(at, dtype)
    for _ in range(abs(steps)):
        spot = np.nextafter(spot, narrow(np.copysign(9.0, steps), dtype))

    def planted(x):
        y = np.array(activation.derivative(x, order=order))
        y[x == spot] = 0.375
        return y

    given = {"derivative": planted} if order else {}
    verdict = check(None if order else planted, name, dtype=dtype, **given)
    found = {finding.kind: finding for finding in verdict.symptoms}
    assert {"inaccurate", "wrong sign"} & set(found)
    assert float(spot) in {finding.at for finding in found.values()}


@pytest.mark.parametrize("dtype", FORMATS)
@pytest.mark.parametrize(
    ("special", "kind"),
    [
        pytest.param(-0.0, "wrong sign", id="-0"),
        pytest.param(np.inf, "infinity", id="inf"),
        pytest.param(-np.inf, "infinity", id="-inf"),
    ],
)
def test_a_bug_at_a_special_number_is_found(special, kind, dtype):
    """At that one alone: the other zero is right, and the other infinity."""

    def planted(x):
        y = np.array(tanh(x))
        y[(x == special) & (np.signbit(x) == np.signbit(special))] = 0.5
        return y

    found = {finding.kind: finding for finding in check(planted, "tanh", dtype=dtype).symptoms}
    assert {kind, "inaccurate"} & set(found)
    assert any(
        finding.at == special and np.signbit(finding.at) == np.signbit(special)
        for finding in found.values()
    )


@pytest.mark.parametrize("dtype", FORMATS)
@pytest.mark.parametrize("is_known", [True, False], ids=["default", "payload"])
def test_a_nan_is_a_nan_with_any_payload(is_known, dtype):
    """Whoever compares bits knows one NaN, and takes the others for numbers, or that one."""
    format_ = FORMATS[dtype]
    known = narrow([np.nan], dtype).view(format_.bits)[0]

    def planted(x):
        y = np.array(tanh(x))
        same = np.ascontiguousarray(x).view(format_.bits).reshape(x.shape) == known
        y[np.isnan(x.astype(np.float64)) & (same == is_known)] = 1
        return y

    found = {finding.kind for finding in check(planted, "tanh", dtype=dtype).symptoms}
    assert "nan lost" in found


FACTORS = [
    pytest.param(2.0, 3.0, "2 does not give twice that of 1", id="2"),
    pytest.param(-1.0, 1.0, "-1 does not give the opposite of 1", id="-1"),
    pytest.param(0.0, 1.0, "0 does not give 0", id="0"),
    pytest.param(np.inf, 1.0, "∞ does not give an infinity", id="inf"),
    pytest.param(np.nan, 1.0, "NaN does not give NaN", id="nan"),
]


@pytest.mark.parametrize("dtype", FORMATS)
@pytest.mark.parametrize(("factor", "instead", "said"), FACTORS)
def test_each_law_of_upstream_is_held(factor, instead, said, dtype):
    """By a backward that takes one upstream for another."""

    def planted(x, upstream):
        with np.errstate(invalid="ignore"):
            same = (upstream == factor) | (np.isnan(upstream) & np.isnan(factor))
            return silu.backward(x, np.where(same, x.dtype.type(instead), upstream))

    verdict = check(None, "silu", backward=planted, dtype=dtype)
    found = {finding.kind: finding for finding in verdict.symptoms}
    assert said in found["upstream"].detail
    assert "does not" not in found["upstream"].detail.replace(said, "")


@pytest.mark.parametrize("dtype", FORMATS)
@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("size", ["small", "middle", "large"])
def test_upstreams_of_either_sign_and_of_any_size_are_tried(size, sign, dtype):
    """A sign, or a size, for which the product is off by 1 %."""
    least, most = {
        "small": (0, 2.0**-11),
        "middle": (2.0**-9, 2.0**9),
        "large": (2.0**11, np.inf),
    }[size]

    def planted(x, upstream):
        wide = upstream.astype(np.float64) * sign
        y = np.asarray(silu.backward(x, upstream))
        with np.errstate(all="ignore"):
            off = (y.astype(np.float64) * 1.0625).astype(y.dtype)
        wrong = (wide > least) & (wide < most) & (np.abs(wide) != 1) & (np.abs(wide) != 2)
        return np.where(wrong, off, y)

    found = {f.kind: f for f in check(None, "silu", backward=planted, dtype=dtype).symptoms}
    assert np.sign(found["inaccurate"].upstream) == sign
    assert least < abs(found["inaccurate"].upstream) < most
    if size == "middle":  # most are of this size, and half of them of either sign
        region = found["inaccurate"].region
        assert region.wrong > 0.15 * region.tried


BANDS = [
    pytest.param(-35.9, -35.6, "float32", id="exponential tail"),
    pytest.param(20.2, 20.8, "float32", id="beyond the cells"),
    pytest.param(-502.9, -498.9, "float64", id="exponential tail in float64"),
]


@pytest.mark.parametrize(("low", "high", "dtype"), BANDS)
def test_a_bug_in_a_band_of_a_tail_is_found(low, high, dtype):
    """Where no table has its entries, and no number is a round one."""

    def planted(x):
        y = np.array(silu(x))
        inside = (x > low) & (x < high) & (x != np.rint(x))
        y[inside] *= x.dtype.type(1.001)
        return y

    verdict = check(planted, "silu", dtype=dtype)
    assert "inaccurate" in {finding.kind for finding in verdict.symptoms}


def test_a_bug_in_a_broadcast_array_is_found():
    """Of stride 0, where one element stands in the place of many; of x, and of upstream alone."""

    def value(x):
        return np.full(x.shape, 7, x.dtype) if x.size > 1 and 0 in x.strides else np.array(silu(x))

    def product(x, upstream):
        wrong = upstream.size > 1 and 0 in upstream.strides and 0 not in x.strides
        return silu.backward(x, np.ones_like(upstream) if wrong else upstream)

    [finding] = check(value, "silu").symptoms
    assert "broadcast to shape" in finding.detail
    [finding] = check(None, "silu", backward=product).symptoms
    assert "an upstream of one number" in finding.detail


def test_one_buffer_for_short_results_is_found():
    """As for long ones."""
    buffer = np.empty(4096, np.float32)

    def planted(x):
        if not 1000 < x.size < 2000:
            return np.array(silu(x))
        view = buffer[: x.size].reshape(x.shape)
        view[...] = silu(x)
        return view

    assert "shared result" in {finding.kind for finding in check(planted, "silu").symptoms}


def test_a_call_that_tires_is_found():
    """The same call gives other bits when it is made for the fifth time in a row."""
    last, times = [b""], [0]

    def planted(x):
        times[0] = times[0] + 1 if x.tobytes() == last[0] else 1
        last[0] = x.tobytes()
        tired = times[0] == 5 and x.size == 1200
        return np.asarray(silu(x)) * x.dtype.type(1.001 if tired else 1)

    assert "not deterministic" in {finding.kind for finding in check(planted, "silu").symptoms}


def test_an_infinity_is_not_explained_by_a_number():
    """Infinitely wrong results are not near to any other, of which there is a reason."""

    def planted(x):
        y = np.where((x > 1) & (x <= 5), x, silu(x))
        return np.where((x > 5) & (x < 6), x.dtype.type(np.inf), y)

    found = {finding.kind: finding for finding in check(planted, "silu").symptoms}
    assert found["inaccurate"].why == "x itself is returned, for x from 1 to 5"
    assert "x itself" not in (found["overflow"].why or "")


def last_bit_off(condition):
    """A tanh whose results are the neighbours, nearer to 0, in arrays of which something holds."""

    def planted(x):
        y = np.array(tanh(x))
        return np.nextafter(y, np.zeros_like(y)) if condition(x) else y

    return planted


def test_the_last_bit_may_depend_on_the_length_if_that_is_allowed():
    """It is a finding, and with the allowance a convention; not with the allowance and strictly."""
    planted = last_bit_off(lambda x: x.shape == (40,))
    assert {finding.kind for finding in check(planted, "tanh").symptoms} == {"length"}
    verdict = check(planted, "tanh", allow="length")
    assert verdict, str(verdict)
    assert any("length" in convention.text for convention in verdict.conventions)
    assert {f.kind for f in check(planted, "tanh", allow="length", strict=True).symptoms} == {
        "length"
    }


def test_the_last_bit_may_depend_on_the_layout_unless_strictly():
    """It is a convention."""
    planted = last_bit_off(lambda x: x.flags.fnc)
    verdict = check(planted, "tanh")
    assert verdict, str(verdict)
    assert any("layout" in convention.text for convention in verdict.conventions)
    assert {f.kind for f in check(planted, "tanh", strict=True).symptoms} == {"layout"}


def test_no_more_than_the_tolerance_may_depend_on_the_length():
    """Whatever is allowed."""

    def planted(x):
        return np.asarray(tanh(x)) * x.dtype.type(1.001 if x.shape == (40,) else 1)

    assert {f.kind for f in check(planted, "tanh", allow="length").symptoms} == {"length"}
