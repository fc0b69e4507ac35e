"""What a witness says: one row for each claim that it tried."""

from dataclasses import dataclass
from math import inf

import numpy as np

from reference.arithmetic.types import Array, Float64


@dataclass(frozen=True)
class Row:
    """A claim, the inputs it was tried on, and the input that came nearest to breaking it.

    ``order`` is that of the derivative, 0 for the value. ``ulp`` and ``absolute`` are the error
    at ``where``, the input whose error is largest beside its bound; ``bound`` is the bound
    there, in ulp. Where the claim is a law that holds or does not, the bound is 0 and a breach
    counts as infinite.
    """

    activation: str
    order: int
    witness: str
    dtype: str
    inputs: int
    ulp: float
    absolute: float
    where: float
    bound: float
    passed: bool

    @property
    def family(self) -> str:
        """Return the witness without the claim it makes: "balls" for "balls, backward"."""
        return self.witness.partition(",")[0]

    @property
    def share(self) -> float:
        """Return how much of its bound the error takes; where the bound is 0, 0 or infinity."""
        if self.bound:
            return self.ulp / self.bound
        return inf if self.ulp or not self.passed else 0.0


@dataclass(frozen=True)
class Claim:
    """What a row is about: an activation's derivative in a format, as one witness sees it."""

    activation: str
    order: int
    witness: str
    dtype: str

    def judge(self, x: Array, ulp: Float64, absolute: Float64, bound: Float64 | float) -> Row:
        """Make the row for errors at the inputs ``x``; NaN counts as an infinite error.

        A claim that was tried on no input has not passed.
        """
        if x.size == 0:
            return self._row(0, np.inf, np.inf, np.nan, 0.0)
        ulp = np.where(np.isnan(ulp), np.inf, ulp)
        bounds = np.broadcast_to(bound, ulp.shape)
        broken = ulp > bounds
        # A breach outranks whatever holds; the largest share of its bound decides among equals.
        with np.errstate(over="ignore"):
            share = np.divide(ulp, bounds, out=np.zeros_like(ulp), where=bounds > 0)
        share = np.where(broken & (bounds == 0), np.inf, share)
        worst = int(np.argmax(share))
        return self._row(
            x.size, float(ulp[worst]), float(absolute[worst]), float(x[worst]), float(bounds[worst])
        )

    def law(self, x: Array, broken: Array) -> Row:
        """Make the row for a law that each input keeps or breaks."""
        breach = np.where(broken, np.inf, 0.0)
        return self.judge(x, breach, breach, 0.0)

    def _row(self, inputs: int, ulp: float, absolute: float, where: float, bound: float) -> Row:
        return Row(
            self.activation,
            self.order,
            self.witness,
            self.dtype,
            inputs,
            ulp,
            absolute,
            where,
            bound,
            passed=inputs > 0 and ulp <= bound,
        )
