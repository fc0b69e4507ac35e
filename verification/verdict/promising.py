"""How a verdict tells what it promises: between which numbers nothing wrong can hide."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from reference.arithmetic.formats import Format

# Larger powers of two are told as such.
SPELLED = 1 << 20
# A share of a binade.
WORTH_TELLING = Fraction(1, 64)


def promise_told(promise: Mapping[str, int], format_: Format) -> Iterator[str]:
    """The line about it, if there is anything to tell; subjects of one promise together."""
    named: dict[int, list[str]] = {}
    for subject, stride in promise.items():
        named.setdefault(stride, []).append(subject)
    clauses = [
        (f"{', '.join(subjects)}: " if len(named) > 1 else "") + _clause(stride, format_)
        for stride, subjects in named.items()
    ]
    if clauses:
        yield f"promise: {'; '.join(clauses)}"


def _clause(stride: int, format_: Format) -> str:
    if stride == 1:
        return "every number was tried"
    count = str(stride) if stride < SPELLED else f"2^{stride.bit_length() - 1}"
    part = Fraction(stride, 1 << format_.precision - 1)
    share = f" ({part} of a binade's)" if part >= WORTH_TELLING else ""
    if part >= 1:
        share = f" ({part} binade{'' if part == 1 else 's'})"
    return f"no wrong band of {count} neighbouring numbers{share} or more can hide"
