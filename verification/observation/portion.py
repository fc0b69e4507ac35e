"""A portion of the patterns of a format, and what comes of it."""

from collections.abc import Iterable
from typing import NamedTuple

from reference.arithmetic.formats import Format
from verification.candidates.trouble import Trouble
from verification.examination.accuracy import Accuracy

PORTION = 1 << 24
# Ranges of patterns that are told one by one.
TOLD = 4


class Portion(NamedTuple):
    """What was seen, what went wrong besides (see `Caller`), and how many patterns were tried."""

    number: int
    seen: Accuracy
    troubles: dict[str, Trouble]
    cut_short: bool
    expired: str
    tried: int


def patterns(format_: Format) -> int:
    """How many a format has."""
    return 1 << format_.width


def patterns_of(format_: Format, number: int, size: int = PORTION) -> range:
    """Those of a portion: 2^24 of them, or all that a format has."""
    first = number * size
    return range(first, first + min(size, patterns(format_)))


def left_by(format_: Format, parts: Iterable[Portion], size: int = PORTION) -> str:
    """Which patterns the portions have left out, in a clause; empty if none."""
    left: list[tuple[int, int]] = []
    tried = 0
    for part in sorted(parts, key=lambda part: part.number):
        whole = patterns_of(format_, part.number, size)
        tried += part.tried
        if part.tried < len(whole):
            start = whole.start + part.tried
            if left and left[-1][1] == start:
                start = left.pop()[0]
            left.append((start, whole.stop))
    if not left:
        return ""
    digits = format_.width // 4
    ranges = [f"0x{start:0{digits}x} to 0x{stop - 1:0{digits}x}" for start, stop in left]
    more = f" and {len(left) - TOLD} more ranges" if len(left) > TOLD else ""
    return (
        f"{tried:,} of {patterns(format_):,} patterns were tried, and not "
        f"{', '.join(ranges[:TOLD])}{more}"
    )
