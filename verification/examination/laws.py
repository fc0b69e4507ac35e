"""Laws between results: range, order, symmetry, and a derivative that is that of the forward.

Results within the tolerance may break the order or the symmetry by twice the tolerance, one
bound each way; a breach by less is told, and held against the implementation only when the check
is strict. The range is kept to the bit where its end is a number of the format; results do not
approach it, they round to it. The facts about a formula may be incomplete, so a result breaks a law
only as far as the correctly rounded one at the same input does not.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from reference.arithmetic.types import Array, Float64, Mask
from verification.formula.activation import Gated
from verification.grade import Grade
from verification.numbers.inputs import ordinals
from verification.numbers.ulp import doubles, unit_exponents

from .accuracy import Accuracy
from .complaint import TELLING, Complaint
from .truth import Question, expected_of

# Central differences: step, and the part of the derivative's scale that they are trusted to,
# from f''' h²/6 with |f'''| <= 2 and two results, each off by the tolerance of 4 ulp, over 2h.
STEPS = {"float32": 2.0**-7, "float64": 2.0**-17}
CURVATURE = 2.0
INCONSISTENT_WITHIN = 4.0
SAMPLES = 257
# Significant digits that tell the numbers of a format apart, by its bytes.
DIGITS = {2: 5, 4: 9, 8: 17}
# Upstreams whose products have laws among them.
FACTORS = (1.0, 2.0, -1.0, 0.0, np.inf, np.nan)
FINITE = 4


def of_results(question: Question, seen: Accuracy) -> list[Complaint]:
    """Hold the results of one subject against the laws that the function has."""
    if question.has_factor or not seen.x.size:
        return []
    order = np.argsort(doubles(seen.x), kind="stable")
    x, got = seen.x[order], seen.got[order]
    with np.errstate(all="ignore"):
        true = expected_of(question, x, None)
        numbers = ~np.any([np.isnan(doubles(part)) for part in (x, got, true)], axis=0)
        x, got, true = x[numbers], got[numbers], true[numbers]
        laws = [law(question, x, got, true) for law in (_range, _order, _symmetry)]
    return [complaint for complaint in laws if complaint is not None]


def _range(question: Question, x: Array, got: Array, true: Array) -> Complaint | None:
    format_ = question.format_
    ends = np.array(question.activation.orders[question.order].bounds)
    rounded = ends.astype(format_.dtype).astype(np.float64)
    # An end that is no number of the format, and that of a derivative, is computed: it may be off.
    # One of more digits than float32 has is the nearest double of another number.
    exact = (rounded == ends) & (ends.astype(np.float32) == ends) & (question.subject == "value")
    finite = np.where(np.isfinite(rounded), rounded, 0.0)
    slack = (question.tolerance + 0.5) * _ulp(question, finite)
    low, high = rounded + np.where(exact | (rounded == 0), 0, slack) * [-1, 1]
    wide = doubles(got)
    truth = doubles(true)
    low, high = min(low, truth.min(initial=np.inf)), max(high, truth.max(initial=-np.inf))
    broken = (wide < low) | (wide > high)
    if not broken.any():
        return None
    excess = np.fmax(low - wide, wide - high)[broken]
    worst = wide[broken][np.argmax(excess)]
    digits = DIGITS[format_.dtype.itemsize]
    detail = f"{worst:.{digits}g} is outside [{rounded[0]:.{digits}g}, {rounded[1]:.{digits}g}]"
    grade = _grade(question, excess, wide[broken], results=1)
    return Complaint("out of bounds", detail, x[broken], x.size, grade=grade)


def _ulp(question: Question, results: Float64) -> Float64:
    return np.asarray(np.ldexp(1.0, unit_exponents(results, question.format_)))


def _spacing(question: Question, sizes: Float64) -> Float64:
    """The unit of close results: an ulp of 1, of larger ones that part of them."""
    return np.asarray(2.0 ** (1 - question.format_.precision) * np.fmax(np.abs(sizes), 1))


def _grade(question: Question, excess: Float64, sizes: Float64, *, results: int) -> Grade:
    """The grade of so many results, which break a law together by more than they may."""
    allowed = results * (question.tolerance + 0.5) * _spacing(question, sizes)
    return Grade.CLOSE if (excess <= allowed).all() else Grade.ROUGH


def _order(question: Question, x: Array, got: Array, true: Array) -> Complaint | None:
    if question.subject != "value":
        return None
    turns = [] if question.activation.monotone else sorted(question.activation.orders[1].roots)
    wide, results, truth = map(doubles, (x, got, true))
    excess = np.zeros(x.size)
    for left, right in pairwise([-np.inf, *turns, np.inf]):
        piece = (wide >= left) & (wide <= right)
        part = results[piece]
        if part.size:
            ends = question.activation(np.array([max(left, -4.0), min(right, 4.0)]))
            sign = 1 if ends[1] >= ends[0] else -1
            allowed = np.nan_to_num(_behind(sign * truth[piece]))
            excess[piece] = np.maximum(_behind(sign * part) - allowed, 0)
    return _within(question, "not monotone", "out of order", x, results, excess)


def _behind(numbers: Float64) -> Float64:
    """How far each lies below the largest before it."""
    behind: Float64 = np.maximum.accumulate(numbers) - numbers
    return behind


def _symmetry(question: Question, x: Array, got: Array, true: Array) -> Complaint | None:
    kind = question.activation.orders[question.order].symmetry
    if not kind:
        return None
    places = ordinals(x, question.format_)
    _, first = np.unique(places, return_index=True)
    x, got, places = x[first], doubles(got[first]), places[first]
    mirrored = np.minimum(np.searchsorted(places, -places), places.size - 1)
    paired = places[mirrored] == -places
    sign = 1 if kind == "even" else -1
    difference, allowed = (
        np.where(paired, np.abs(numbers - sign * numbers[mirrored]), 0.0)
        for numbers in (got, doubles(true[first]))
    )
    difference = np.maximum(difference - np.nan_to_num(allowed), 0)
    return _within(
        question,
        "not symmetric",
        f"f(x) and f(-x) of an {kind} function differ",
        x,
        got,
        difference,
    )


def _within(
    question: Question, kind: str, text: str, x: Array, results: Float64, excess: Float64
) -> Complaint | None:
    excess = np.where(np.isfinite(excess), excess, 0.0)
    ulp = excess / _ulp(question, results)
    budget = 0.0 if question.strict else 2 * question.tolerance + 1
    if ulp.max(initial=0.0) == 0:
        return None
    legal = bool(ulp.max() <= budget)
    broken: Mask = ulp > (0.0 if legal else budget)
    worst = float(ulp.max())
    within = ", within the tolerance" if legal else ""
    size = f"{worst:.3g} ulp" if worst <= TELLING else f"{excess.max():.3g}"
    detail = f"{text} by {size}{within}"
    grade = _grade(question, excess, results, results=2)
    grade = Grade.CORRECT if legal else grade
    return Complaint(kind, detail, x[broken], x.size, legal=legal, grade=grade)


def difference_points(question: Question) -> Array:
    """Three rows: below, at and above the places where differences are taken; none in 16 bits."""
    format_ = question.format_
    if format_.name not in STEPS:
        return np.empty((3, 0), format_.dtype)
    x = (np.arange(SAMPLES) - SAMPLES // 2) / 32.0 + 1 / 64
    steps = np.array([-1, 0, 1])[:, None] * STEPS[format_.name]
    points: Array = (x + steps).astype(format_.dtype)
    return points if question.domain is None else points[:, question.domain.covers(points).all(0)]


def consistency(question: Question, quotient: tuple[Array, Array, Array]) -> list[Complaint]:
    """Hold the derivative against central differences of this forward, wrong as it may be.

    ``quotient`` are the forward below, the derivative at and the forward above `difference_points`.
    """
    format_ = question.format_
    step, x = STEPS[format_.name], difference_points(question)[1]
    below, slope, above = (doubles(result) for result in quotient)
    with np.errstate(all="ignore"):
        difference = (above - below) / (2 * step)
        gaps, size = np.abs(slope - difference), np.maximum(np.abs(above), 0.25)
        of_itself = _of_a_difference(question, step)
        accurate, close = (
            INCONSISTENT_WITHIN * ((question.tolerance + 1) * unit / step + of_itself)
            for unit in (_ulp(question, size), _spacing(question, size))
        )
        broken = gaps > accurate
    if not broken.any():
        return []
    gap = float(np.max(gaps[broken]))
    grade = Grade.ROUGH if (gaps > close).any() else Grade.CLOSE
    detail = f"it is off the central difference of the forward by up to {gap:.3g}"
    return [Complaint("inconsistent", detail, x[broken], SAMPLES, grade=grade)]


def _of_a_difference(question: Question, step: float) -> Float64:
    """How far a central difference of the function itself is off: CURVATURE h², or more."""
    below, at, above = difference_points(question).astype(np.float64)
    value, slope = question.activation, question.activation.derivative
    gap = np.abs((value(above) - value(below)) / (2 * step) - slope(at))
    off: Float64 = np.fmax(gap, CURVATURE * step**2)
    return off


def factor_points(question: Question) -> Array:
    """Where products with each of the `factors` are asked for."""
    x = np.array([-3.0, -2.0, -0.25, 0.5, 1.0, 3.0]).astype(question.format_.dtype)
    return x if question.domain is None else x[question.domain.covers(x)]


def factors(question: Question) -> tuple[float, ...]:
    """The upstreams of laws about products: in a domain those that are finite.

    Where they are inputs of a gate, they have to be in the domain, all of them.
    """
    if question.domain is None:
        return FACTORS
    finite = FACTORS[:FINITE]
    is_input = isinstance(question.activation, Gated) and question.subject != "backward_y"
    return finite if not is_input or question.domain.covers(np.array(finite)).all() else ()


def of_upstream(question: Question, products: Sequence[Array]) -> Iterator[Complaint]:
    """Hold the products with each of the `FACTORS` against one another."""
    format_ = question.format_
    x = factor_points(question)
    slope = np.asarray(question.activation.derivative(x, order=question.order), np.float64)
    one, two, minus, none, *others = (doubles(result) for result in products)
    # At a kink it may be another one.
    flat = (slope == 0) | np.isin(x, [kink.at for kink in question.activation.kinks])
    with np.errstate(all="ignore"):
        breaches = [
            (2.0, two != 2 * one, "2 does not give twice that of 1"),
            (-1.0, minus != -one, "-1 does not give the opposite of 1"),
            (0.0, none != 0, "0 does not give 0"),
        ]
        dropped = np.zeros(x.shape, bool)
        if others:
            infinite, nan = others
            said = "∞ does not give an infinity of the derivative's sign"
            breaches.append((np.inf, (infinite != slope * np.inf) & ~flat, said))
            breaches.append((np.nan, ~np.isnan(nan) & ~flat, "NaN does not give NaN"))
            dropped = flat & ~np.isnan(nan)
    breaches = [breach for breach in breaches if breach[1].any()]
    if breaches:
        factor, broken, _ = breaches[0]
        detail = ", ".join(said for *_, said in breaches)
        upstream = np.full(x.shape, factor).astype(format_.dtype)
        what = "an upstream" if question.subject == "backward" else "a factor"
        yield Complaint(
            "upstream",
            f"{what} of {detail}",
            x[broken],
            x.size,
            upstream=upstream[broken],
            grade=Grade.ROUGH,
        )
    if dropped.any():
        detail = "a NaN upstream is dropped where the derivative is 0, as in PyTorch"
        yield Complaint("upstream", detail, x[dropped], x.size, legal=True, grade=Grade.CORRECT)
