"""Portions of an exhaustive check that are finished, kept in a folder: a whole file for each.

A check that is killed, or out of time, loses the portions that were under way and nothing else. The
file ``check.json`` says which candidate, question and sources the portions are of; of others than
those here, they are done anew. Each file has the SHA-256 of its content.
"""

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

import numpy as np
from filelock import FileLock, Timeout

from reference.arithmetic.formats import Format
from reference.arithmetic.types import Array
from verification.candidates.trouble import Trouble
from verification.errors import UsageError
from verification.examination.accuracy import Accuracy
from verification.examination.cells import Cells
from verification.examination.histogram import Histogram
from verification.examination.tally import Extent, Part, Tally
from verification.examination.truth import Question
from verification.examination.zone import Worst, Zone
from verification.grade import Grade
from verification.records.files import prepare, write_whole
from verification.records.reading import from_json, read_regular
from verification.work.looking import note

from .portion import Portion

HEADER, PATTERN = "check.json", "portion-*.json"


class Kept:
    """The finished portions of one subject, in memory and in a folder.

    A context manager: within it, the folder is this check's alone.
    """

    def __init__(self, folder: Path, key: Mapping[str, Any], format_: Format) -> None:
        self.folder, self.key, self.format_ = folder, key, format_
        self.done: dict[int, Portion] = {}
        self._lock = FileLock(folder / "lock", blocking=False)

    def __enter__(self) -> Self:
        prepare(self.folder / HEADER, through=False)
        try:
            self._lock.acquire()
        except Timeout:
            raise UsageError(
                f"expected to be alone with {self.folder}, but another check is at work on it: let "
                "it end, or choose another --state"
            ) from None
        except OSError as error:
            raise UsageError(
                f"expected to read and write the state of this check in {self.folder}, but: "
                f"{error.strerror}; choose another --state"
            ) from None
        try:
            self._open()
        except BaseException:
            self._lock.release()
            raise
        return self

    def __exit__(self, *_exception: object) -> None:
        self._lock.release()

    def add(self, portion: Portion) -> None:
        """Record a portion; it is on the disk when this returns."""
        write_whole(self._path(portion.number), _signed(_of_portion(portion)))
        self.done[portion.number] = portion

    def _open(self) -> None:
        header = _signed(dict(self.key))
        known = _bytes_of(self.folder / HEADER)
        if known == header.encode():
            self._read()
            return
        if known is not None:
            note(f"State of another candidate, question or version in {self.folder}: done anew.")
        for path in self.folder.glob(PATTERN):
            path.unlink()
        write_whole(self.folder / HEADER, header)

    def _read(self) -> None:
        paths = list(self.folder.glob(PATTERN))
        found = [portion for path in paths if (portion := self._portion_at(path)) is not None]
        self.done = {portion.number: portion for portion in found}
        if damaged := len(paths) - len(found):
            note(f"{damaged} of {len(paths)} portions in {self.folder} are damaged: done anew.")

    def _path(self, number: int) -> Path:
        return self.folder / PATTERN.replace("*", f"{number:03}")

    def _portion_at(self, path: Path) -> Portion | None:
        """The portion in a file; None if it is damaged."""
        content = _bytes_of(path)
        try:
            read = from_json((content or b"").partition(b"\n")[2])
            portion = _to_portion(read, self.format_)
        except (ValueError, TypeError, KeyError):
            return None
        is_whole = content == _signed(read).encode() and path == self._path(portion.number)
        return portion if is_whole else None


def told(question: Question) -> dict[str, Any]:
    """A question as JSON has it."""
    activation, baseline = question.activation, question.baseline
    return {
        "activation": [activation.name, dict(activation.parameters)],
        "baseline": None if baseline is None else sorted(baseline.largest.items()),
        "domain": str(question.domain),
        "allow": sorted(question.allow),
        "require": str(question.require),
        **{name: getattr(question, name) for name in ("subject", "tolerance", "strict", "seed")},
        "format": question.format_.name,
    }


def _bytes_of(path: Path) -> bytes | None:
    try:
        return read_regular(path)
    except OSError:
        return None


def _signed(content: dict[str, Any]) -> str:
    rest = json.dumps(content) + "\n"
    return f"{sha256(rest.encode()).hexdigest()}\n{rest}"


def _of_portion(portion: Portion) -> dict[str, Any]:
    seen = portion.seen
    return {
        "number": portion.number,
        "tried": portion.tried,
        "cut_short": portion.cut_short,
        "inputs": seen.inputs,
        "worst_ulp": seen.worst_ulp,
        "grade": int(seen.grade),
        "unanswered": vars(seen.unanswered),
        "histogram": seen.histogram.bins,
        "cells": vars(seen.cells),
        "tallies": [[*part, _of_tally(tally)] for part, tally in seen.tallies.items()],
        "troubles": {
            kind: [trouble.detail, [_of_array(one) for one in trouble.arguments]]
            for kind, trouble in portion.troubles.items()
        },
    }


def _to_portion(content: dict[str, Any], format_: Format) -> Portion:
    tallies = {
        Part(kind, Zone(zone), side): _to_tally(one, format_)
        for kind, zone, side, one in content["tallies"]
    }
    seen = Accuracy(
        tallies=tallies,
        inputs=content["inputs"],
        worst_ulp=content["worst_ulp"],
        unanswered=Extent(**content["unanswered"]),
        grade=Grade(content["grade"]),
        histogram=Histogram(content["histogram"]),
        cells=Cells.from_json(content["cells"]),
    )
    troubles = {
        kind: Trouble(kind, detail, tuple(_to_array(one, format_).copy() for one in arguments))
        for kind, (detail, arguments) in content["troubles"].items()
    }
    number, tried, cut_short = (content[name] for name in ("number", "tried", "cut_short"))
    return Portion(number, seen, troubles, cut_short, "", tried)


def _of_tally(tally: Tally) -> dict[str, Any]:
    samples = [[_of_array(one) for one in sample] for sample in tally.samples]
    one = tally.worst
    worst = None if one is None else [one.cost, *map(_of_array, (one.x, one.got, one.upstream))]
    return {**vars(tally), "samples": samples, "worst": worst}


def _to_tally(content: dict[str, Any], format_: Format) -> Tally:
    def array(one: Any) -> Any:
        return _to_array(one, format_)

    samples = [tuple(map(array, sample)) for sample in content["samples"]]
    worst = content["worst"]
    if worst is not None:
        worst = Worst(worst[0], *map(array, worst[1:]))
    return Tally(**{**content, "samples": samples, "worst": worst})


def _of_array(array: Array | None) -> list[Any] | None:
    return None if array is None else [list(array.shape), array.tobytes().hex()]


def _to_array(told: list[Any] | None, format_: Format) -> Any:
    if told is None:
        return None
    shape, content = told
    return np.frombuffer(bytes.fromhex(content), format_.dtype).reshape(shape)
