"""Findings and conventions, made of what was seen: place, numbers, reason, snippet."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from reference.arithmetic.types import Array
from verification.candidates.calls import Subject, Trouble
from verification.candidates.implementation import Implementation
from verification.examination.accuracy import OTHER_NAN, OTHER_ZERO, Extent, Survey, Tally
from verification.examination.complaint import Complaint
from verification.examination.shrinking import complexity, shrink
from verification.examination.truth import Question, answer

from .verdict import KINDS, Convention, Finding, Region

if TYPE_CHECKING:
    from verification.diagnosis.patterns import Case

# Who chooses which derivative at a kink.
CHOICES = {
    ("relu", "left"): "PyTorch's, JAX's and TensorFlow's choice",
    ("relu", "middle"): "the mean of both sides, as of jax.numpy.maximum",
    ("leaky_relu", "left"): "PyTorch's and TensorFlow's choice",
    ("leaky_relu", "right"): "JAX's choice",
}
WHY_OF_TROUBLES = {
    "input written": "it works in place",
    "read-only": "it works in place, and cannot where the input is read-only",
    "dtype": "a constant or a conversion of another precision decides the dtype",
}
OTHERS = {
    OTHER_ZERO: "{count} zeros have the other sign than the limit, in [{low:.6g}, {high:.6g}]",
    OTHER_NAN: "a number at NaN, which belongs to no piece of the function, as in the frameworks",
}
# Laws that fall with the accuracy, and for the same reason.
LAWS = ("out of bounds", "not monotone", "not symmetric", "inconsistent")
# Wrong results that a diagnosis looks at, and the least of a kind.
DIAGNOSED = 1500
LEAST = 40
# Troubles after which there are inputs without a result.
WITHOUT_RESULT = ("crash", "hang", "exception")
NOT_ALONE = "only within a longer array"


class Reporter:
    """Writes the findings about one subject of an implementation."""

    def __init__(
        self, question: Question, subject: Subject, implementation: Implementation
    ) -> None:
        self.question, self.subject, self.implementation = question, subject, implementation
        self.why: str | None = None

    def of_tallies(self, seen: Survey) -> list[Finding]:
        """One finding for each kind of wrong results."""
        kinds = {kind: tally for kind, tally in seen.tallies.items() if kind in KINDS}
        if not kinds:
            return []
        whys = self._whys(seen, kinds)
        return [self._of_tally(kind, tally, whys[kind]) for kind, tally in kinds.items()]

    def _of_tally(self, kind: str, tally: Tally, why: str | None) -> Finding:
        x, got, upstream, alone = shrink(kind, self.question, self.subject, tally)
        region = replace(self._of_extent(tally), worst_ulp=tally.worst_ulp, worst_at=tally.worst_at)
        detail = "" if alone or self.subject.expired else NOT_ALONE
        return self._finding(kind, x, got, region, upstream=upstream, why=why, detail=detail)

    def _whys(self, seen: Survey, kinds: dict[str, Tally]) -> dict[str, str | None]:
        """The reason for all the wrong results, of the kinds that it explains; else their own."""
        from verification.diagnosis.reasons import diagnose  # noqa: PLC0415  SciPy only where it is needed

        step = sum(tally.sampled for tally in kinds.values()) // DIAGNOSED + 1
        cases = {kind: self._case(seen, {kind: tally}, step) for kind, tally in kinds.items()}
        joint = diagnose(self._case(seen, kinds, step))
        places = np.repeat(list(kinds), [case.x.size for case in cases.values()])
        whys: dict[str, str | None] = {}
        for kind, case in cases.items():
            covered = joint is not None and joint.covers(places == kind)
            reason = joint if covered else diagnose(case)
            whys[kind] = None if reason is None else reason.sentence
        self.why = whys.get("inaccurate") if joint is None else joint.sentence
        return whys

    def _case(self, seen: Survey, tallies: dict[str, Tally], step: int) -> "Case":
        """One of so many wrong results of each kind; of few results, more."""
        from verification.diagnosis.patterns import Case  # noqa: PLC0415  likewise

        samples = [tally.sample(max(tally.sampled // step, LEAST)) for tally in tallies.values()]
        x, got, upstream = zip(*samples, strict=True)
        factors = [part for part in upstream if part is not None]
        return Case(
            self.question,
            np.concatenate(x),
            np.concatenate(got),
            np.concatenate(factors) if factors else None,
            right=seen.right(),
            wrong=sum(seen.looked.get(kind, 0) for kind in tallies),
        )

    def of_troubles(self, troubles: list[Trouble], seen: Survey) -> list[Finding]:
        """One finding for each kind of misbehaviour in a call."""
        return [self._of_trouble(trouble, seen) for trouble in troubles]

    def _of_trouble(self, trouble: Trouble, seen: Survey) -> Finding:
        nothing = np.zeros(1, self.question.format_.dtype)
        x, *others = (argument.reshape(-1) for argument in trouble.arguments)
        place = _simplest(x) if x.size else slice(0)
        at, *upstream = (part[place] if x.size else nothing for part in (x, *others))
        silent = seen.unanswered
        why = WHY_OF_TROUBLES.get(trouble.kind)
        if trouble.kind == "exception" and "read-only" in trouble.detail:
            why = WHY_OF_TROUBLES["read-only"]
        detail = trouble.detail
        if x.size != 1:
            detail += f" (argument of shape {trouble.arguments[0].shape})"
        if trouble.kind in WITHOUT_RESULT and silent.wrong:
            region = self._of_extent(silent)
            if self.subject.cut_short:
                detail += "; of the inputs without a result not all were tried alone"
        else:
            region = self._of_inputs(x, max(x.size, 1))
        factor = upstream[0] if upstream else None
        return self._finding(
            trouble.kind, at, None, region, upstream=factor, why=why, detail=detail
        )

    def of_complaint(self, complaint: Complaint) -> Finding:
        """The finding about a broken law."""
        x = complaint.x.reshape(-1)
        place = _simplest(x)
        one, upstream, got = x[place], None, None
        if complaint.upstream is not None:
            upstream = complaint.upstream[place]
        elif self.subject.name == "backward":
            upstream = np.ones_like(one)
        if complaint.got is not None:
            got = complaint.got[place]
        else:
            arguments = (one,) if upstream is None else (one, upstream)
            results, answered = self.subject.resiliently(*arguments, warns=False)
            got = results if answered[0] else None
        region = self._of_inputs(x, complaint.tried)
        return self._finding(
            complaint.kind,
            one,
            got,
            region,
            upstream=upstream,
            why=complaint.why or (self.why if self._falls_with_accuracy(complaint) else None),
            detail=complaint.detail,
        )

    def _falls_with_accuracy(self, complaint: Complaint) -> bool:
        about_upstream = complaint.kind == "upstream" and "upstream" in (self.why or "")
        return complaint.kind in LAWS or about_upstream

    def _of_inputs(self, x: Array, tried: int) -> Region:
        extent = Extent(tried=tried)
        extent.extend(x)
        return self._of_extent(extent)

    def _of_extent(self, extent: Extent) -> Region:
        low, high = extent.low, extent.high
        if low > high:  # all of it is NaN
            low = high = np.nan
        return Region(extent.wrong, extent.tried, low, high, 0.0, np.nan)

    def _finding(  # noqa: PLR0913  the parts of a finding
        self,
        kind: str,
        x: Array,
        got: Array | None,
        region: Region,
        *,
        upstream: Array | None = None,
        why: str | None = None,
        detail: str = "",
    ) -> Finding:
        format_ = self.question.format_
        factor = upstream
        if factor is None and self.subject.name == "backward":
            factor = np.ones_like(x)
        with np.errstate(all="ignore"):
            nothing = np.full(1, np.nan).astype(format_.dtype)
            result = answer(self.question, x, nothing if got is None else got, factor)
            expected = float(result.expected[0])
            computed = None if got is None else float(got[0])
            absolute = np.nan if computed is None else abs(computed - expected)
        return Finding(
            kind=kind,
            subject=self.subject.name,
            at=float(x[0]),
            bits=f"0x{int(x.view(format_.bits)[0]):0{2 * format_.dtype.itemsize}x}",
            got=computed,
            expected=expected,
            ulp=np.nan if computed is None else float(result.ulp[0]),
            absolute=absolute,
            region=region,
            why=why,
            snippet=self._snippet(x, factor),
            detail=detail,
            decimal=str(x[0]),
            upstream=None if factor is None else float(factor[0]),
        )

    def _snippet(self, x: Array, upstream: Array | None) -> str:
        templates = {
            "value": self.implementation.call,
            "derivative": self.implementation.derivative_call or self.implementation.call,
            "backward": self.implementation.backward_call or self.implementation.call,
        }
        text = templates[self.subject.name].replace("{x}", _literal(x))
        text = text.replace("{dtype}", self.question.format_.name)
        if self.question.format_.name == "float64":
            text = self.implementation.before_float64 + text
        return text if upstream is None else text.replace("{upstream}", _literal(upstream))

    def others(self, seen: Survey) -> list[Convention]:
        """Zeros of the other sign than the limit's, and numbers at NaN, where they are legal."""
        conventions = []
        for kind, text in OTHERS.items():
            tally = seen.tallies.get(kind)
            if tally is not None:
                said = text.format(count=tally.wrong, low=tally.low, high=tally.high)
                conventions.append(Convention(self.subject.name, tally.worst_at, said))
        return conventions

    def kinks(self) -> list[Convention]:
        """The element of the subdifferential that is chosen at each kink."""
        if self.subject.name != "derivative":
            return []
        conventions = []
        for kink in self.question.activation.kinks:
            x = np.full(1, kink.at).astype(self.question.format_.dtype)
            got, answered = self.subject.resiliently(x, warns=False)
            if not answered[0] or answer(self.question, x, got).wrong[0]:
                continue
            chosen = float(got[0])
            ends = np.array([kink.left, kink.right]).astype(got.dtype).astype(np.float64)
            side = "left" if chosen == ends[0] else "right" if chosen == ends[1] else "middle"
            whose = CHOICES.get((self.question.activation.name, side), f"{side} derivative")
            text = f"derivative {got[0]} at the kink {kink.at:g} ({whose})"
            conventions.append(Convention(self.subject.name, kink.at, text))
        return conventions


def _simplest(x: Array) -> slice:
    place = int(np.argmin(complexity(x.astype(np.float64))))
    return slice(place, place + 1)


def _literal(x: Array) -> str:
    number = float(x[0])
    return str(x[0]) if np.isfinite(number) else f'float("{number}")'
