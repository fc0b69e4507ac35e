"""What is found on the curves: values, slopes, and the two forms of GELU."""

from typing import Any

import numpy as np

from figures.measuring.demonstrated import Activation, Catalogue, classic, label, six
from figures.measuring.measurements import SMALLEST, Float64s, largest_at, maximum, minimum
from figures.measuring.wording import listing, number, percent

from .finding import Finding

INTERVAL = (-5.0, 5.0)
FAR = 20.0

# σ'(20) is about e^-20 = 2e-9.
SMALL_AT_FAR = 1e-8
ABSOLUTE_ERROR_OF_TANH_FORM = 0.005
RELATIVE_ERROR_OF_TANH_FORM = 0.8


def forward_functions(catalogue: Catalogue) -> Finding:
    """GELU and SiLU, and no activation that is called monotonic, fall before they rise."""
    plotted = six(catalogue)
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
        f"All six activations are plotted over [−5, 5]. "
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
    far = {name: largest_at(a, FAR) for name, a in saturating.items()}
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


def _largest_jump(activation: Activation, x: Float64s) -> float:
    """Return the largest change of f' between a point of ``x`` and the next double."""
    after = activation.derivative(np.nextafter(x, np.inf))
    return float(np.max(abs(after - activation.derivative(x))))
