"""Laws between results: range, order, symmetry, and a derivative that is that of the forward.

Results within the tolerance may break the order or the symmetry by twice the tolerance, one
bound each way; a breach by less is told, and held against the implementation only when the check
is strict. The range is kept to the bit where its end is a number of the format; results do not
approach it, they round to it.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from reference.arithmetic.formats import Format
from reference.arithmetic.types import Array, Float64, Mask
from verification.numbers.inputs import ordinals
from verification.numbers.ulp import unit_exponents

from .accuracy import Accuracy
from .complaint import Complaint
from .truth import Question

# Central differences: step, and the part of the derivative's scale that they are trusted to,
# from f''' h²/6 with |f'''| <= 2 and two results, each off by the tolerance of 4 ulp, over 2h.
STEPS = {"float32": 2.0**-7, "float64": 2.0**-17}
CURVATURE = 2.0
INCONSISTENT_WITHIN = 4.0
SAMPLES = 257
# Upstreams whose products have laws among them.
FACTORS = (1.0, 2.0, -1.0, 0.0, np.inf, np.nan)


def of_results(question: Question, seen: Accuracy) -> list[Complaint]:
    """Hold the results of one subject against the laws that the function has."""
    if question.subject == "backward" or not seen.x.size:
        return []
    order = np.argsort(seen.x.astype(np.float64), kind="stable")
    x, got = seen.x[order], seen.got[order]
    with np.errstate(all="ignore"):
        numbers = ~np.isnan(x.astype(np.float64)) & ~np.isnan(got.astype(np.float64))
        x, got = x[numbers], got[numbers]
        laws = [_range(question, x, got), _order(question, x, got), _symmetry(question, x, got)]
    return [complaint for complaint in laws if complaint is not None]


def _range(question: Question, x: Array, got: Array) -> Complaint | None:
    format_ = question.format_
    ends = np.array(question.activation.orders[question.order].bounds)
    rounded = ends.astype(format_.dtype).astype(np.float64)
    # An end that is no number of the format, and that of a derivative, is computed: it may be off.
    exact = (rounded == ends) & (question.subject == "value")
    finite = np.where(np.isfinite(rounded), rounded, 0.0)
    slack = np.ldexp(question.tolerance + 0.5, unit_exponents(finite, format_))
    low, high = rounded + np.where(exact | (rounded == 0), 0, slack) * [-1, 1]
    wide = got.astype(np.float64)
    broken = (wide < low) | (wide > high)
    if not broken.any():
        return None
    worst = wide[broken][np.argmax(np.abs(wide[broken]))]
    detail = f"{worst:.9g} is outside [{rounded[0]:.9g}, {rounded[1]:.9g}]"
    return Complaint("out of bounds", detail, x[broken], x.size)


def _order(question: Question, x: Array, got: Array) -> Complaint | None:
    if question.subject != "value":
        return None
    turns = [] if question.activation.monotone else sorted(question.activation.orders[1].roots)
    wide, results = x.astype(np.float64), got.astype(np.float64)
    excess = np.zeros(x.size)
    for left, right in pairwise([-np.inf, *turns, np.inf]):
        piece = (wide >= left) & (wide <= right)
        part = results[piece]
        if part.size:
            ends = question.activation(np.array([max(left, -4.0), min(right, 4.0)]))
            rising = bool(ends[1] >= ends[0])
            signed = part if rising else -part
            excess[piece] = np.maximum.accumulate(signed) - signed
    return _within(question, "not monotone", "out of order", x, results, excess)


def _symmetry(question: Question, x: Array, got: Array) -> Complaint | None:
    kind = question.activation.orders[question.order].symmetry
    if not kind:
        return None
    places = ordinals(x, question.format_)
    _, first = np.unique(places, return_index=True)
    x, got, places = x[first], got[first].astype(np.float64), places[first]
    mirrored = np.searchsorted(places, -places)
    paired = places[np.minimum(mirrored, places.size - 1)] == -places
    other = got[np.minimum(mirrored, places.size - 1)]
    difference = np.where(paired, np.abs(got - (other if kind == "even" else -other)), 0.0)
    difference = np.where(np.isnan(difference), 0.0, difference)
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
    ulp = np.ldexp(excess, -unit_exponents(results, question.format_))
    budget = 0.0 if question.strict else 2 * question.tolerance + 1
    if ulp.max(initial=0.0) == 0:
        return None
    legal = bool(ulp.max() <= budget)
    broken: Mask = ulp > (0.0 if legal else budget)
    worst = float(ulp.max())
    within = ", within the tolerance" if legal else ""
    return Complaint(kind, f"{text} by {worst:.3g} ulp{within}", x[broken], x.size, legal=legal)


def difference_points(format_: Format) -> Array:
    """Three rows: below, at and above the places where differences are taken; none in 16 bits."""
    if format_.name not in STEPS:
        return np.empty((3, 0), format_.dtype)
    x = (np.arange(SAMPLES) - SAMPLES // 2) / 32.0 + 1 / 64
    steps = np.array([-1, 0, 1])[:, None] * STEPS[format_.name]
    points: Array = (x + steps).astype(format_.dtype)
    return points


def consistency(question: Question, quotient: tuple[Array, Array, Array]) -> list[Complaint]:
    """Hold the derivative against central differences of this forward, wrong as it may be.

    ``quotient`` are the forward below, the derivative at and the forward above `difference_points`.
    """
    format_ = question.format_
    step, x = STEPS[format_.name], difference_points(format_)[1]
    below, slope, above = (result.astype(np.float64) for result in quotient)
    with np.errstate(all="ignore"):
        difference = (above - below) / (2 * step)
        unit = np.ldexp(1.0, unit_exponents(np.maximum(np.abs(above), 0.25), format_))
        trusted = (question.tolerance + 1) * unit / step + CURVATURE * step**2
        broken = np.abs(slope - difference) > INCONSISTENT_WITHIN * trusted
    if not broken.any():
        return []
    gap = float(np.max(np.abs(slope - difference)[broken]))
    detail = f"it is off the central difference of the forward by up to {gap:.3g}"
    return [Complaint("inconsistent", detail, x[broken], SAMPLES)]


def factor_points(format_: Format) -> Array:
    """Where backward is called with each of the `FACTORS` for upstream."""
    return np.array([-3.0, -2.0, -0.25, 0.5, 1.0, 3.0]).astype(format_.dtype)


def of_upstream(question: Question, products: Sequence[Array]) -> Iterator[Complaint]:
    """Hold the results of backward for each of the `FACTORS` against one another."""
    format_ = question.format_
    x = factor_points(format_)
    slope = np.asarray(question.activation.derivative(x), np.float64)
    one, two, minus, none, infinite, nan = (result.astype(np.float64) for result in products)
    flat = slope == 0
    with np.errstate(all="ignore"):
        breaches = [
            (2.0, two != 2 * one, "2 does not give twice that of 1"),
            (-1.0, minus != -one, "-1 does not give the opposite of 1"),
            (0.0, none != 0, "0 does not give 0"),
            (
                np.inf,
                (infinite != slope * np.inf) & ~flat,
                "∞ does not give an infinity of the derivative's sign",
            ),
            (np.nan, ~np.isnan(nan) & ~flat, "NaN does not give NaN"),
        ]
        dropped = flat & ~np.isnan(nan)
    breaches = [breach for breach in breaches if breach[1].any()]
    if breaches:
        factor, broken, _ = breaches[0]
        detail = ", ".join(said for *_, said in breaches)
        upstream = np.full(x.shape, factor).astype(format_.dtype)
        yield Complaint(
            "upstream", f"an upstream of {detail}", x[broken], x.size, upstream=upstream[broken]
        )
    if dropped.any():
        detail = "a NaN upstream is dropped where the derivative is 0, as in PyTorch"
        yield Complaint("upstream", detail, x[dropped], x.size, legal=True)
