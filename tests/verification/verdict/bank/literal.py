"""Reasons that say something of the numbers alone: whether it is so, by numbers asked for here."""

import re

import numpy as np

from reference.arithmetic.formats import FORMATS
from verification.candidates.implementation import Implementation

NUMBER = r"(-?(?:\d[\d.e+-]*|inf)|NaN|nan)"
BAND = rf"for x (?:from {NUMBER} to|=) {NUMBER}"
# What the verdict has from the numbers themselves.
SEEN = (
    "^all of these results are "
    r"|^the sign of zero is lost: \+0 for -0$|^at the kink|^wrong for x (from|=)"
    "|^(the sign is wrong|the sign of x is lost).*, for x (from|=)"
)
# What is printed has three digits.
ROUNDED = 0.006


def numbers(dtype):
    """Numbers of all sizes and signs, and of the active range; both infinities."""
    format_ = FORMATS[dtype]
    binades = np.linspace(format_.emin - format_.precision + 1, format_.emax + 0.99, 6001)
    sizes = 2.0**binades
    x = np.concatenate([-sizes, np.linspace(-20, 20, 8001), sizes, [-np.inf, np.inf]])
    return np.unique(x.astype(format_.dtype))


def is_literal(reason):
    """Whether a reason says what the numbers are, and names no cause."""
    return any(re.search(pattern, reason) for pattern in SAID) or bool(
        re.search(
            "^the sign of zero is lost: \\+0 for -0$|^at the kink|^wrong for x (from|=)", reason
        )
    )


def is_so(reason, bug):
    """Whether what a reason says is so; True where it is not looked at: of gates, or at one x."""
    if isinstance(bug.function, Implementation) or bug.made:
        return True
    for pattern, holds in SAID.items():
        found = re.search(pattern, reason)
        if found:
            x = numbers(bug.dtype)
            arguments = (x, np.ones_like(x)) if bug.subject == "backward" else (x,)
            with np.errstate(all="ignore"):
                got = np.asarray(bug.function(*arguments)).astype(np.float64)
                return bool(holds(x.astype(np.float64), got, *found.groups()))
    return True


def _on_a_side(x, there, beyond):
    """Whether it is so on one side, for all finite x beyond."""
    far = np.isfinite(x) & (np.abs(x) >= float(beyond) * (1 + ROUNDED))
    return any(there[far & (np.sign(x) == side)].all() for side in (-1, 1))


def _within(x, low, high):
    """Numbers within a band, a little inside of what is printed."""
    low, high = float(high if low is None else low), float(high)
    inner = (high - low) * ROUNDED
    return (x >= low + inner) & (x <= high - inner)


def _is_one(got, number):
    number = float(number)
    return np.isnan(got) if np.isnan(number) else np.abs(got - number) <= ROUNDED * abs(number)


def _cut_off(x, got, beyond):
    return any(_on_a_side(x, got == level, beyond) for level in (*got[[0, -1]], x, 0.0))


def _in_a_band(x, got, number, low, high):
    inside = _within(x, low, high)
    is_one = np.isinf(got) if "inf" in number else _is_one(got, number)
    return is_one[inside].all()


def _itself(x, got, low, high):
    inside = _within(x, low, high)
    return (got[inside] == x[inside]).mean() > 1 - ROUNDED


def _at_infinity(x, got, ends, number):
    results = np.array([got[x == float(end)][0] for end in ends.split(" and ")])
    return ((results == float(number)) | _is_one(results, number)).all()


def _multiples(x, got, step):
    active = np.isfinite(got) & (np.abs(x) <= 20) & (np.abs(got) < 64 * float(step))
    counts = got[active] / float(step)
    return (np.abs(counts - np.rint(counts)) < 64 * ROUNDED).mean() > 1 - ROUNDED


SAID = {
    rf"^the tail is cut off at {NUMBER}:": _cut_off,
    rf"^it overflows from \|x\| = {NUMBER} on": lambda x, got, at: _on_a_side(x, np.isinf(got), at),
    rf"^{NUMBER} {BAND} alone$": _in_a_band,
    rf"^x itself is returned, {BAND}": _itself,
    rf"^at (-?inf|-inf and inf) it is {NUMBER}, not the limit": _at_infinity,
    rf"^the results are multiples of {NUMBER}:": _multiples,
}
