"""Devices, by the names that frameworks give them: cpu, cuda, cuda:1, mps, gpu, tpu."""

from collections.abc import Callable
from typing import Any

from verification.candidates.text import said_by
from verification.errors import UsageError


def require(device: str | None, attempt: Callable[[], Any]) -> Any:
    """What an attempt on a device gives, or UsageError if the device is not there."""
    try:
        return attempt()
    except Exception as error:  # noqa: BLE001  each framework has its own
        raise UsageError(
            f"expected a device that is here, but {device!r} cannot be used: {said_by(error)}"
        ) from None


def split(device: str) -> tuple[str, int]:
    """The kind of a device and its number: ``cuda:1``; or UsageError."""
    kind, colon, number = device.partition(":")
    if not kind.isalpha() or (colon and not number.isdecimal()):
        raise UsageError(f"expected a device such as cpu, cuda or cuda:1, but got {device!r}")
    return kind, int(number or 0)
