"""The last stage: findings and conventions, told of what was observed. It calls nobody."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from reference import Kink
from reference.arithmetic.types import Array
from verification.activations.lore import lore_of
from verification.candidates.implementation import Implementation
from verification.candidates.text import shown
from verification.candidates.trouble import Trouble
from verification.diagnosis.explain import Explanation
from verification.examination.accuracy import OTHER_NAN, OTHER_ZERO, Extent
from verification.examination.complaint import Complaint, simplest
from verification.examination.observed import Observed, key, numbers_at
from verification.examination.truth import Question, answer
from verification.kinds import KINDS

from .verdict import Convention, Finding, Region

READ_ONLY = "it works in place, and cannot where the input is read-only"
OTHERS = {
    OTHER_ZERO: "{count} zeros have another sign than the true value or its limit, "
    "in [{low:.6g}, {high:.6g}]",
    OTHER_NAN: "a number at NaN, which belongs to no piece of the function, as in the frameworks",
}
# Characters of a snippet that are shown.
LONGEST = 1000
NOT_ALONE = "only within a longer array"


@dataclass(frozen=True)
class Reporter:
    """Tells what was observed of one subject, examined and explained."""

    question: Question
    implementation: Implementation
    observed: Observed
    explanation: Explanation

    def findings(
        self, troubles: Sequence[Trouble], complaints: Sequence[Complaint]
    ) -> Iterator[Finding]:
        """One for each kind of misbehaviour in a call, of wrong results, and of broken laws."""
        yield from (
            self._of_trouble(trouble) for trouble in troubles if not self._is_legal(trouble)
        )
        yield from map(self._of_results, self.explanation.whys)
        yield from (self._of_complaint(broken) for broken in complaints if not broken.legal)

    def conventions(
        self, troubles: Sequence[Trouble], complaints: Sequence[Complaint]
    ) -> Iterator[Convention]:
        """What is legal, and chosen."""
        yield from self._kinks()
        yield from self._others()
        for trouble in filter(self._is_legal, troubles):
            x, said = trouble.arguments[0].reshape(-1), KINDS[trouble.kind].text
            at = float(x[simplest(x)][0]) if x.size else np.nan
            yield Convention(self.question.subject, at, f"{said}: {_described(trouble)}")
        for complaint in complaints:
            if complaint.legal:
                at, said = float(complaint.x[0]), f"{complaint.kind}: {complaint.detail}"
                yield Convention(self.question.subject, at, said)

    def _is_legal(self, trouble: Trouble) -> bool:
        """Whether it is told as a convention: a warning, unless the check is strict."""
        return trouble.kind == "warning" and not self.question.strict

    def _of_trouble(self, trouble: Trouble) -> Finding:
        nothing = np.zeros(1, self.question.format_.dtype)
        x, *others = (argument.reshape(-1) for argument in trouble.arguments)
        place = simplest(x) if x.size else slice(0)
        at, *upstream = (part[place] if x.size else nothing for part in (x, *others))
        silent = self.observed.seen.unanswered
        why = KINDS[trouble.kind].why
        if trouble.kind == "exception" and "read-only" in trouble.detail:
            why = READ_ONLY
        detail = _described(trouble)
        if KINDS[trouble.kind].silent and silent.wrong:
            region = _of_extent(silent)
            if self.observed.cut_short:
                detail += "; of the inputs without a result not all were tried alone"
        else:
            region = _of_inputs(x, max(x.size, 1))
        factor = upstream[0] if upstream else None
        return self._finding(
            trouble.kind, at, None, region, upstream=factor, why=why, detail=detail
        )

    def _of_results(self, kind: str) -> Finding:
        """The finding about the wrong results of a kind."""
        tally, shown = self.observed.seen.tallies[kind], self.observed.shrunk[kind]
        region = replace(_of_extent(tally), worst_ulp=tally.worst_ulp, worst_at=tally.worst_at)
        detail = "" if shown.shows or self.observed.expired else NOT_ALONE
        why = self.explanation.whys[kind]
        return self._finding(
            kind, shown.x, shown.got, region, upstream=shown.upstream, why=why, detail=detail
        )

    def _of_complaint(self, complaint: Complaint) -> Finding:
        """The finding about a broken law."""
        backward = self.question.subject == "backward"
        one, upstream = complaint.place(with_upstream=backward)
        if complaint.got is None:
            got = self.observed.alone[key(one, upstream)]
        else:
            got = complaint.got[simplest(complaint.x)]
        why = complaint.why or (self.explanation.main if self._follows(complaint) else None)
        region = _of_inputs(complaint.x, complaint.tried)
        return self._finding(
            complaint.kind, one, got, region, upstream=upstream, why=why, detail=complaint.detail
        )

    def _follows(self, complaint: Complaint) -> bool:
        """Whether a law is broken for the reason that the results are wrong for."""
        about_upstream = complaint.kind == "upstream" and "upstream" in (
            self.explanation.main or ""
        )
        return KINDS[complaint.kind].follows or about_upstream

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
        if factor is None and self.question.subject == "backward":
            factor = np.ones_like(x)
        with np.errstate(all="ignore"):
            nothing = np.full(1, np.nan).astype(format_.dtype)
            result = answer(self.question, x, nothing if got is None else got, factor)
            expected = float(result.expected[0])
            computed = None if got is None else float(got[0])
            absolute = np.nan if computed is None else abs(computed - expected)
        return Finding(
            kind=kind,
            subject=self.question.subject,
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
        text = templates[self.question.subject].replace("{x}", _literal(x))
        text = text.replace("{dtype}", self.question.format_.name)
        if self.question.format_.name == "float64":
            text = self.implementation.before_float64 + text
        if upstream is not None:
            text = text.replace("{upstream}", _literal(upstream))
        return shown(text, LONGEST)

    def _others(self) -> Iterator[Convention]:
        """Zeros of the other sign than the limit's, and numbers at NaN, where they are legal."""
        for kind, text in OTHERS.items():
            tally = self.observed.seen.tallies.get(kind)
            if tally is not None:
                said = text.format(count=tally.wrong, low=tally.low, high=tally.high)
                yield Convention(self.question.subject, tally.worst_at, said)

    def _kinks(self) -> Iterator[Convention]:
        """The element of the subdifferential that is chosen at each kink."""
        for kink, results in self.observed.kinks:
            numbers = numbers_at(kink, self.question.format_)
            legal = [
                (x, got)
                for x, got in zip(numbers, results, strict=True)
                if got is not None and not answer(self.question, x, got).wrong[0]
            ]
            if not legal:
                continue
            _, got = legal[0]
            said, whose = f"{got[0]}", f" ({self._whose(kink, got)})"
            if any(other != got for _, other in legal):
                each = (f"{got[0]} at {'-' if np.signbit(x[0]) else '+'}0" for x, got in legal)
                said, whose = " and ".join(each), ""
            text = f"derivative {said} at the kink {kink.at:g}{whose}"
            yield Convention(self.question.subject, kink.at, text)

    def _whose(self, kink: Kink, got: Array) -> str:
        """Who chooses this element of the subdifferential, or which it is."""
        ends = np.array([kink.left, kink.right]).astype(got.dtype).astype(np.float64)
        chosen = float(got[0])
        side = "left" if chosen == ends[0] else "right" if chosen == ends[1] else "middle"
        choices = lore_of(self.question.activation.name).choices
        return choices.get(side, f"{side} derivative")


def _described(trouble: Trouble) -> str:
    """What happened, and in an array of which shape, if it takes more than one number."""
    shape = trouble.arguments[0].shape
    is_one = trouble.arguments[0].size == 1
    return trouble.detail if is_one else f"{trouble.detail} (argument of shape {shape})"


def _of_inputs(x: Array, tried: int) -> Region:
    extent = Extent(tried=tried)
    extent.extend(x)
    return _of_extent(extent)


def _of_extent(extent: Extent) -> Region:
    low, high = extent.low, extent.high
    if low > high:  # all of it is NaN
        low = high = np.nan
    return Region(extent.wrong, extent.tried, low, high, 0.0, np.nan)


def _literal(x: Array) -> str:
    number = float(x[0])
    return str(x[0]) if np.isfinite(number) else f'float("{number}")'
