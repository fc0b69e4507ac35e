"""The README of a folder of vectors: for somebody who has a C compiler, and no Halfulp."""

from collections.abc import Iterator

import numpy as np

from reference import Activation
from reference.arithmetic.formats import Format
from reference.arithmetic.types import Array

NUMBERS = {
    "float16": ("IEEE 754 binary16: 1 bit of sign, 5 of exponent, 10 of significand", "_Float16"),
    "bfloat16": ("bfloat16, the upper half of an IEEE 754 binary32", "__bf16"),
    "float32": ("IEEE 754 binary32, C's float", "float"),
    "float64": ("IEEE 754 binary64, C's double", "double"),
}
TEXT = """\
# Test vectors: {title} in {dtype}

`inputs.bin` holds {count} numbers and nothing else: no header, no padding. Each takes {size} bytes,
the least significant first (little-endian):
{number}.
Among them are both zeros, both infinities, NaNs and subnormal numbers. Some, counted from 0:

| number | its bytes in the file, in hex | x |
|---|---|---|
{rows}

## What to give back

`outputs.bin`: for each number of `inputs.bin`, in the same order, the value of

    {formula}

in the same format, so {total} bytes in all; if wanted, a second such file with the derivative

    {derivative}
{where}
At an infinity the result is the limit, and for NaN it is NaN. The file names are free.

## How

Any program that reads numbers and writes numbers will do, such as this one, `filter.c`. Where the
compiler has no type `{type}`, read {size}-byte integers, and convert.

```c
#include <stdio.h>

typedef {type} number;

static number f(number x) {{
    return x; /* your function */
}}

int main(void) {{
    number x;
    while (fread(&x, sizeof x, 1, stdin) == 1) {{
        number y = f(x);
        fwrite(&y, sizeof y, 1, stdout);
    }}
    return 0;
}}
```

```sh
cc -O2 -o filter filter.c -lm
./filter < inputs.bin > outputs.bin
```

## How it is judged

`halfulp judge` with this folder and `outputs.bin` behind it, and with `--derivative` and the second
file, prints the verdict. The tolerance is {tolerance} ulp, unless another one is given there. It
compares each file in this folder with its SHA-256 in `manifest.json`, and the content of that file
with its own, so leave them as they are.
{answers}"""
ANSWERS = """
## The answers

`value.bin` and `derivative.bin` hold the correctly rounded results, in the format and order of
`inputs.bin`. `answers.csv` has all three side by side as bits in hex, the most significant first:
one line for each number, with the columns x, value, derivative.
"""


def readme(
    activation: Activation, format_: Format, x: Array, tolerance: float, *, answers: bool
) -> str:
    """The text for the inputs ``x``."""
    number, type_ = NUMBERS[format_.name]
    size = format_.dtype.itemsize
    places = [0, x.size // 3, int(np.flatnonzero(x == 1)[0]), x.size - 1]
    return TEXT.format(
        title=activation.title,
        dtype=format_.name,
        count=x.size,
        size=size,
        number=number,
        rows="\n".join(_row(place, x[place], size) for place in places),
        formula=activation.orders[0].formula,
        derivative=activation.orders[1].formula,
        total=x.size * size,
        where="".join(f"\n{line}" for line in _where(activation)),
        type=type_,
        tolerance=f"{tolerance:g}",
        answers=ANSWERS if answers else "",
    )


def _where(activation: Activation) -> Iterator[str]:
    """What the formulas leave open, a line each."""
    if "Phi" in activation.formula:
        yield "Phi and phi are the standard normal distribution function and density."
    for name, value in activation.parameters.items():
        yield f"{name} = {value!r}, the real number that this double is."
    for kink in activation.kinks:
        yield f"At x = {kink.at:g} any derivative from {kink.left:g} to {kink.right:g} will do."


def _row(place: int, x: Array, size: int) -> str:
    data = int(x.view(f"u{size}")).to_bytes(size, "little")
    return f"| {place} | {data.hex(' ')} | {x!s} |"
