"""Numbers and lists as a reader wants them in a sentence."""

import re
from collections.abc import Iterable
from math import isfinite, isnan

SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
PLAIN = (1e-3, 1e5)
FIXED_BELOW = 1000
UNBREAKABLE = r" (?=[=<≤×%])|(?<=[=<≤×]) |(?<=[([].,) |(?<=[([]−.,) "


def number(value: float, digits: int = 3) -> str:
    """Write ``value`` with so many significant digits: 0.25, −1.28, 4.73 × 10⁻⁴."""
    if not isfinite(value):
        return _not_finite(value)
    mantissa, exponent = _parts(value, digits)
    power = f" × 10{str(exponent).translate(SUPERSCRIPTS)}" if exponent else ""
    return f"{mantissa}{power}".replace("-", "−")


def math_number(value: float, digits: int = 3) -> str:
    """Write what ``number`` writes as mathtext, for labels inside a figure."""
    mantissa, exponent = _parts(value, digits)
    power = f" \\times 10^{{{exponent}}}" if exponent else ""
    return f"${mantissa}{power}$"


def fixed(value: float, places: int = 5) -> str:
    """Write ``value`` with so many decimals for a column of numbers, or in powers of ten."""
    return f"{value:.{places}f}".replace("-", "−") if abs(value) < FIXED_BELOW else number(value)


def signed(value: float, digits: int = 17) -> str:
    """Write a fact of the catalogue: every digit it needs up to so many, −0 and ∞ as such."""
    if not isfinite(value):
        return _not_finite(value)
    shortest = repr(float(value)).removesuffix(".0")
    written = shortest if len(shortest) <= digits + 2 else f"{value:.{digits}g}"
    return written.replace("-", "−")


def typographic(text: str) -> str:
    """Keep relations, products, percentages and pairs on one line, and curl the apostrophes."""
    return re.sub(UNBREAKABLE, "\u00a0", text).replace("'", "’")


def percent(fraction: float) -> str:
    """Write a fraction as a percentage to a tenth: 49.9 %, 100 %.

    Only a fraction of exactly 0 or 1 is written as 0 % or 100 %.
    """
    rounded = f"{100 * fraction:.1f}"
    if fraction in {0, 1}:
        return f"{_trimmed(rounded)} %"
    if float(rounded) in {0, 100}:
        return f"{'less' if fraction < 1 / 2 else 'more'} than {abs(float(rounded) - 0.1):.1f} %"
    return f"{rounded} %"


def listing(items: Iterable[str]) -> str:
    """Join with commas and a last "and": "A, B and C"; of nothing, "none"."""
    *head, last = [*items] or ["none"]
    return f"{', '.join(head)} and {last}" if head else last


def _parts(value: float, digits: int) -> tuple[str, int]:
    """Return mantissa and exponent of ten, the exponent 0 where the number needs none.

    Trailing zeros are dropped where the decimal is the very double: 0.25, but 2.70 for 2.7001.
    """
    scientific = f"{value:.{digits - 1}e}"
    mantissa, exponent = scientific.split("e")
    power = int(exponent)
    if value == 0 or PLAIN[0] <= abs(value) < PLAIN[1]:
        mantissa, power = f"{float(scientific):.{max(digits - 1 - power, 0)}f}", 0
    return (_trimmed(mantissa) if float(scientific) == value else mantissa), power


def _not_finite(value: float) -> str:
    if isnan(value):
        return "NaN"
    return "∞" if value > 0 else "−∞"


def _trimmed(written: str) -> str:
    return written.rstrip("0").rstrip(".") if "." in written else written
