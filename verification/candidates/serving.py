"""What runs in a candidate's own process: it is asked for calls, and answers with bytes."""

import os
import socket

import numpy as np

from reference.arithmetic.formats import FORMATS
from reference.arithmetic.types import Array
from verification.errors import UsageError

from . import frameworks
from .allocation import keep_freed_memory
from .arrays import unpacked
from .callee import Answer, Callee
from .floating_point import MODE
from .frameworks import Candidate
from .frameworks.framework import Function
from .text import said_by
from .wire import NOTHING, Message, Respondent


def serve() -> None:
    """Load the candidate that is asked for, and make calls of it, until nobody asks any more."""
    keep_freed_memory()
    line = Respondent(socket.socket(fileno=os.dup(0)))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    asked = line.asked()
    if asked is None:
        return
    with MODE.ours():
        try:
            functions = _loaded(Candidate.from_message(asked[0]["candidate"]))
        except UsageError as error:
            line.answer({"refused": str(error)})
            return
        line.answer({})
        callees: dict[tuple[str, str], Callee] = {}
        while asked := line.asked():
            message, arguments = asked[0], _arguments(*asked)
            subject, dtype = message["subject"], arguments[0].dtype.name
            callee = callees.setdefault(
                (subject, dtype), Callee(functions[subject], FORMATS[dtype])
            )
            line.answer(*_told(_asked(callee, message, arguments)))


def _loaded(candidate: Candidate) -> dict[str, Function]:
    """The functions of a candidate, compiled where a first call does that; or UsageError."""
    try:
        return frameworks.functions(candidate, warmed=True)
    except UsageError:
        raise
    except ModuleNotFoundError as error:
        raise UsageError(f"the package {error.name!r} is not installed here") from None
    except BaseException as error:  # noqa: BLE001  its import is its doing
        raise UsageError(f"{candidate.name!r} cannot be imported: {said_by(error)}") from None


def _arguments(message: Message, data: memoryview) -> list[Array]:
    arguments = []
    for look in message["arrays"]:
        arguments.append(unpacked(look, data[: look["size"]]))
        data = data[look["size"] :]
    return arguments


def _asked(callee: Callee, message: Message, arguments: list[Array]) -> Answer:
    match message["do"]:
        case "call":
            return callee.call(*arguments, **message["options"])
        case "overwrites":
            half = len(arguments) // 2
            return callee.overwrites(tuple(arguments[:half]), tuple(arguments[half:]))
        case _:
            return callee.writes(*arguments)


def _told(answer: Answer) -> tuple[Message, memoryview]:
    """An answer as a message, and the bytes of the result."""
    message = {
        "troubles": answer.troubles,
        "result": answer.result is not None,
        "overwrote": answer.overwrote,
        "wrote": answer.wrote,
    }
    if answer.result is None:
        return message, NOTHING
    return message, np.ascontiguousarray(answer.result).reshape(-1).view(np.uint8).data
