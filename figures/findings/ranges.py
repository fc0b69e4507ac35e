"""What is found far out: under growing temperature, and over the whole of float64."""

from math import log

import numpy as np

from figures.measuring.demonstrated import Activation, Catalogue, demonstrated
from figures.measuring.measurements import Float64s, every_scale, last_true, maximum
from figures.measuring.wording import listing, number

from .finding import Finding

INTERVAL = (-5.0, 5.0)
FAR = 20.0
EXTREME = 1000.0
SCALES = (1, 2, 5, 10, 20)
DTYPES = ("float16", "float32", "float64")
ORDERS = (0, 1, 2)

# σ(x) = 9/10 at x = ln 9.
LOW, HIGH = 0.1, 0.9
RISE = 2 * log(9)


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
    seven = demonstrated(catalogue).values()
    everywhere = every_scale()
    near = np.union1d(
        np.linspace(-EXTREME, EXTREME, 20_001), everywhere[abs(everywhere) <= EXTREME]
    )
    results = [
        a.derivative(near.astype(dtype), order)
        for a in seven
        for order in ORDERS
        for dtype in DTYPES
    ]
    beyond = [a.derivative(everywhere, order) for a in seven for order in ORDERS]
    bad, bad_beyond = _not_finite(results), _not_finite(beyond)
    return Finding(
        "Numerical Stability",
        f"The six activations and GELU's tanh form, value and both derivatives in "
        f"{listing(DTYPES)}, handle extreme values (|x| up to {number(EXTREME)}) without NaN or "
        f"Inf: {bad or 'none'} of {sum(y.size for y in results):,} results. Over the whole float64 "
        f"range, to {number(everywhere[-1])}, it is the same: {bad_beyond or 'none'} of "
        f"{sum(y.size for y in beyond):,}.",
        {"not finite": bad, "not finite beyond": bad_beyond},
        bad == bad_beyond == 0,
    )


def _rise(activation: Activation, scale: int) -> float:
    """Return the length of the interval in which an S-shaped f(kx) goes from 0.1 to 0.9."""
    start = last_true(lambda x: bool(activation(scale * x) < LOW), -FAR, FAR)
    stop = last_true(lambda x: bool(activation(scale * x) < HIGH), -FAR, FAR)
    return stop - start


def _not_finite(results: list[Float64s]) -> int:
    return sum(int(np.count_nonzero(~np.isfinite(y))) for y in results)
