"""A verdict on a terminal: long lines are wrapped, and colours tell how good it is."""

import os
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from textwrap import wrap

RED, GREEN, YELLOW, PLAIN = (f"\x1b[{code}m" for code in (31, 32, 33, 0))
COLOURS = dict.fromkeys(("passed", "correct", "faithful", "accurate"), GREEN)
COLOURS |= dict.fromkeys(("close", "not finished"), YELLOW)
COLOURS |= dict.fromkeys(("FAILED", "rough", "broken"), RED)
RESULT = re.compile(r"^(passed|FAILED|not finished)(?=: )")
GRADE = re.compile(r"(?<= )(correct|faithful|accurate|close|rough|broken)(?=,|$)")
# What is to be copied stays whole.
WHOLE = "try: "
HANGING = 4


def told_on_output(lines: Sequence[str]) -> str:
    """The lines of a verdict, the first one its head, as standard output shows them best."""
    from verification.work.looking import is_terminal  # noqa: PLC0415  only where one is told

    if not is_terminal(sys.stdout):
        return "\n".join(lines)
    width = shutil.get_terminal_size().columns
    head, *rest = (list(wrapped(line, width)) for line in lines)
    if not os.environ.get("NO_COLOR"):
        head = [GRADE.sub(_painted, RESULT.sub(_painted, line)) for line in head]
    return "\n".join([*head, *(part for some in rest for part in some)])


def wrapped(text: str, width: int) -> Iterator[str]:
    """The lines of a text, no wider than that but for what is to be copied."""
    for line in text.split("\n"):
        body = line.lstrip(" ")
        indent = " " * (len(line) - len(body))
        if body.startswith(WHOLE) or len(line) <= width:
            yield line
            continue
        yield from wrap(
            body,
            width,
            initial_indent=indent,
            subsequent_indent=indent + " " * HANGING,
            break_long_words=False,
            break_on_hyphens=False,
        )


def _painted(found: re.Match[str]) -> str:
    return f"{COLOURS[found[0]]}{found[0]}{PLAIN}"
