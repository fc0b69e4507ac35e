"""Every input of a format, one after the other, each result certified.

Each result of ``reference`` is held against an enclosure that shares no formula with it (at ±inf,
at kinks and where f is 0 throughout, against the limits and choices that the formula has). In
float32 the bit patterns are cut into runs with a certified polynomial each (`enclosure`); where
both ends of the enclosure round to one number, that number is the correctly rounded result. The
inputs whose enclosure lies astride a rounding boundary, a few in a million, go to ball arithmetic
itself, as do ±0, and all inputs of the 16-bit formats. Nothing is sampled.

Underflowed zeros. Where every result of a run is 0, the enclosure certifies the magnitude; the sign
is certified at both ends of the run, which have to agree, and taken to be the same between them.

Each shard of 2^24 inputs (all of a 16-bit format) is a pure function of (activation, parameters,
order, format, number), so that shards can be done in any order, anywhere, once.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from math import copysign, frexp, isinf

import numpy as np
from flint import ctx

from reference import ACTIVATIONS, Activation
from reference.arithmetic.formats import FORMATS, Format
from reference.arithmetic.types import Array, Mask
from verification.formula.balls import PRECISIONS, Form, form
from verification.formula.language import Expression, parse
from verification.formula.setting import setting
from verification.numbers.ulp import CORRECTLY_ROUNDED
from verification.witnesses.balls import Truth, miss, truth

from .enclosure import Line, Polynomial, Run, beside_a_line, enclose, is_good

SHARD = 1 << 24
PIECE = 1 << 15
SHORTEST_RUN = 64
TINY = 2.0**-149
# Knuth's multiplier: consecutive numbers are scattered over the low byte.
SCATTER = 2654435761
QUIET_NAN = {2: 0x7E00, 4: 0x7FC00000}
FIRST_WRONG = 10


@dataclass(frozen=True)
class Shard:
    """One function over the bit patterns [number 2^24, (number + 1) 2^24).

    ``parameters`` are those that differ from the default ones, with their names.
    """

    activation: str
    order: int
    dtype: str
    number: int
    parameters: tuple[tuple[str, float], ...] = ()

    def function(self) -> Activation:
        """The activation at these parameters."""
        return setting(ACTIVATIONS[self.activation], dict(self.parameters))

    def all_of_it(self) -> list["Shard"]:
        """All the shards of the same function, in the order of the bit patterns."""
        count = max(1, (1 << FORMATS[self.dtype].width) // SHARD)
        return [replace(self, number=number) for number in range(count)]


@dataclass(frozen=True)
class Summary:
    """What a shard came to; ``sha256`` is of the results' bits, with one pattern for all NaNs."""

    inputs: int
    by_balls: int
    wrong: int
    examples: tuple[str, ...]
    sha256: str


def results_sha256(shard: Shard) -> str:
    """The hash of a shard's results, uncertified: `Summary.sha256` if nothing has changed."""
    format_ = FORMATS[shard.dtype]
    first = shard.number * SHARD
    patterns = np.arange(first, first + min(SHARD, 1 << format_.width))
    return _sha256(shard, [patterns])


def combined(hashes: Iterable[str]) -> str:
    """The hash of a function over its whole format, from those of its shards in order."""
    return hashlib.sha256("".join(hashes).encode()).hexdigest()


def _sha256(shard: Shard, blocks: Iterable[Array]) -> str:
    format_ = FORMATS[shard.dtype]
    activation = shard.function()
    digest = hashlib.sha256()
    for patterns in blocks:
        x = patterns.astype(format_.bits).view(format_.dtype)
        results = activation.derivative(x, order=shard.order)
        digest.update(_canonical_bits(results, format_))
    return digest.hexdigest()


def slice_sha256(function: Shard) -> str:
    """The hash over 2^24 inputs of float32, one out of each 256 consecutive bit patterns."""
    blocks = (np.arange(first, first + PIECE) for first in range(0, SHARD, PIECE))
    return _sha256(function, (256 * i + (i * SCATTER >> 16) % 256 for i in blocks))


def inputs_of(shard: Shard) -> int:
    """How many inputs a shard has."""
    return min(SHARD, 1 << FORMATS[shard.dtype].width)


def sweep(shard: Shard) -> Summary:
    """Evaluate and certify every input of the shard."""
    format_ = FORMATS[shard.dtype]
    activation = shard.function()
    judge = _Judge(activation, shard.order, format_)
    digest = hashlib.sha256()
    inputs = by_balls = wrong = 0
    examples: list[str] = []
    for run, enclosure in _runs(judge, shard):
        for first in range(run.first, run.first + run.length, PIECE):
            patterns = np.arange(first, min(first + PIECE, run.first + run.length))
            x = patterns.astype(format_.bits).view(format_.dtype)
            results = activation.derivative(x, order=shard.order)
            digest.update(_canonical_bits(results, format_))
            doubtful = np.flatnonzero(~judge.certified(x, results, run, patterns, enclosure))
            missed = [i for i in doubtful if not judge.is_correct(x[i], results[i])]
            inputs += x.size
            by_balls += doubtful.size
            wrong += len(missed)
            examples += [float(x[i]).hex() for i in missed[: FIRST_WRONG - len(examples)]]
    return Summary(inputs, by_balls, wrong, tuple(examples), digest.hexdigest())


def _canonical_bits(results: Array, format_: Format) -> bytes:
    bits = np.ascontiguousarray(results).view(format_.bits)
    nan = format_.bits.type(QUIET_NAN[format_.dtype.itemsize])
    return np.where(_is_nan(results), nan, bits).astype(bits.dtype.newbyteorder("<")).tobytes()


def _is_nan(numbers: Array) -> Mask:
    # A signalling NaN, and any NaN of bfloat16, makes NumPy warn.
    with np.errstate(invalid="ignore"):
        is_nan: Mask = np.isnan(numbers)
    return is_nan


def _runs(judge: "_Judge", shard: Shard) -> Iterator[tuple[Run, Polynomial | Line | None]]:
    """The shard's patterns in rising order, cut until each run has a good enclosure or none."""
    format_ = judge.format_
    count = inputs_of(shard)
    if format_.name != "float32":
        yield Run(0, count), None
        return
    binade = 1 << format_.precision - 1
    first = shard.number * SHARD
    waiting = [Run(start, binade) for start in range(first, first + count, binade)][::-1]
    while waiting:
        run = waiting.pop()
        if _holds_no_numbers(run, format_):
            yield run, None
            continue
        enclosure = judge.enclosure(run)
        if enclosure or run.length <= SHORTEST_RUN:
            yield run, enclosure
        else:
            waiting += reversed(run.halves())


def _holds_no_numbers(run: Run, format_: Format) -> bool:
    return not np.isfinite(np.asarray(run.first, format_.bits).view(format_.dtype))


@dataclass(frozen=True)
class _Judge:
    activation: Activation
    order: int
    format_: Format

    @cached_property
    def formula(self) -> Expression:
        """The specification: the text of the value."""
        return parse(self.activation.formula, ("x", *self.activation.parameters))

    @cached_property
    def form(self) -> Form:
        """The same over balls."""
        return form(self.formula, self.activation.parameters)

    @cached_property
    def truth(self) -> Truth:
        """The true values at a point."""
        return truth(self.activation)

    def enclosure(self, run: Run) -> Polynomial | Line | None:
        """What encloses the function closely over a run, if anything does."""
        line = beside_a_line(self.form, self.order, run, self.format_)
        if line:
            return line
        polynomial = enclose(self.form, self.order, run, self.format_)
        return polynomial if is_good(polynomial, self.format_) else None

    def certified(
        self,
        x: Array,
        results: Array,
        run: Run,
        patterns: Array,
        enclosure: Polynomial | Line | None,
    ) -> Mask:
        """Where the enclosure proves the result to be the correctly rounded one."""
        if enclosure is None:
            return _is_nan(x) & _is_nan(results)
        half = run.length // 2
        t = (patterns - (run.first + half)) / half
        lower, upper = (
            end.astype(self.format_.dtype) for end in enclosure.bounds(x.astype(np.float64), t)
        )
        certified: Mask = (lower == results) & (upper == results) & (x != 0)
        zeros = results == 0
        if zeros.any():
            certified &= ~zeros | (np.signbit(results) == self._sign_of_zeros(run))
        return certified

    def _sign_of_zeros(self, run: Run) -> bool | None:
        """Whether f is negative at both ends of the run; None if the ends do not agree.

        Where f is 0, as ReLU is for x < 0, its zero has the sign that is stated for the limit.
        """
        ends = np.array([run.first | 1, run.first + run.length - 1], self.format_.bits)
        points = ends.view(self.format_.dtype).astype(np.float64).tolist()
        signs = {self._is_negative(point) for point in points}
        return signs.pop() if len(signs) == 1 else None

    @staticmethod
    def _precisions(point: float) -> list[int]:
        """For a tiny x at once enough bits for the term in x² that may break a tie."""
        enough = -2 * frexp(point)[1] + PRECISIONS[0]
        return [bits for bits in PRECISIONS if bits >= enough] or [PRECISIONS[-1]]

    def _is_negative(self, point: float) -> bool | None:
        """Whether f is, at x = ±0 beside it, or just so where it is 0; None if undecided."""
        point = point or copysign(TINY, point)
        for bits in PRECISIONS:
            true = self.truth(point, bits)[self.order]
            if true == 0:
                return bool(np.signbit(self.activation.orders[self.order].limits[point > 0]))
            if true < 0 or true > 0:
                return bool(true < 0)
        return None

    def is_correct(self, x: Array, result: Array) -> bool:
        """The verdict on one input by itself; at a kink and at ±inf the stated choice holds."""
        point, computed = float(x), float(result)
        if isinf(point):
            return self._is_choice(computed, self.activation.orders[self.order].limits[point > 0])
        kinks = [kink for kink in self.activation.kinks if kink.at == point]
        if kinks and self.order > 0:
            chosen = kinks[0].chosen if self.order == 1 else kinks[0].second[2]
            return self._is_choice(computed, chosen)
        if computed == 0 and self._is_negative(point) != (copysign(1, computed) < 0):
            return False
        for bits in self._precisions(point):
            with ctx.workprec(bits):
                true = self.truth(point, bits)[self.order]
                error = miss(computed, true, self.format_)
            if error is not None:
                ulp, _ = error
                return ulp <= CORRECTLY_ROUNDED
        return False

    def _is_choice(self, computed: float, chosen: float) -> bool:
        """Whether a result is the stated number, rounded; the sign of a zero included."""
        expected = float(np.asarray(chosen).astype(self.format_.dtype))
        return computed == expected and copysign(1, computed) == copysign(1, expected)
