"""The eight key findings, each measured on the functions it speaks about.

A finding takes a catalogue and returns its sentence, the numbers in it, and whether it holds.
The sentence says what was measured; ``holds`` compares the numbers with the claim.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import log
from typing import Any

import numpy as np

from .catalogue import Activation, Catalogue, classic, distinct, label, modern
from .measure import (
    LAYERS,
    SMALLEST,
    Float64s,
    chain,
    every_scale,
    last_true,
    maximum,
    minimum,
    pre_activations,
    sign_changes,
    zero_fraction,
)
from .wording import listing, number, percent

INTERVAL = (-5.0, 5.0)
SATURATED = 10.0
FAR = 20.0
EXTREME = 1000.0
SCALES = (1, 2, 5, 10, 20)
DTYPES = ("float16", "float32", "float64")
ORDERS = (0, 1, 2)

# What the claims come to. σ'(10) is about e^-10 = 4.5e-5 and σ'(20) about e^-20 = 2e-9. σ' is at
# most 1/4, and around its fixed point 0.659 about 1/4.45. σ(x) = 9/10 at x = ln 9.
SMALL_AT_SATURATED = 1e-4
SMALL_AT_FAR = 1e-8
ABSOLUTE_ERROR_OF_TANH_FORM = 0.005
RELATIVE_ERROR_OF_TANH_FORM = 0.8
FACTOR_PER_LAYER = (4.0, 5.0)
BETTER_FLOW = 1000.0
LOW, HIGH = 0.1, 0.9
RISE = 2 * log(9)


@dataclass(frozen=True)
class Finding:
    """What was found, the measured numbers it states, and whether they bear out the claim."""

    topic: str
    sentence: str
    numbers: Mapping[str, float]
    holds: bool


class FindingError(Exception):
    """A finding that its own numbers contradict: the report must not be made."""


def forward_functions(catalogue: Catalogue) -> Finding:
    """GELU and SiLU, and no activation that is called monotonic, fall before they rise."""
    plotted = distinct(catalogue)
    x = np.linspace(*INTERVAL, 10_001)
    falling = {name: a for name, a in plotted.items() if np.any(np.diff(a(x)) < 0)}
    lowest = {name: minimum(a, *INTERVAL) for name, a in falling.items()}
    jump = max((_largest_jump(a, x) for a in falling.values()), default=0.0)
    dips = listing(
        f"{label(a)} to {number(lowest[name][1])} at x = {number(lowest[name][0])}"
        for name, a in falling.items()
    )
    return Finding(
        "Forward Functions",
        f"All {len(plotted)} activations are plotted over [−5, 5]. "
        f"{listing(label(a) for a in falling.values())} are smooth but not monotonic: "
        f"before they rise, they fall, {dips}.",
        {f"least {name}": y for name, (_, y) in lowest.items()} | {"jump of a slope": jump},
        {"gelu", "silu"} <= {*falling}
        and {*falling} == {name for name, a in plotted.items() if not a.monotone}
        and jump < np.spacing(1.0) * x.size,
    )


def derivatives(catalogue: Catalogue) -> Finding:
    """Sigmoid' and Tanh' peak at 1/4 and 1 and vanish far out; ReLU' jumps, ReLU does not."""
    saturating = classic(catalogue)
    names = listing(label(a) for a in saturating.values())
    peaks = {name: maximum(a.derivative, -FAR, FAR) for name, a in saturating.items()}
    far = {name: _largest_at(a, FAR) for name, a in saturating.items()}
    relu = catalogue["relu"]
    left, right = (float(relu.derivative(side * SMALLEST)) for side in (-1, 1))
    step = abs(float(relu(SMALLEST)) - float(relu(-SMALLEST)))
    return Finding(
        "Derivatives",
        f"The derivatives of {names} peak at {listing(number(y) for _, y in peaks.values())}, at "
        f"x = {listing(sorted({number(x) for x, _ in peaks.values()}))}, and vanish for large |x|: "
        f"at |x| = {number(FAR)} they are {listing(map(number, far.values()))}. ReLU itself is "
        f"continuous; its derivative is not: it jumps from {number(left)} to {number(right)} "
        "at x = 0.",
        {f"peak of {name}": y for name, (_, y) in peaks.items()}
        | {f"{name} far out": y for name, y in far.items()}
        | {"relu left": left, "relu right": right, "step of relu": step},
        peaks["sigmoid"] == (0.0, 0.25)
        and peaks["tanh"] == (0.0, 1.0)
        and max(far.values()) < SMALL_AT_FAR
        and (left, right) == (0, 1)
        and step <= 2 * SMALLEST,
    )


def dying_relu(catalogue: Catalogue) -> Finding:
    """ReLU' is 0 for every negative input; the others' is so at isolated points and underflow."""
    negative = pre_activations()
    negative = negative[negative < 0]
    zeros = {name: zero_fraction(a.derivative(negative)) for name, a in modern(catalogue).items()}
    survivors = {name: a for name, a in modern(catalogue).items() if name != "relu"}
    grid = np.linspace(-30, -SMALLEST, 30_001)
    roots = {name: sign_changes(a.derivative, grid) for name, a in survivors.items()}
    lost = {name: _underflow(a) for name, a in survivors.items() if not a.derivative(-1e4)}
    points = listing(
        f"{label(a)}'s at exactly {_count(roots[name])} (x = {listing(map(number, roots[name]))})"
        for name, a in survivors.items()
        if roots[name]
    )
    ranges = listing(f"x < {number(x)} ({label(catalogue[name])})" for name, x in lost.items())
    return Finding(
        "Dying ReLU",
        f"ReLU has {percent(zeros['relu'])} zero gradients for negative inputs ({negative.size:,} "
        f"draws from N(0, 1)). {listing(label(a) for a in survivors.values())} have "
        f"{listing(percent(zeros[name]) for name in survivors)}. A gradient of theirs is zero "
        f"where it changes sign, {points}, and in float64 also where it falls below the smallest "
        f"subnormal, for {ranges}.",
        {f"zeros of {name}": share for name, share in zeros.items()}
        | {f"sign changes of {name}": len(found) for name, found in roots.items()}
        | {f"{name} underflows": x for name, x in lost.items()},
        zeros["relu"] == 1
        and not any(zeros[name] for name in survivors)
        and len(roots["gelu"]) == len(roots["silu"]) == 1
        and not roots["leaky_relu"],
    )


def gelu_approximation(catalogue: Catalogue) -> Finding:
    """GELU's tanh form is close to it in absolute terms, and far from it in relative ones."""
    exact, form = catalogue["gelu"], catalogue["gelu_tanh"]

    def error(x: Any) -> Any:
        return abs(form(x) - exact(x))

    where, largest = max(
        (maximum(error, *half) for half in ((INTERVAL[0], 0), (0, INTERVAL[1]))),
        key=lambda point: point[1],
    )
    relative = float(error(INTERVAL[0]) / abs(exact(INTERVAL[0])))
    return Finding(
        "GELU Approximation",
        f"The tanh form matches the exact (erf) form with a maximum absolute error of "
        f"{number(largest)} over [−5, 5], at |x| = {number(abs(where))}, far below 0.005. "
        f"Its relative error is another matter: in the left tail it reaches {percent(relative)} "
        f"by x = {number(INTERVAL[0])}.",
        {"largest error": largest, "where": abs(where), "relative error": relative},
        0 < largest < ABSOLUTE_ERROR_OF_TANH_FORM and relative > RELATIVE_ERROR_OF_TANH_FORM,
    )


def vanishing_gradients(catalogue: Catalogue) -> Finding:
    """Classic activations pass nothing when saturated; modern ones pass at least half for x > 0."""
    positive = every_scale()
    positive = positive[(positive > 0) & (positive <= EXTREME)]
    saturated = {name: _largest_at(a, SATURATED) for name, a in classic(catalogue).items()}
    least = {name: float(np.min(a.derivative(positive))) for name, a in modern(catalogue).items()}
    return Finding(
        "Vanishing Gradients",
        f"{listing(label(catalogue[name]) for name in saturated)} saturate at extremes: at "
        f"|x| = {number(SATURATED)} their gradients are down to "
        f"{listing(map(number, saturated.values()))}. "
        f"{listing(label(catalogue[name]) for name in least)} maintain gradient flow for positive "
        f"inputs: up to x = {number(EXTREME)} the least gradients are "
        f"{listing(map(number, least.values()))}.",
        {f"{name} saturated": y for name, y in saturated.items()}
        | {f"least of {name}": y for name, y in least.items()},
        max(saturated.values()) < SMALL_AT_SATURATED and min(least.values()) >= 1 / 2,
    )


def gradient_flow(catalogue: Catalogue) -> Finding:
    """Sigmoid's gradients shrink by about the same factor in each layer; GELU's and SiLU's less."""
    x = pre_activations()
    plotted = distinct(catalogue)
    means = {name: np.mean(abs(chain(a, x)[0]), axis=1) for name, a in plotted.items()}
    factors = means["sigmoid"][:-1] / means["sigmoid"][1:]
    last = {name: float(mean[-1]) for name, mean in means.items()}
    better = listing(
        f"{label(plotted[name])} keeps {number(y)}"
        for name, y in last.items()
        if y > max(last["gelu"], last["silu"])
    )
    return Finding(
        "Gradient Flow",
        f"Through {LAYERS} chained layers Sigmoid gradients vanish exponentially: their mean size "
        f"falls by a factor between {number(np.min(factors))} and {number(np.max(factors))} in "
        f"each layer, to {number(last['sigmoid'])}. GELU and SiLU maintain better flow, "
        f"{number(last['gelu'])} and {number(last['silu'])}, but in such a chain without weights "
        f"not the best: {better}.",
        {f"{name} after the last layer": y for name, y in last.items()}
        | {"least factor": float(np.min(factors)), "greatest factor": float(np.max(factors))},
        FACTOR_PER_LAYER[0] < np.min(factors) <= np.max(factors) < FACTOR_PER_LAYER[1]
        and min(last["gelu"], last["silu"]) > BETTER_FLOW * last["sigmoid"],
    )


def temperature_scaling(catalogue: Catalogue) -> Finding:
    """Sigmoid(kx) nears a step and GELU(kx)/k nears ReLU, both like 1/k."""
    sigmoid, gelu, relu = catalogue["sigmoid"], catalogue["gelu"], catalogue["relu"]

    def gap(k: int) -> float:
        return maximum(lambda x: abs(gelu(k * x) / k - relu(x)), *INTERVAL)[1]

    widths = [_rise(sigmoid, k) for k in SCALES]
    gaps = [gap(k) for k in SCALES]
    products = [width * k for width, k in zip(widths, SCALES, strict=True)]
    products += [
        distance * k * widths[0] / gaps[0] for distance, k in zip(gaps, SCALES, strict=True)
    ]
    first, last = SCALES[0], SCALES[-1]
    return Finding(
        "Temperature Scaling",
        f"Higher input scaling sharpens the transitions, in proportion: from k = {first} to "
        f"k = {last} the interval in which Sigmoid(kx) rises from 10 % to 90 % shrinks from "
        f"{number(widths[0])} to {number(widths[-1])}, and the greatest distance of GELU(kx)/k "
        f"from ReLU from {number(gaps[0])} to {number(gaps[-1])}.",
        {f"rise at k = {k}": width for k, width in zip(SCALES, widths, strict=True)}
        | {f"gap at k = {k}": distance for k, distance in zip(SCALES, gaps, strict=True)},
        bool(np.allclose(products, RISE, rtol=1e-6)),
    )


def numerical_stability(catalogue: Catalogue) -> Finding:
    """No finite input makes a value or a derivative NaN or infinite."""
    everywhere = every_scale()
    near = np.union1d(
        np.linspace(-EXTREME, EXTREME, 20_001), everywhere[abs(everywhere) <= EXTREME]
    )
    results = [
        a.derivative(near.astype(dtype), order)
        for a in catalogue.values()
        for order in ORDERS
        for dtype in DTYPES
    ]
    beyond = [a.derivative(everywhere, order) for a in catalogue.values() for order in ORDERS]
    bad, bad_beyond = _not_finite(results), _not_finite(beyond)
    return Finding(
        "Numerical Stability",
        f"All {len(catalogue)} implementations, value and both derivatives in "
        f"{listing(DTYPES)}, handle extreme values (|x| up to {number(EXTREME)}) without NaN or "
        f"Inf: {bad or 'none'} of {sum(y.size for y in results):,} results. Over the whole float64 "
        f"range, to {number(everywhere[-1])}, it is the same: {bad_beyond or 'none'} of "
        f"{sum(y.size for y in beyond):,}.",
        {"not finite": bad, "not finite beyond": bad_beyond},
        bad == bad_beyond == 0,
    )


FINDINGS: tuple[Callable[[Catalogue], Finding], ...] = (
    forward_functions,
    derivatives,
    dying_relu,
    gelu_approximation,
    vanishing_gradients,
    gradient_flow,
    temperature_scaling,
    numerical_stability,
)


def measure_all(catalogue: Catalogue) -> list[Finding]:
    """Return all findings; raises FindingError with the sentence of the first that fails."""
    found = [finding(catalogue) for finding in FINDINGS]
    for finding in found:
        if not finding.holds:
            raise FindingError(f"{finding.topic}: {finding.sentence} {dict(finding.numbers)}")
    return found


def _largest_jump(activation: Activation, x: Float64s) -> float:
    """Return the largest change of f' between a point of ``x`` and the next double."""
    after = activation.derivative(np.nextafter(x, np.inf))
    return float(np.max(abs(after - activation.derivative(x))))


def _largest_at(activation: Activation, distance: float) -> float:
    return float(np.max(abs(activation.derivative([-distance, distance]))))


def _underflow(activation: Activation) -> float:
    """Return the greatest x of the left tail at which f' is rounded to 0."""
    return last_true(lambda x: not activation.derivative(x), -1e4, -30.0)


def _rise(activation: Activation, scale: int) -> float:
    """Return the length of the interval in which an S-shaped f(kx) goes from 0.1 to 0.9."""
    start = last_true(lambda x: bool(activation(scale * x) < LOW), -FAR, FAR)
    stop = last_true(lambda x: bool(activation(scale * x) < HIGH), -FAR, FAR)
    return stop - start


def _count(found: list[float]) -> str:
    return "one point" if len(found) == 1 else f"{len(found)} points"


def _not_finite(results: list[Float64s]) -> int:
    return sum(int(np.count_nonzero(~np.isfinite(y))) for y in results)
