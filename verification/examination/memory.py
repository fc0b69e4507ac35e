"""Why the elements of a call differ from those of another call: by where they stand."""

import numpy as np

from reference.arithmetic.types import Array
from verification.numbers.ulp import doubles, errors

from .observed import Difference
from .truth import Question, expected_of

FEW_ULP = 4
# Elements of which at least one is not that of the array itself, in what looks mixed up.
SEVERAL = 3
MOSTLY = 0.9
LANES = (64, 32, 16, 8, 4)


def cause_of(question: Question, difference: Difference) -> str | None:
    """The sentence, None if nothing is known."""
    got, other = doubles(difference.got), doubles(difference.other)
    numbers = ~np.isnan(other)
    if not numbers.any():
        return None
    with np.errstate(all="ignore"):
        if _is_one_number(got[numbers], other[numbers]):
            number = difference.got[numbers][0]
            return f"{_where(difference)} are not written: they are {number}"
        if _are_mixed(got, other):
            where = _where(difference)
            return f"{where} are mixed up: these are other elements' results, or an earlier call's"
        if _upstream_is_mixed(question, difference):
            return "upstream is read in another order than x"
        ulp = errors(difference.got, other, question.format_)
    if (ulp[numbers] <= FEW_ULP).all():
        return f"{_where(difference)} are computed in another way: the last bits differ"
    return None


def _is_one_number(got: Array, other: Array) -> bool:
    return bool((got == got[0]).all() and np.unique(other).size >= SEVERAL)


def _are_mixed(got: Array, other: Array) -> bool:
    """Whether these are the results of one another."""
    got, other = got[~np.isnan(got)], other[~np.isnan(other)]
    several = min(np.unique(got).size, np.unique(other).size) >= SEVERAL
    return several and bool(np.isin(got, other).mean() >= MOSTLY)


def _upstream_is_mixed(question: Question, difference: Difference) -> bool:
    """Whether each is the product with the upstream of another element."""
    upstream = difference.upstream
    if upstream is None:
        return False
    slope = doubles(expected_of(question, difference.x, np.ones_like(difference.x)))
    factors = doubles(difference.got) / slope
    telling = np.isfinite(factors) & (slope != 0) & (factors != 0)
    if np.unique(factors[telling]).size < SEVERAL:
        return False
    nearest = np.abs(factors[telling][:, None] / doubles(upstream)[None, :] - 1)
    within = FEW_ULP * 2.0**-question.format_.precision
    return bool((np.nanmin(nearest, axis=1) <= within).all())


def _where(difference: Difference) -> str:
    """The elements: all, columns, rows, those from one on, or those past the last whole vector."""
    shape, places = difference.shape, difference.places
    size, first = difference.tried, int(places.min())
    if len(shape) > 1:
        return _in_rows(shape, places, size)
    if places.size != size - first or not first:
        return "elements"
    past = next((lanes for lanes in LANES if first == size - size % lanes), None)
    if past is not None:
        return f"the last elements, past a multiple of {past},"
    return f"elements from {first} on"


def _in_rows(shape: tuple[int, ...], places: Array, size: int) -> str:
    rows, columns = np.divmod(places, shape[-1])
    if places.size == size:
        return f"all elements of an array of shape {shape}"
    if columns.min() > 0 and columns.max() == shape[-1] - 1:
        return f"columns from {columns.min()} on"
    return f"rows from {rows.min()} on" if rows.min() > 0 else "elements"
