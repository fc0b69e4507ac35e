"""Behaviour: what a function does besides computing, and whether its bits depend on it.

Shapes and dtype are kept, the bits of an element are the same whatever the shape, length, offset
and layout of its array, the input is not written to, the result is the caller's own, and no call
depends on an earlier one. What a single call does, `calls.Caller` notes by itself.
"""

import numpy as np

from reference.arithmetic.types import Array, Mask
from verification.candidates.calls import Caller
from verification.examination.accuracy import differ
from verification.examination.arguments import given, taken
from verification.examination.examine import are_right
from verification.examination.observed import Behaviour, Difference
from verification.examination.tried import inputs_of, within
from verification.examination.truth import Question
from verification.formula.activation import Gated
from verification.kinds import Access
from verification.numbers.arrangement import Arrangement
from verification.numbers.arrangements import LAYOUTS, SHAPES, Layout, broadcast
from verification.numbers.ulp import doubles

LENGTHS = (*range(1, 66), 127, 128, 129, 255, 257, 767, 768, 769, 1023, 1025, *range(1000, 1041, 3))
OFFSETS = (1, 2, 3, 4, 5, 7, 8, 9, 15, 17)
SAMPLE = 1200
REPEATS = 4
# More than the sample, up to more than any block; the last a multiple of no power of two.
LONGER = (2047, 2048, 2049, 4095, 4096, 4097, (1 << 16) + 1, (1 << 20) + 65)
# A prime, so that the pattern meets every lane.
PERIOD = 1021
# Rows as models have them, and beside them: some kernels are written for those.
ROWS = tuple((3, columns + step) for columns in (768, 1000, 4096) for step in (-1, 0, 1))
# Of arrays in different layouts: more rows than the 1024 threads of a block among them.
ARRANGED = ((129,), (12, 11), (2, 6, 11), (1031, 3))


def sample(question: Question) -> Array:
    """Numbers of the active range and the tails, with special ones among them."""
    start = 0.0 if question.seed is None else float(np.random.default_rng(question.seed).random())
    steps = (start + np.arange(SAMPLE) * 0.6180339887498949) % 1
    numbers = 12 * (2 * steps - 1) * np.resize([1, 1, 0.1, 8], SAMPLE)
    edges = [0.0, -0.0, np.inf, -np.inf, np.nan, 1.0, question.format_.largest]
    numbers[5::29] = np.resize(edges, numbers[5::29].size)
    narrowed: Array = numbers.astype(question.format_.dtype)
    asked = within(question, narrowed)
    if not asked.size:
        asked = within(question, inputs_of(question))
    return np.resize(asked, SAMPLE)


def repeated(numbers: Array, shape: int | tuple[int, ...]) -> Array:
    """The first numbers of the sample, or of its results, over and over in another shape."""
    return np.resize(numbers[:PERIOD], shape)


def offset(count: int) -> Layout:
    """The layout of an array that begins ``count`` elements into its memory."""
    return lambda x: np.concatenate([x[:1].repeat(count), x])[count:]


def one_number(upstream: Array) -> Array:
    """A single number in the place of all, as the gradient of a sum is."""
    return np.broadcast_to(upstream.dtype.type(1.5), upstream.shape)


def observe_behaviour(question: Question, caller: Caller) -> Behaviour | None:
    """Try everything, at the numbers of the sample that have a result; None if too few have."""
    return _Observation(question, caller).behaviour()


class _Observation:
    """The behaviour of one subject; a second array, as upstream is, has the shape of x.

    Its elements depend on those of x, so that the results are those of x alone. Its layout is that
    of x, and another.
    """

    def __init__(self, question: Question, caller: Caller) -> None:
        self.question, self.caller = question, caller
        is_gated = isinstance(question.activation, Gated)
        self.others = "the other inputs" if is_gated else "an upstream"
        self.x = sample(question)
        self.differences: list[Difference] = []
        self.overwritten: list[Array] = []

    def behaviour(self) -> Behaviour | None:
        whole = self._call(self.x)
        if whole is None:
            _, answered = self.caller.resiliently(*self._arguments(self.x))
            if not answered.any():
                return None
            self.x = np.resize(self.x[answered], SAMPLE)
            whole = self._call(self.x)
        if whole is None:
            return None
        # What Python writes, the call itself notes; and a first call may say what it loads.
        written = self.caller.writes(*self._arguments(self.x))
        self._again(whole)
        self._shared(self.x)
        self._remembered(whole)
        not_judged = self.caller.not_judged()
        if "length" not in not_judged:
            self._lengths(whole)
            self._longer(whole)
            if Access.ARRAYS in self.caller.access:
                self._offsets(whole)
                self._shapes(whole, "length" if "layout" in not_judged else "layout")
        if "layout" not in not_judged:
            self._layouts(whole)
        return Behaviour(self.x, tuple(self.differences), written, tuple(self.overwritten))

    def _call(self, x: Array, *layouts: Layout) -> Array | None:
        return self.caller(*self._arguments(x, *layouts))

    def _arguments(
        self, x: Array, of_x: Layout = np.copy, of_upstream: Layout | None = None
    ) -> tuple[Array, ...]:
        """Arrays of their own, in these layouts; by default that of upstream is that of x."""
        if not self.question.has_factor:
            return (of_x(x),)
        upstream = np.where(np.isfinite(doubles(x)), x, x.dtype.type(1.5))
        first, *others = given(self.question, x, upstream)
        return of_x(first), *map(of_upstream or of_x, others)

    def _compare(
        self, kind: str, detail: str, x: Array, expected: Array | None, *layouts: Layout
    ) -> None:
        """Note where a call gives other bits: of the call itself if the next gives others."""
        got = self._call(x, *layouts)
        if got is None or expected is None or not self._differ(got, expected).any():
            return
        again = self._call(x, *layouts)
        if again is not None and self._differ(again, got).any():
            kind, detail = "not deterministic", f"{detail}, and others when called again"
        self._note(kind, detail, self._arguments(x, *layouts), got, expected)

    def _differ(self, left: Array, right: Array) -> Mask:
        return differ(left, right, self.question.format_)

    def _note(
        self,
        kind: str,
        detail: str,
        arguments: tuple[Array, ...],
        got: Array,
        expected: Array,
        *,
        may_be_right: bool = False,
    ) -> None:
        """Note the elements whose bits differ."""
        shape, broken = got.shape, self._differ(got, expected).reshape(-1)
        x, factor = taken(
            self.question, tuple(argument.reshape(-1)[broken] for argument in arguments)
        )
        got, other = (results.reshape(-1)[broken] for results in (got, expected))
        places = np.flatnonzero(broken)
        self.differences.append(
            Difference(
                kind,
                detail,
                x,
                got,
                other,
                factor,
                shape,
                places,
                may_be_right,
                tuple(map(Arrangement.of, arguments)),
            )
        )

    def _again(self, whole: Array) -> None:
        """The same call, at once and after others."""
        for _ in range(REPEATS):
            detail = "the same call, repeated, differs from the first"
            self._compare("not deterministic", detail, self.x, whole)
        for size in (3, 40):
            self._call(self.x[:size])
        if not self.differences:
            self._compare("state", "after calls of other lengths", self.x, whole)

    def _shared(self, x: Array) -> None:
        """What a call returns, the next one of the same shape leaves alone."""
        if self.caller.overwrites(self._arguments(x), self._arguments(x[::-1])):
            self.overwritten.append(x)

    def _remembered(self, whole: Array) -> None:
        """Other numbers give other results, however much the call looks like the last one."""
        if not are_right(self.question, whole, *taken(self.question, self._arguments(self.x))):
            return
        inner = np.arange(SAMPLE)
        inner[1:-1] = inner[-2:0:-1]
        others = self._arguments(self.x[inner])
        self._call(self.x)
        for reuse, detail in [
            (True, "other numbers in the memory of the last call"),
            (False, "other numbers in the shape of the last call, the first one the same"),
        ]:
            got = self.caller(*others, reuse=reuse)
            if got is not None and self._differ(got, whole[inner]).any():
                self._note("state", detail, others, got, whole[inner], may_be_right=True)

    def _lengths(self, whole: Array) -> None:
        for length in LENGTHS:
            detail = f"of {length} elements beside the first of {SAMPLE}"
            self._compare("length", detail, self.x[:length], whole[:length])

    def _offsets(self, whole: Array) -> None:
        for count in OFFSETS:
            detail = f"{count} elements into its memory"
            place = slice(count, count + 70)
            self._compare("length", detail, self.x[place], whole[place], offset(count))

    def _longer(self, whole: Array) -> None:
        for length in LONGER:
            detail = f"of {length} elements beside the first of {SAMPLE}"
            x = repeated(self.x, length)
            self._compare("length", detail, x, repeated(whole, length))
        self._shared(x)

    def _shapes(self, whole: Array, kind: str) -> None:
        for shape in (*SHAPES, *ROWS):
            x, expected = repeated(self.x, shape), repeated(whole, shape)
            self._compare(kind, f"in an array of shape {shape}", x, expected)

    def _layouts(self, whole: Array) -> None:
        for shape in ARRANGED:
            x, expected = repeated(self.x, shape), repeated(whole, shape)
            self._compare("layout", f"in an array of shape {shape}", x, expected)
            for name, layout in LAYOUTS.items():
                detail = f"in an array of shape {shape} {name}"
                self._compare("layout", detail, x, expected, layout)
                if self.question.has_factor:
                    detail = f"with {self.others} of shape {shape} {name}"
                    self._compare("layout", detail, x, expected, np.copy, layout)
                    detail = f"in an array of shape {shape}, but not {self.others}, {name}"
                    self._compare("layout", detail, x, expected, layout, np.copy)
            rows = np.broadcast_to(x[:1], shape)
            expected = np.broadcast_to(expected[:1], shape)
            self._compare("layout", f"broadcast to shape {shape}", rows, expected, broadcast)
            if self.question.has_factor:
                alike = self._call(x, np.copy, lambda u: one_number(u).copy())
                detail = f"with {self.others} of one number, broadcast to shape {shape}"
                self._compare("layout", detail, x, alike, np.copy, one_number)
