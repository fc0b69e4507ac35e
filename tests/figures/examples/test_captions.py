"""Each caption says what it should, word by word, with numbers computed here by SciPy."""

import numpy as np
import pytest
from scipy.optimize import brentq, minimize_scalar

from figures.examples.registry import EXAMPLES
from figures.measuring.wording import number, percent

SAMPLE = np.random.default_rng(42).standard_normal(100_000)


def extremum(function, start, stop, sign):
    """Return where ``function`` is least (sign 1) or greatest (-1) between, and its value there."""
    found = minimize_scalar(
        lambda x: sign * function(x), (start, stop), bounds=(start, stop), options={"xatol": 1e-10}
    )
    return found.x, function(found.x)


def chained(f, slope):
    """Return the gradients of the sample after ten layers."""
    x, gradient = SAMPLE, np.ones_like(SAMPLE)
    for _ in range(10):
        gradient = gradient * slope(x)
        x = f(x)
    return gradient


def forward(_textbook):
    """Say what saturates and what has kinks."""
    return (
        "The six activations over [−5, 5], each on its own vertical scale. Sigmoid in (0, 1) and "
        "Tanh in (−1, 1) saturate on both sides; the others grow without bound to the right. ReLU "
        "and LeakyReLU have a kink at x = 0."
    )


def forward_overlay(textbook):
    """Say how deep the dips are, and where the values end."""
    at = {name: extremum(textbook[name][0], -5, 0, 1) for name in ("gelu", "silu")}
    (g, gelu), (s, silu) = at["gelu"], at["silu"]
    ends = [number(float(textbook[name][0](5.0)), 4) for name in ("sigmoid", "tanh", "gelu")]
    return (
        "The same curves on one scale. Those that are not monotonic dip below zero: GELU to "
        f"{number(gelu)} at x = {number(g)} and SiLU to {number(silu)} at x = {number(s)}. At "
        f"x = 5 the values are ReLU 5, LeakyReLU 5, Sigmoid {ends[0]}, Tanh {ends[1]}, "
        f"GELU {ends[2]} and SiLU {number(textbook['silu'][0](5.0), 4)}."
    )


def derivatives(textbook):
    """Say how steep the slopes get."""
    gelu, silu = (extremum(textbook[name][1], 0, 5, -1)[1] for name in ("gelu", "silu"))
    return (
        "The derivatives on one scale. Where a derivative jumps, the line is broken: a filled dot "
        "is the value chosen at the kink, an open one the limit from the other side. The greatest "
        "slopes over [−5, 5] are 1 (ReLU), 1 (LeakyReLU), 0.25 (Sigmoid), 1 (Tanh), "
        f"{number(gelu, 4)} (GELU) and {number(silu, 4)} (SiLU)."
    )


def derivatives_overlay(textbook):
    """Say how far slopes fall below 0, and where they cross it."""
    said = {}
    for name in ("gelu", "silu"):
        x, y = extremum(textbook[name][1], -5, 0, 1)
        said[name] = number(y), number(x), number(brentq(textbook[name][1], -2, -0.5), 4)
    (g, at_g, root_g), (s, at_s, root_s) = said.values()
    return (
        f"Some slopes turn negative: GELU to {g} at x = {at_g} and SiLU to {s} at x = {at_s}. "
        f"They cross zero at x = {root_g} (GELU) and x = {root_s} (SiLU), and overshoot 1 for "
        "positive x before they settle there."
    )


def gradient_distributions(_textbook):
    """Say for how many of the negative inputs the gradient is 0."""
    return (
        "Gradients at 100,000 pre-activations drawn from N(0, 1), as the fraction that falls into "
        f"each bin of width 0.04. Of the {np.count_nonzero(SAMPLE < 0):,} negative ones, the "
        "gradient is exactly zero for 100 % with ReLU, and for none with LeakyReLU, GELU and SiLU."
    )


def negative_region(textbook):
    """Say what the gradients are at -5."""
    gelu, silu = (number(float(textbook[name][1](-5.0))) for name in ("gelu", "silu"))
    return (
        "For x < 0 the gradient of ReLU is exactly zero, which a logarithmic axis cannot show; the "
        "others keep one, if a small one. At x = −5 the gradients are 0 (ReLU), 0.01 (LeakyReLU), "
        f"{gelu} (GELU) and {silu} (SiLU). The notches on the right are the points where a "
        "gradient changes sign."
    )


def gelu_forms(textbook):
    """Say how far the forms are apart, absolutely and relatively."""
    exact, form = textbook["gelu"][0], textbook["gelu_tanh"][0]
    x, largest = extremum(lambda x: abs(form(x) - exact(x)), 2, 4, -1)
    return (
        "The two forms cannot be told apart by eye: over [−5, 5] they differ by at most "
        f"{number(largest)}, at |x| = {number(x)}. Relative to the exact value, which is tiny in "
        f"the left tail, the same error grows to {percent(abs(form(-5.0) / exact(-5.0) - 1))} at "
        "x = −5."
    )


def vanishing_gradient(textbook):
    """Say what gradients are left at 10."""
    sigmoid, tanh = (number(float(textbook[name][1](10.0))) for name in ("sigmoid", "tanh"))
    return (
        f"Above: a saturated unit passes almost nothing back; at x = 10 the gradients are {sigmoid}"
        f" (Sigmoid) and {tanh} (Tanh). Below: for 0 < x ≤ 10 none of ReLU, LeakyReLU, GELU and "
        "SiLU falls below 0.5."
    )


def gradient_flow(textbook):
    """Say what is left after ten layers."""
    last = {name: abs(chained(*textbook[name])) for name in textbook if name != "gelu_tanh"}
    mean = {name: number(float(np.mean(y))) for name, y in last.items()}
    return (
        "100,000 inputs from N(0, 1) pass through f 10 times. After the last layer the mean "
        f"|gradient| is {mean['relu']} (ReLU), {mean['leaky_relu']} (LeakyReLU), "
        f"{mean['sigmoid']} (Sigmoid), {mean['tanh']} (Tanh), {mean['gelu']} (GELU) and "
        f"{mean['silu']} (SiLU). A mean can be high while many units are dead: exactly zero are "
        f"{percent(float(np.mean(last['relu'] == 0)))} of ReLU gradients, and the median for "
        "LeakyReLU is 1.00 × 10⁻²⁰."
    )


def temperature(textbook):
    """Say how far from the limit the steepest is."""
    gaps = [
        -extremum(lambda x, f=textbook[name][0]: f(20 * x) / 20, -1, 0, 1)[1]
        for name in ("gelu", "silu")
    ]
    return (
        "Sigmoid and Tanh turn into a step as k grows, the others, divided by k so that their "
        "scale stays, into max(0, x). At k = 20 the distance from that limit is at most "
        f"{number(gaps[0])} (GELU) and {number(gaps[1])} (SiLU)."
    )


def extended_range(textbook):
    """Say what the gradients are at -20."""
    names = ("sigmoid", "tanh", "gelu", "silu")
    sigmoid, tanh, gelu, silu = (number(float(textbook[name][1](-20.0))) for name in names)
    return (
        "Far from zero every activation is close to its limits, values above and gradients below. "
        f"At x = −20 the gradients are 0 (ReLU), 0.01 (LeakyReLU), {sigmoid} (Sigmoid), {tanh} "
        f"(Tanh), {gelu} (GELU) and {silu} (SiLU); exactly zero: ReLU."
    )


def float64(_textbook):
    """Say from where to where, and what the axes do."""
    return (
        "Value (coloured) and gradient (black, dashed) at 4,799 inputs from −1.80 × 10³⁰⁸ to "
        "1.80 × 10³⁰⁸, zero and the subnormals included, both axes logarithmic on either side of "
        "zero. The steep and the flat stretches are the axes' doing: half of an axis spans 632 "
        "decades, and 0.01 to 100 is four of them. Of the 57,588 results 57,588 are finite."
    )


CAPTIONS = {
    "1": forward,
    "1b": forward_overlay,
    "2": derivatives,
    "2b": derivatives_overlay,
    "3": gradient_distributions,
    "3b": negative_region,
    "4": gelu_forms,
    "5": vanishing_gradient,
    "6": gradient_flow,
    "7": temperature,
    "8": extended_range,
    "8b": float64,
}


@pytest.mark.parametrize("number", EXAMPLES)
def test_caption_is_what_scipy_says(drawings, textbook, number):
    """Its words are those of what is drawn, and its numbers come out the same."""
    assert drawings[number].caption == CAPTIONS[number](textbook)
