"""What a candidate says, as it is shown: not too long, and without what a terminal obeys."""

from typing import Any

# Characters that are kept of a message.
MOST = 300
NO_TEXT = "its text cannot be had"


def shown(text: str, most: int = MOST) -> str:
    """The first characters of a text, each that cannot be printed as an escape."""
    kept = "".join(c if c.isprintable() else _escape(c) for c in text[:most])
    return kept if len(text) <= most else f"{kept}... ({len(text):,} characters)"


def said_by(error: BaseException) -> str:
    """The type of an exception and the first line of its text."""
    first = _text_of(error).strip().partition("\n")[0]
    return shown(f"{type_of(error)}: {first}".removesuffix(": "))


def warned(category: type[Warning], message: Any) -> str:
    """The same of a warning."""
    return shown(f"{_name_of(category)}: {_text_of(message)}")


def type_of(thing: object) -> str:
    """The name of its type."""
    return shown(_name_of(type(thing)))


def _name_of(kind: type) -> str:
    """Its name, whatever its metaclass says."""
    name: str = type.__dict__["__name__"].__get__(kind)
    return name


def _text_of(thing: Any) -> str:
    try:
        return str.__str__(str(thing))
    except BaseException:  # noqa: BLE001  it is a candidate's own method
        return f"({NO_TEXT})"


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode()
