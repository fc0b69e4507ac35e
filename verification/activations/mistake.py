"""A known wrong way to compute an activation: a formula and a sentence."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from reference.arithmetic.types import Array, Float64, Mask

SUBJECTS = VALUE, DERIVATIVE, SECOND = "value", "derivative", "second"


def digits(results: Float64) -> Mask:
    """Numbers that are not 0, which have lost digits at most."""
    return np.asarray(np.isfinite(results) & (results != 0))


def anything(results: Float64) -> Mask:
    """Whatever comes."""
    return np.ones(results.shape, bool)


def lost(results: Float64) -> Mask:
    """What comes of an overflow: 0, an infinity or NaN."""
    return ~digits(results)


@dataclass(frozen=True)
class Mistake:
    """One known wrong way to compute the value, or a derivative.

    A formula is evaluated in the candidate's own precision, step by step, so that it cancels,
    overflows and flushes where the candidate does. One made of `reference` is exact up to the last
    rounding: there the mistake lies in what is computed, not in how.

    ``why`` may name, in braces, the places where the format's ends show: ``{one}``, where 1 ± e^-x
    is 1; ``{overflow}``, where e^x overflows; and, with ``{flushes}``, from where on results are 0.
    ``noisy``: what it gives is rounding noise, which another exponential or erf makes differently.
    ``claims``: the results that the sentence is about, if the formula is wrong in others too.
    ``in_float64``: it is one in that format only. ``in_part``: it may be made in a region alone.
    """

    subject: str
    why: str
    formula: Callable[[Array], Any]
    noisy: bool = False
    claims: Callable[[Float64], Mask] = anything
    in_float64: bool = False
    in_part: bool = False
