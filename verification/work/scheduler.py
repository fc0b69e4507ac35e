"""A Dask scheduler, as seen from outside: its address, whether it answers, its workers."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from distributed import Security, rpc
from distributed.comm import parse_address, parse_host_port

from verification.errors import UsageError

SECONDS_TO_ANSWER = 5
SCHEMES = ("tcp", "tls")
LAST_PORT = 65535
EXPECTED = "--scheduler: expected the address of a Dask scheduler, such as tcp://host:8786"
# Those of Dask that have a level of their own.
LOGGERS = ("distributed", "distributed.client", "tornado", "tornado.application")


def connection_to(address: str) -> dict[str, Any]:
    """What it takes to connect: for tls:// what Dask's configuration says; or UsageError."""
    scheme = _scheme_of(address)
    try:
        arguments: dict[str, Any] = Security().get_connection_args("client")
    except (OSError, ValueError) as error:
        raise UsageError(
            "--scheduler: expected certificates and settings in Dask's configuration "
            f"(distributed.comm) that can be used, but they cannot: {first_line(error)}"
        ) from None
    if scheme == "tls" and arguments["ssl_context"] is None:
        raise UsageError(
            f"--scheduler: expected certificates for {address} in Dask's configuration, but it has "
            "none: set distributed.comm.tls.ca-file, tls.client.cert and tls.client.key"
        )
    if scheme != "tls" and arguments["require_encryption"]:
        raise UsageError(
            f"--scheduler: expected tls://..., as Dask's configuration requires encryption "
            f"(distributed.comm.require-encryption), but got {address!r}"
        )
    return arguments


def _scheme_of(address: str) -> str:
    """``tcp`` or ``tls``; UsageError for what is no address of one of them."""
    scheme, place = parse_address(address)
    try:
        host, port = parse_host_port(place)
    except ValueError:
        host, port = "", 0
    if scheme not in SCHEMES or not host or not 0 < port <= LAST_PORT:
        raise UsageError(
            f"{EXPECTED}, with tcp or tls, a host, and a port from 1 to {LAST_PORT}, but got "
            f"{address!r}"
        )
    return str(scheme)


async def workers_at(address: str, connection: dict[str, Any]) -> int:
    """How many workers the scheduler has; OSError, TimeoutError among them, if none answers."""
    try:
        async with (
            asyncio.timeout(SECONDS_TO_ANSWER),
            rpc(address, connection_args=connection) as there,
        ):
            identity = await there.identity()
    except TimeoutError:
        raise TimeoutError(f"nothing within {SECONDS_TO_ANSWER} s") from None
    if "workers" not in identity:
        raise ConnectionError(f"it is a {identity['type']}")
    return len(identity["workers"])


def first_line(error: BaseException) -> str:
    """What an error says, in a line."""
    return str(error).partition("\n")[0] or type(error).__name__


@contextmanager
def quiet() -> Iterator[None]:
    """Without the log of a connection's end: what it comes to is said by our own errors."""
    levels = {logger: logger.level for logger in map(logging.getLogger, LOGGERS)}
    for logger in levels:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in levels.items():
            logger.setLevel(level)
