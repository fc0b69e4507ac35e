"""The words behind ``--domain``: argparse takes some numbers for options, and names for numbers."""

from collections.abc import Iterable, Iterator

OPTION = "--domain"
# No other option of ``check`` begins so.
SHORTEST = "--do"
ENDS = 2


def joined(words: Iterable[str]) -> Iterator[str]:
    """The words of a command line; ``--domain`` is one with the two numbers, or word, behind it."""
    left = list(words)
    while left:
        word = left.pop(0)
        name, equals, first = word.partition("=")
        if not (OPTION.startswith(name) and name.startswith(SHORTEST)):
            yield word
            continue
        if equals:
            left.insert(0, first)
        ends: list[str] = []
        while left and len(ends) < ENDS and _is_number(left[0]):
            ends.append(left.pop(0))
        if not ends and left and not left[0].startswith("-"):
            ends.append(left.pop(0))
        yield f"{OPTION}={' '.join(ends)}" if ends else OPTION


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True
