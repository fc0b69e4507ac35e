"""Numbers as other formats have them: what is left of one that is stored in fewer bits on the way.

Each is an operation of its name, for formulas that are made here; the language has none of them.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from reference.arithmetic.formats import FORMATS
from reference.arithmetic.types import Array

# The significand of TF32 has 11 bits, in 19 bits of float32's 32; bfloat16 has its upper 16.
TF32_BITS, BFLOAT16_BITS = 13, 16


def _in(name: str) -> Callable[[Array], Any]:
    dtype = FORMATS[name].dtype
    return lambda numbers: numbers.astype(dtype).astype(numbers.dtype)


def _without(bits: int, numbers: Array, *, nearest: bool) -> Array:
    """float32 numbers without their last bits, cut or rounded to the nearest, ties away from 0."""
    whole = np.asarray(numbers).astype(np.float32)
    half = np.uint32(1 << bits - 1 if nearest else 0)
    kept = (whole.view(np.uint32) + half) & np.uint32(-1 << bits & 0xFFFFFFFF)
    return np.where(np.isnan(whole), whole, kept.view(np.float32)).astype(numbers.dtype)


STORED: dict[str, Callable[[Array], Any]] = {
    **{name: _in(name) for name in ("bfloat16", "float16", "float32")},
    "TF32": lambda numbers: _without(TF32_BITS, numbers, nearest=True),
    "cut_to_TF32": lambda numbers: _without(TF32_BITS, numbers, nearest=False),
    "cut_to_bfloat16": lambda numbers: _without(BFLOAT16_BITS, numbers, nearest=False),
}
# How many bits each keeps, what is said of it, the likelier of two first.
WAYS = {
    "bfloat16": (8, "rounded to bfloat16"),
    "cut_to_bfloat16": (8, "cut to bfloat16, not rounded"),
    "float16": (11, "rounded to float16"),
    "TF32": (11, "rounded to 11 bits, as TF32 has"),
    "cut_to_TF32": (11, "cut to 11 bits, as TF32 has, not rounded"),
    "float32": (24, "rounded to float32"),
}


def ways_to_store(precision: int) -> dict[str, str]:
    """The operations that store numbers in fewer bits than these, and what is said of each."""
    return {name: said for name, (bits, said) in WAYS.items() if bits < precision}
