"""A word on standard error while a cluster lacks what it needs: at once, and again each minute."""

import asyncio
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from typing import Any

from .scheduler import connection_to, quiet, workers_at

SECONDS_BETWEEN_LOOKS = 2.0
SECONDS_BETWEEN_WORDS = 60.0


@contextmanager
def watched(address: str) -> Iterator[None]:
    """Look at the cluster from a thread of its own, by a connection of its own.

    So it sees what the one that does the work may be waiting for.
    """
    loop = asyncio.new_event_loop()
    watching = loop.create_task(_watch(address, connection_to(address)))
    thread = Thread(target=_run, args=(loop, watching), daemon=True)
    with quiet():
        thread.start()
        try:
            yield
        finally:
            loop.call_soon_threadsafe(watching.cancel)
            thread.join()
            loop.close()


def _run(loop: asyncio.AbstractEventLoop, watching: "asyncio.Task[None]") -> None:
    with suppress(asyncio.CancelledError):
        loop.run_until_complete(watching)


async def _watch(address: str, connection: dict[str, Any]) -> None:
    said, when = "", 0.0
    while True:
        word = await _lack(address, connection)
        now = time.monotonic()
        if word and (word != said or now >= when + SECONDS_BETWEEN_WORDS):
            sys.stderr.write(f"halfulp: {word}\n")
            sys.stderr.flush()
            when = now
        said = word
        await asyncio.sleep(SECONDS_BETWEEN_LOOKS)


async def _lack(address: str, connection: dict[str, Any]) -> str:
    """What is not there, and what to do; empty if all is."""
    try:
        workers = await workers_at(address, connection)
    except Exception:  # noqa: BLE001  whatever Dask makes of it
        return f"no scheduler answers at {address}: waiting for one; start `dask scheduler`"
    if workers:
        return ""
    return f"no worker is connected to {address}: waiting for one; start `dask worker {address}`"
