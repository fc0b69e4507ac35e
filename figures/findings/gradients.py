"""What is found on gradients: where they die, where they vanish, how they flow."""

from collections.abc import Mapping

import numpy as np

from figures.measuring.demonstrated import Activation, Catalogue, classic, label, modern, six
from figures.measuring.measurements import (
    LAYERS,
    SMALLEST,
    chain,
    every_scale,
    largest_at,
    last_true,
    pre_activations,
    sign_changes,
    zero_fraction,
)
from figures.measuring.wording import listing, number, percent

from .finding import Finding

SATURATED = 10.0
EXTREME = 1000.0

# What the claims come to. σ'(10) is about e^-10 = 4.5e-5. σ' is at most 1/4, and around its fixed
# point 0.659 about 1/4.45.
SMALL_AT_SATURATED = 1e-4
FACTOR_PER_LAYER = (4.0, 5.0)
BETTER_FLOW = 1000.0


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
        f"draws from N(0, 1)). {_survival(survivors, zeros)} A gradient of theirs is zero "
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


def vanishing_gradients(catalogue: Catalogue) -> Finding:
    """Classic activations pass nothing when saturated; modern ones pass at least half for x > 0."""
    positive = every_scale()
    positive = positive[(positive > 0) & (positive <= EXTREME)]
    saturated = {name: largest_at(a, SATURATED) for name, a in classic(catalogue).items()}
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
    plotted = six(catalogue)
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


def _survival(survivors: Catalogue, zeros: Mapping[str, float]) -> str:
    """Say that none of the gradients of the others is zero, or what share of each."""
    names = listing(label(a) for a in survivors.values())
    if not any(zeros[name] for name in survivors):
        return f"{names} have none."
    shares = listing(percent(zeros[name]) for name in survivors)
    return f"Of {names} there are {shares}."


def _underflow(activation: Activation) -> float:
    """Return the greatest x of the left tail at which f' is rounded to 0."""
    return last_true(lambda x: not activation.derivative(x), -1e4, -30.0)


def _count(found: list[float]) -> str:
    return "one point" if len(found) == 1 else f"{len(found)} points"
