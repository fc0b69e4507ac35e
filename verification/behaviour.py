"""Behaviour: what a function does besides computing, and whether its bits depend on it.

Shapes and dtype are kept, the bits of an element are the same whatever the length, offset and
layout of its array, the input is not written to, the result is the caller's own, and no call
depends on an earlier one. What a single call does, `calls.Subject` notes by itself.
"""

from collections.abc import Callable, Iterator

import numpy as np

from reference.arithmetic.types import Array, Mask

from .calls import Subject
from .complaint import Complaint
from .noise import noise_of
from .truth import LENGTH, Question, answer
from .ulp import Format

SHAPES = ((), (0,), (3, 0, 2), (1,), (7,), (3, 5), (1, 4, 1), (2, 3, 4, 5))
LENGTHS = (*range(1, 66), 127, 128, 129, 255, 257, 511, 513, 1000, 1023, 1025)
OFFSETS = (1, 2, 3, 4, 5, 7, 8, 9, 15, 17)
SAMPLE = 1200
REPEATS = 4
# More than any block, and a multiple of no power of two.
LONG = (1 << 20) + 65
# A prime, so that the pattern meets every lane.
PERIOD = 1021
ROWS, COLUMNS = 11, 12


def sample(question: Question) -> Array:
    """Numbers of the active range and the tails, with special ones among them."""
    steps = np.arange(SAMPLE) * 0.6180339887498949 % 1
    numbers = 12 * (2 * steps - 1) * np.resize([1, 1, 0.1, 8], SAMPLE)
    edges = [0.0, -0.0, np.inf, -np.inf, np.nan, 1.0, question.format_.largest]
    numbers[5::29] = np.resize(edges, numbers[5::29].size)
    narrowed: Array = numbers.astype(question.format_.dtype)
    return narrowed


def differ(left: Array, right: Array, format_: Format) -> Mask:
    """Where the bits are not the same; one NaN is as good as another."""
    left, right = np.ascontiguousarray(left), np.ascontiguousarray(right)
    bits: Mask = left.view(format_.bits) != right.view(format_.bits)
    if bits.any():
        bits &= ~(np.isnan(left.astype(np.float64)) & np.isnan(right.astype(np.float64)))
    return bits


def unaligned(x: Array) -> Array:
    """A copy that starts one byte past an aligned address."""
    view = np.zeros(x.nbytes + 1, np.uint8)[1:].view(x.dtype).reshape(x.shape)
    view[...] = x
    return view


def read_only(x: Array) -> Array:
    """A copy that cannot be written to."""
    copy = x.copy()
    copy.flags.writeable = False
    return copy


def strided(x: Array) -> Array:
    """Every third element of a longer array."""
    longer = np.zeros((*x.shape[:-1], 3 * x.shape[-1]), x.dtype)
    longer[..., ::3] = x
    return longer[..., ::3]


LAYOUTS: dict[str, Callable[[Array], Array]] = {
    "transposed": lambda x: x.T.copy().T,
    "in Fortran order": np.asfortranarray,
    "of negative stride": lambda x: x[::-1].copy()[::-1],
    "of negative strides": lambda x: x[::-1, ::-1].copy()[::-1, ::-1],
    "strided": strided,
    "unaligned": unaligned,
    "read-only": read_only,
}


class Behaviour:
    """The behaviour of one subject; backward gets upstreams of the same shape and layout."""

    def __init__(self, question: Question, subject: Subject) -> None:
        self.question, self.subject = question, subject
        self.x = sample(question)
        self.complaints: list[Complaint] = []

    def judge(self) -> list[Complaint]:
        """Try everything, at the numbers of the sample that have a result."""
        whole = self._call(self.x.copy())
        if whole is None:
            _, answered = self.subject.resiliently(*self._arguments(self.x))
            if not answered.any():
                return []
            self.x = np.resize(self.x[answered], SAMPLE)
            whole = self._call(self.x.copy())
        if whole is None:
            return []
        self._shapes()
        self._noise()
        self._repeated(whole)
        self._lengths(whole)
        self._layouts(whole)
        self._long(whole)
        return self.complaints

    def _call(self, x: Array) -> Array | None:
        return self.subject(*self._arguments(x))

    def _arguments(self, x: Array) -> tuple[Array, ...]:
        # The same array twice would hide a write to one of them.
        return (x, self._upstream(x)) if self.subject.name == "backward" else (x,)

    def _upstream(self, x: Array) -> Array:
        upstream = x.copy(order="K")
        with np.errstate(all="ignore"):
            upstream[...] = np.where(np.isfinite(x.astype(np.float64)), x, 1.5)
        return upstream

    def _complain(self, kind: str, detail: str, x: Array, got: Array, expected: Array) -> None:
        """Complain where the bits differ, unless the difference is legal."""
        broken = differ(got, expected, self.question.format_)
        if not broken.any():
            return
        at = np.ascontiguousarray(x)[broken]
        lenient = kind == "layout" or LENGTH in self.question.allow
        legal = lenient and not self.question.strict and self._is_right(at, got[broken])
        legal &= kind in {"layout", "length"}
        if all((c.kind, c.legal) != (kind, legal) for c in self.complaints):
            self.complaints.append(Complaint(kind, detail, at, x.size, legal=legal))

    def _is_right(self, x: Array, got: Array) -> bool:
        upstream = self._upstream(x) if self.subject.name == "backward" else None
        return not answer(self.question, x, got, upstream).wrong.any()

    def _shapes(self) -> None:
        """Shape and dtype are looked at by the call itself."""
        for shape in SHAPES:
            self._call(self.x[: int(np.prod(shape))].reshape(shape).copy())

    def _noise(self) -> None:
        """What Python writes, the call itself notes; and a first call may say what it loads."""
        said = noise_of(lambda: self._call(self.x.copy()))
        if said:
            detail = f"compiled code wrote {said.decode(errors='replace')!r}"
            self.complaints.append(Complaint("output", detail, self.x, self.x.size))

    def _repeated(self, whole: Array) -> None:
        for _ in range(REPEATS):
            again = self._call(self.x.copy())
            if again is not None:
                detail = "the same call, repeated, differs from the first"
                self._complain("not deterministic", detail, self.x, again, whole)
        arguments = self._arguments(self.x.copy())
        first = self.subject.guarded(arguments)
        if not isinstance(first, np.ndarray):
            return
        kept = first.tobytes()
        other = self._call(self.x[::-1].copy())
        if first.tobytes() != kept:
            detail = "the next call overwrites what the last one returned"
            self.complaints.append(Complaint("shared result", detail, self.x, self.x.size))
        if other is not None and self._is_right(self.x, whole):
            backwards = other[::-1].copy()
            if not self._is_right(self.x, backwards):
                detail = "with other numbers, after a call of the same shape"
                self._complain("state", detail, self.x, backwards, whole)
        for size in (3, 40):
            self._call(self.x[:size].copy())
        last = self._call(self.x.copy())
        if last is not None and not self.complaints:
            self._complain("state", "after calls of other lengths", self.x, last, whole)

    def _lengths(self, whole: Array) -> None:
        for length in LENGTHS:
            part = self._call(self.x[:length].copy())
            if part is not None:
                detail = f"of {length} elements beside the first of {SAMPLE}"
                self._complain("length", detail, self.x[:length], part, whole[:length])
        for offset in OFFSETS:
            part = self._call(self.x.copy()[offset : offset + 70])
            if part is not None:
                place = slice(offset, offset + 70)
                detail = f"{offset} elements into its memory"
                self._complain("length", detail, self.x[place], part, whole[place])

    def _layouts(self, whole: Array) -> None:
        plain = self.x[: ROWS * COLUMNS].reshape(ROWS, COLUMNS)
        expected = whole[: ROWS * COLUMNS].reshape(ROWS, COLUMNS)
        for name, layout in LAYOUTS.items():
            result = self._call(layout(plain))
            if result is not None:
                self._complain("layout", f"in an array {name}", plain, result, expected)

    def _long(self, whole: Array) -> None:
        x = np.resize(self.x[:PERIOD], LONG)
        result = self._call(x)
        if result is not None:
            detail = f"of {LONG} elements beside the first of {SAMPLE}"
            self._complain("length", detail, x, result, np.resize(whole[:PERIOD], LONG))


def upstream_laws(question: Question, subject: Subject) -> Iterator[Complaint]:
    """Backward with upstream zero, infinite and NaN, doubled and negated."""
    format_ = question.format_
    x = np.array([-3.0, -2.0, -0.25, 0.5, 1.0, 3.0]).astype(format_.dtype)
    slope = np.asarray(question.activation.derivative(x), np.float64)
    results = {}
    for name, factor in {"1": 1.0, "2": 2.0, "-1": -1.0, "0": 0.0, "inf": np.inf}.items():
        result = subject(x.copy(), np.full(x.shape, factor).astype(format_.dtype))
        if result is None:
            return
        results[name] = result.astype(np.float64)
    nothing = subject(x.copy(), np.full(x.shape, np.nan).astype(format_.dtype))
    if nothing is None:
        return
    flat = slope == 0
    with np.errstate(all="ignore"):
        laws = {
            "an upstream of 2 does not give twice that of 1": results["2"] != 2 * results["1"],
            "the opposite upstream does not give the opposite": results["-1"] != -results["1"],
            "an upstream of 0 does not give 0": results["0"] != 0,
            "an infinite upstream does not give an infinity of the derivative's sign": (
                (results["inf"] != slope * np.inf) & ~flat
            ),
            "a NaN upstream does not give NaN": ~np.isnan(nothing.astype(np.float64)) & ~flat,
        }
        dropped = flat & ~np.isnan(nothing.astype(np.float64))
    for detail, broken in laws.items():
        if broken.any():
            yield Complaint("upstream", detail, x[broken], x.size)
    if dropped.any():
        detail = "a NaN upstream is dropped where the derivative is 0, as in PyTorch"
        yield Complaint("upstream", detail, x[dropped], x.size, legal=True)
