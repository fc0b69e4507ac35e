"""Behaviour: what a function does besides computing, and whether its bits depend on it.

Shapes and dtype are kept, the bits of an element are the same whatever the shape, length, offset
and layout of its array, the input is not written to, the result is the caller's own, and no call
depends on an earlier one. What a single call does, `calls.Subject` notes by itself.
"""

from collections.abc import Iterator

import numpy as np

from reference.arithmetic.types import Array, Mask
from verification.candidates.calls import Subject
from verification.candidates.noise import noise_of
from verification.numbers.arrangements import LAYOUTS, SHAPES, Layout, broadcast

from .accuracy import differ
from .complaint import Complaint
from .truth import LENGTH, Question, answer

LENGTHS = (*range(1, 66), 127, 128, 129, 255, 257, 1023, 1025)
OFFSETS = (1, 2, 3, 4, 5, 7, 8, 9, 15, 17)
SAMPLE = 1200
REPEATS = 4
# More than the sample, up to more than any block; the last a multiple of no power of two.
LONGER = (4095, 4097, (1 << 16) + 1, (1 << 20) + 65)
# A prime, so that the pattern meets every lane.
PERIOD = 1021
# Of arrays in different layouts: more rows than the 1024 threads of a block among them.
ARRANGED = ((129,), (12, 11), (2, 6, 11), (1031, 3))


def sample(question: Question) -> Array:
    """Numbers of the active range and the tails, with special ones among them."""
    steps = np.arange(SAMPLE) * 0.6180339887498949 % 1
    numbers = 12 * (2 * steps - 1) * np.resize([1, 1, 0.1, 8], SAMPLE)
    edges = [0.0, -0.0, np.inf, -np.inf, np.nan, 1.0, question.format_.largest]
    numbers[5::29] = np.resize(edges, numbers[5::29].size)
    narrowed: Array = numbers.astype(question.format_.dtype)
    return narrowed


def repeated(numbers: Array, shape: int | tuple[int, ...]) -> Array:
    """The first numbers of the sample, or of its results, over and over in another shape."""
    return np.resize(numbers[:PERIOD], shape)


def offset(count: int) -> Layout:
    """The layout of an array so many elements into its memory."""
    return lambda x: np.concatenate([x[:1].repeat(count), x])[count:]


def one_number(upstream: Array) -> Array:
    """A single number in the place of all, as the gradient of a sum is."""
    return np.broadcast_to(upstream.dtype.type(1.5), upstream.shape)


class Behaviour:
    """The behaviour of one subject; backward gets upstreams of the same shape as x.

    Their elements depend on those of x, so that the results are those of x alone. Their layout is
    that of x, and another.
    """

    def __init__(self, question: Question, subject: Subject) -> None:
        self.question, self.subject = question, subject
        self.x = sample(question)
        self.complaints: list[Complaint] = []

    def judge(self) -> list[Complaint]:
        """Try everything, at the numbers of the sample that have a result."""
        whole = self._call(self.x)
        if whole is None:
            _, answered = self.subject.resiliently(*self._arguments(self.x))
            if not answered.any():
                return []
            self.x = np.resize(self.x[answered], SAMPLE)
            whole = self._call(self.x)
        if whole is None:
            return []
        self._noise()
        self._again(whole)
        self._shared(self.x)
        self._remembered(whole)
        self._lengths(whole)
        self._longer(whole)
        if "layout" not in self.subject.not_judged:
            self._offsets(whole)
            self._shapes(whole)
            self._layouts(whole)
        return self.complaints

    def _call(self, x: Array, *layouts: Layout) -> Array | None:
        return self.subject(*self._arguments(x, *layouts))

    def _arguments(
        self, x: Array, of_x: Layout = np.copy, of_upstream: Layout | None = None
    ) -> tuple[Array, ...]:
        """Arrays of their own, in these layouts; by default that of upstream is that of x."""
        if self.subject.name != "backward":
            return (of_x(x),)
        upstream = np.where(np.isfinite(x.astype(np.float64)), x, x.dtype.type(1.5))
        return of_x(x), (of_upstream or of_x)(upstream)

    def _compare(
        self, kind: str, detail: str, x: Array, expected: Array | None, *layouts: Layout
    ) -> None:
        """Complain where a call gives other bits: of the call itself if the next gives others."""
        got = self._call(x, *layouts)
        if got is None or expected is None or not self._differ(got, expected).any():
            return
        again = self._call(x, *layouts)
        if again is not None and self._differ(again, got).any():
            kind, detail = "not deterministic", f"{detail}, and others when called again"
        self._complain(kind, detail, self._arguments(x, *layouts), got, expected)

    def _differ(self, left: Array, right: Array) -> Mask:
        return differ(left, right, self.question.format_)

    def _complain(
        self, kind: str, detail: str, arguments: tuple[Array, ...], got: Array, expected: Array
    ) -> None:
        """Complain about the bits that differ, unless the difference is legal."""
        broken = self._differ(got, expected).reshape(-1)
        got, x, *upstream = (array.reshape(-1)[broken] for array in (got, *arguments))
        lenient = kind == "layout" or (kind == "length" and LENGTH in self.question.allow)
        legal = lenient and not self.question.strict and self._are_right(got, x, *upstream)
        factor = upstream[0] if upstream else None
        self._add(Complaint(kind, detail, x, broken.size, legal=legal, got=got, upstream=factor))

    def _add(self, complaint: Complaint) -> None:
        """One complaint of a kind is enough."""
        if all((c.kind, c.legal) != (complaint.kind, complaint.legal) for c in self.complaints):
            self.complaints.append(complaint)

    def _are_right(self, got: Array, x: Array, upstream: Array | None = None) -> bool:
        return not answer(self.question, x, got, upstream).wrong.any()

    def _noise(self) -> None:
        """What Python writes, the call itself notes; and a first call may say what it loads."""
        said = noise_of(lambda: self._call(self.x))
        if said:
            detail = f"compiled code wrote {said.decode(errors='replace')!r}"
            self._add(Complaint("output", detail, self.x, self.x.size))

    def _again(self, whole: Array) -> None:
        """The same call, at once and after others."""
        for _ in range(REPEATS):
            detail = "the same call, repeated, differs from the first"
            self._compare("not deterministic", detail, self.x, whole)
        for size in (3, 40):
            self._call(self.x[:size])
        if not self.complaints:
            self._compare("state", "after calls of other lengths", self.x, whole)

    def _shared(self, x: Array) -> None:
        """What a call returns, the next one of the same shape leaves alone."""
        first = self.subject.guarded(self._arguments(x))
        if not isinstance(first, np.ndarray):
            return
        kept = first.tobytes()
        self._call(x[::-1])
        if first.tobytes() != kept:
            detail = f"the next call overwrites what the last one returned, of {x.size} elements"
            self._add(Complaint("shared result", detail, x, x.size))

    def _remembered(self, whole: Array) -> None:
        """Other numbers give other results, however much the call looks like the last one."""
        if not self._are_right(whole, *self._arguments(self.x)):
            return
        inner = np.arange(SAMPLE)
        inner[1:-1] = inner[-2:0:-1]
        given, others = self._arguments(self.x), self._arguments(self.x[inner])
        self.subject(*given)
        for argument, other in zip(given, others, strict=True):
            argument[...] = other
        for arguments, detail in [
            (given, "other numbers in the memory of the last call"),
            (others, "other numbers in the shape of the last call, the first one the same"),
        ]:
            got = self.subject(*arguments)
            asked = self._arguments(self.x[inner])
            if got is not None and not self._are_right(got, *asked):
                self._complain("state", detail, asked, got, whole[inner])

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

    def _shapes(self, whole: Array) -> None:
        for shape in SHAPES:
            x, expected = repeated(self.x, shape), repeated(whole, shape)
            self._compare("layout", f"in an array of shape {shape}", x, expected)

    def _layouts(self, whole: Array) -> None:
        for shape in ARRANGED:
            x, expected = repeated(self.x, shape), repeated(whole, shape)
            self._compare("layout", f"in an array of shape {shape}", x, expected)
            for name, layout in LAYOUTS.items():
                detail = f"in an array of shape {shape} {name}"
                self._compare("layout", detail, x, expected, layout)
                if self.subject.name == "backward":
                    detail = f"with an upstream of shape {shape} {name}"
                    self._compare("layout", detail, x, expected, np.copy, layout)
            rows = np.broadcast_to(x[:1], shape)
            expected = np.broadcast_to(expected[:1], shape)
            self._compare("layout", f"broadcast to shape {shape}", rows, expected, broadcast)
            if self.subject.name == "backward":
                alike = self._call(x, np.copy, lambda u: one_number(u).copy())
                detail = f"with an upstream of one number, broadcast to shape {shape}"
                self._compare("layout", detail, x, alike, np.copy, one_number)


def upstream_laws(question: Question, subject: Subject) -> Iterator[Complaint]:
    """Backward with upstream zero, infinite and NaN, doubled and negated."""
    format_ = question.format_
    x = np.array([-3.0, -2.0, -0.25, 0.5, 1.0, 3.0]).astype(format_.dtype)
    slope = np.asarray(question.activation.derivative(x), np.float64)
    results = {}
    for factor in (1.0, 2.0, -1.0, 0.0, np.inf, np.nan):
        result = subject(x.copy(), np.full(x.shape, factor).astype(format_.dtype))
        if result is None:
            return
        results[factor] = result.astype(np.float64)
    flat = slope == 0
    with np.errstate(all="ignore"):
        breaches = [
            (2.0, results[2] != 2 * results[1], "2 does not give twice that of 1"),
            (-1.0, results[-1] != -results[1], "-1 does not give the opposite of 1"),
            (0.0, results[0] != 0, "0 does not give 0"),
            (
                np.inf,
                (results[np.inf] != slope * np.inf) & ~flat,
                "∞ does not give an infinity of the derivative's sign",
            ),
            (np.nan, ~np.isnan(results[np.nan]) & ~flat, "NaN does not give NaN"),
        ]
        dropped = flat & ~np.isnan(results[np.nan])
    breaches = [breach for breach in breaches if breach[1].any()]
    if breaches:
        factor, broken, _ = breaches[0]
        detail = ", ".join(said for *_, said in breaches)
        upstream = np.full(x.shape, factor).astype(format_.dtype)
        yield Complaint(
            "upstream", f"an upstream of {detail}", x[broken], x.size, upstream=upstream[broken]
        )
    if dropped.any():
        detail = "a NaN upstream is dropped where the derivative is 0, as in PyTorch"
        yield Complaint("upstream", detail, x[dropped], x.size, legal=True)
