"""Example 4, GELU by the error function and by its tanh form, and the errors of the latter."""

from typing import Any

import numpy as np

from figures.drawing.drawing import Drawing, panels
from figures.drawing.palette import style_of
from figures.measuring.demonstrated import Catalogue
from figures.measuring.measurements import dense_near, maximum, sign_changes
from figures.measuring.wording import math_number, number, percent

START, STOP = -5.0, 5.0


def exact_against_tanh(catalogue: Catalogue) -> Drawing:
    """Draw both forms, the error of the tanh form, and that error relative to the exact form."""
    exact, form = catalogue["gelu"], catalogue["gelu_tanh"]

    def difference(x: Any) -> Any:
        return form(x) - exact(x)

    x = np.linspace(START, STOP, 2001)
    x = dense_near(x, sign_changes(difference, x))
    y, approximate = exact(x), form(x)
    error = approximate - y
    drawing, (values, errors, relative) = panels(
        "GELU: Exact (erf) vs Tanh Approximation",
        ["values", "error", "relative error"],
        columns=1,
        row_height=1.25,
        sharex=True,
        height_ratios=[1.25, 1, 1],
    )
    look = style_of(exact.name) | {"linestyle": "-", "linewidth": 3.2}
    drawing.line(values, exact.name, x, y, label="exact (erf)", **look)
    look = style_of(form.name) | {"color": "black", "linewidth": 1.1}
    drawing.line(values, form.name, x, approximate, label="tanh form", **look)
    values.set_ylabel("value")
    values.legend()

    look = style_of(form.name) | {"linestyle": "-"}
    drawing.line(errors, "error", x, error, **look)
    errors.set_ylabel("tanh − exact")
    errors.ticklabel_format(axis="y", scilimits=(0, 0), useMathText=True)
    where, largest = maximum(lambda x: abs(difference(x)), 0, STOP)
    peaks = np.array([-where, where])
    drawing.line(
        errors,
        "largest error",
        peaks,
        difference(peaks),
        **style_of(form.name) | {"marker": "o", "linestyle": "none", "color": "black"},
    )
    errors.annotate(
        f"largest: {math_number(largest)} at $|x|$ = {math_number(where)}",
        (0, largest),
        xytext=(0, -1),
        textcoords="offset points",
        ha="center",
        va="top",
        fontsize=8,
    )

    nonzero = y != 0
    share = abs(error[nonzero] / y[nonzero])
    drawing.line(relative, "relative error", x[nonzero], np.where(share > 0, share, np.nan), **look)
    relative.set(yscale="log", ylim=(1e-8, 4), xlabel="$x$", ylabel="|error / exact|")
    at_start = float(abs(error[0] / y[0]))
    relative.annotate(
        f"{percent(at_start)} at $x$ = {math_number(START)}",
        (START, at_start),
        xytext=(2, -14),
        textcoords="offset points",
        fontsize=8,
    )
    drawing.caption = (
        f"The two forms cannot be told apart by eye: over [−5, 5] they differ by at most "
        f"{number(largest)}, at |x| = {number(where)}. Relative to the exact value, which is tiny "
        f"in the left tail, the same error grows to {percent(at_start)} at x = {number(START)}."
    )
    return drawing
