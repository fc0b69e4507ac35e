"""Extreme inputs, searched by Hypothesis: what may never happen, whatever the input.

Over |x| <= 1000, and then over every bit pattern of the format:

- no result is NaN unless x is, and then every one is; none is infinite, except past |x| = 1000
  where the limit is; at ±inf it is the limit, to the sign of its zero;
- a zero at ±0 has the sign of the result just beside it, on the same side;
- an element's result has the same bits wherever the element stands, in any layout: 0-d, 2-D,
  transposed, reversed, strided, unaligned, of foreign byte order, read-only, a list, a scalar;
- shape and dtype are kept, integers and bools give float64, other types a TypeError;
- the input is not written to, and no floating-point warning is raised under
  ``np.errstate(all="raise")``;
- backward is odd and exactly homogeneous in ``upstream``, gives the derivative for 1, zero for
  0 and NaN for NaN, broadcasts, and refuses shapes that do not.

The search is derandomised and keeps no database: it tries the same inputs every time.
"""

import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import ml_dtypes
import numpy as np
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir
from numpy.typing import ArrayLike

from reference import Activation
from reference.arithmetic.formats import Format
from reference.arithmetic.types import Array, Mask
from verification.numbers.ulp import doubles

from .row import Claim, Row

Derivative = Callable[..., Any]
Law = Callable[[Array], Mask]

MODERATE = 1000.0
EXAMPLES = 40
# Numbers in an array: enough for a search, few enough for one call each in many layouts.
LONG, SHORT = 48, 9
SETTINGS = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate, Phase.shrink],
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
    verbosity=Verbosity.quiet,
)
# What a broken implementation may raise instead of answering.
MISHAPS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, Warning)
REFUSED_TYPES = (np.complex128, np.longdouble, np.object_, np.str_)


class _BrokenError(Exception):
    """A law was broken, and the search may shrink the input."""


def moderate(format_: Format) -> st.SearchStrategy[Array]:
    """Arrays of numbers with |x| <= 1000."""
    numbers = st.lists(st.floats(-MODERATE, MODERATE), min_size=1, max_size=2 * SHORT)
    return numbers.map(lambda drawn: np.array(drawn).astype(format_.dtype))


def whole(format_: Format, length: int) -> st.SearchStrategy[Array]:
    """Arrays of any bit patterns, and of the format's edges."""
    size = length * format_.dtype.itemsize
    patterns = st.binary(min_size=size, max_size=size)
    edges = [0.0, format_.smallest, 2.0**format_.emin, 1.0, format_.largest, np.inf]
    signed = [*edges, *(-edge for edge in edges), np.nan]
    chosen = st.lists(st.sampled_from(signed), min_size=1, max_size=SHORT)
    return st.one_of(
        patterns.map(lambda drawn: np.frombuffer(drawn, format_.dtype)),
        chosen.map(lambda drawn: np.array(drawn).astype(format_.dtype)),
    )


def search(law: Law, numbers: st.SearchStrategy[Array]) -> tuple[int, float | None]:
    """Look for an input that breaks a law: the number of inputs tried, and one if there is."""
    tried, found = 0, None

    @SETTINGS
    @given(numbers)
    def attempt(x: Array) -> None:
        nonlocal tried, found
        tried += x.size
        broken = _broken(law, x)
        if broken.any():
            found = float(x[int(np.argmax(broken))])
            raise _BrokenError

    with _nothing_left_behind(), suppress(_BrokenError):
        attempt()
    return tried, found


@contextmanager
def _nothing_left_behind() -> Iterator[None]:
    """Keep Hypothesis from making a folder .hypothesis where the command is run."""
    with tempfile.TemporaryDirectory() as folder:
        set_hypothesis_home_dir(folder)
        try:
            yield
        finally:
            set_hypothesis_home_dir(None)


def _broken(law: Law, x: Array) -> Mask:
    """Where the law is broken; everywhere when a warning or an exception was raised."""
    x.setflags(write=False)
    try:
        with np.errstate(all="raise"), warnings.catch_warnings():
            warnings.simplefilter("error")
            broken: Mask = law(x)
            return broken
    except MISHAPS:
        return np.ones(x.shape, bool)


def _differ(left: ArrayLike, right: ArrayLike) -> Mask:
    """Where two results are not the same number, NaN or signed zero."""
    a, b = doubles(left), doubles(right)
    same: Mask = ((a == b) & (np.signbit(a) == np.signbit(b))) | (np.isnan(a) & np.isnan(b))
    return ~same


def special_values(f: Derivative, limits: tuple[float, float], format_: Format, x: Array) -> Mask:
    """NaN from NaN alone; infinities from the limit alone; the limit at ±inf; zeros' signs."""
    results, wide = doubles(f(x)), doubles(x)
    limit = doubles(np.array(limits).astype(format_.dtype))[(wide > 0).astype(int)]
    broken: Mask = np.isnan(results) != np.isnan(wide)
    called_for = np.isinf(limit) & (np.abs(wide) > MODERATE)
    broken |= np.isinf(results) & ~called_for
    broken |= np.isinf(wide) & _differ(results, limit)
    beside = doubles(f(np.copysign(format_.smallest, wide).astype(format_.dtype)))
    at_zero = (wide == 0) & (results == 0)
    broken |= at_zero & (np.signbit(results) != np.signbit(beside))
    return broken


def _layouts(x: Array) -> list[tuple[Any, Array]]:
    """Lay out the same numbers in many ways, each with the plain array it stands for."""
    unaligned = np.frombuffer(b"\0" + x.tobytes(), np.uint8)[1:].view(x.dtype)
    tiled = np.tile(x, (3, 1))
    layouts = [
        (x[::-1], x[::-1].copy()),
        (x[::2], x[::2].copy()),
        (x[:0], x[:0].copy()),
        (x[0], x[:1].reshape(())),
        (tiled, tiled),
        (tiled.T, tiled.T.copy()),
        (np.broadcast_to(x, (2, 1, x.size)), np.tile(x, (2, 1, 1))),
        (unaligned, x),
    ]
    if x.dtype.type is not ml_dtypes.bfloat16:
        layouts.append((x.astype(x.dtype.newbyteorder()), x))
    if x.dtype == np.float64:
        layouts.append((x.tolist(), x))
    return layouts


def layouts(f: Derivative, x: Array) -> Mask:
    """Shape, dtype and bits are those of the elements one by one, in every layout."""
    single = np.array([f(element) for element in x], x.dtype)
    broken = _differ(f(x), single)
    for given_, plain in _layouts(x):
        before = np.array(given_, copy=True)
        results = f(given_)
        expected = f(plain)
        broken |= results.dtype.type is not x.dtype.type or results.shape != plain.shape
        broken |= bool(_differ(results, expected).any())
        broken |= bool(_differ(before, given_).any())
    return broken


def _refuses(f: Derivative, numbers: Any) -> bool:
    try:
        f(numbers)
    except TypeError:
        return True
    return False


def types(f: Derivative, _: Array) -> Mask:
    """Integers and bools are float64; complex, longdouble, object and string are refused."""
    whole_numbers = np.arange(-3, 4)
    taken = [
        _differ(f(whole_numbers.astype(kind)), f(whole_numbers.astype(kind).astype(float))).any()
        or f(whole_numbers.astype(kind)).dtype != np.float64
        for kind in (np.int8, np.int64, np.bool_)
    ]
    refused = [_refuses(f, np.ones(2).astype(kind)) for kind in REFUSED_TYPES]
    return np.array([any(taken) or not all(refused)])


def products(activation: Activation, format_: Format, x: Array) -> Mask:
    """Backward is odd and homogeneous in upstream, and takes 1, 0 and NaN for what they are."""
    backward, dtype = activation.backward, format_.dtype
    derivative = doubles(activation.derivative(x))
    upstream = np.resize(np.array([0.75, -1.5, 3.0, -0.5]), x.shape).astype(dtype)
    product = backward(x, upstream)
    broken = _differ(backward(x, dtype.type(1)), derivative)
    broken |= _differ(backward(x, -upstream), -product)
    double = doubles(backward(x, 2 * upstream))
    normal = np.abs(doubles(product)) >= 2.0**format_.emin
    broken |= normal & _differ(double, 2 * doubles(product))
    broken |= ~np.isnan(doubles(backward(x, dtype.type(np.nan))))
    nothing = doubles(backward(x, dtype.type(0)))
    broken |= np.isfinite(derivative) & (nothing != 0)
    return broken


def broadcasting(activation: Activation, x: Array) -> Mask:
    """Backward broadcasts upstream against x, and refuses shapes that do not."""
    table = activation.backward(x[:, None], x[None, :])
    rows = np.array([activation.backward(element, x) for element in x])
    try:
        activation.backward(np.ones(2, x.dtype), np.ones(3, x.dtype))
    except ValueError:
        return np.asarray(_differ(table, rows).any(axis=1) | (table.dtype != x.dtype))
    return np.ones(x.shape, bool)


def _judge(claim: Claim, law: Law, numbers: st.SearchStrategy[Array]) -> Row:
    tried, where = search(law, numbers)
    x = np.full(tried, np.nan if where is None else where)
    return claim.law(x, np.full(tried, where is not None))


def witness(activation: Activation, format_: Format, x: Array) -> list[Row]:
    """Search for inputs that break a law; the inputs ``x`` are not needed."""
    del x
    rows = []

    def claim(order: int, law: str) -> Claim:
        return Claim(activation.name, order, f"extremes, {law}", format_.name)

    for order, function in enumerate(activation.orders):
        f = partial(activation.derivative, order=order)
        special = partial(special_values, f, function.limits, format_)
        rows += [
            _judge(claim(order, "|x| to 1000"), special, moderate(format_)),
            _judge(claim(order, "whole format"), special, whole(format_, LONG)),
            _judge(claim(order, "layouts"), partial(layouts, f), whole(format_, SHORT)),
        ]
        if format_.name == "float64":
            zero = np.zeros(1)
            rows.append(claim(order, "types").law(zero, _broken(partial(types, f), zero)))
    return [
        *rows,
        _judge(claim(1, "backward"), partial(products, activation, format_), moderate(format_)),
        _judge(claim(1, "broadcasting"), partial(broadcasting, activation), moderate(format_)),
    ]
