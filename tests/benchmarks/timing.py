"""Timing side by side: the contenders take turns, so that what disturbs one disturbs all."""

import time
from collections.abc import Callable, Mapping

ROUNDS = 7
LONG = 0.02


def seconds(calls: Mapping[str, Callable[[], object]], rounds: int = ROUNDS) -> dict[str, float]:
    """The shortest time of one call, for each contender; short calls are repeated in a round."""
    repeats = {name: _repeats(call) for name, call in calls.items()}
    best = dict.fromkeys(calls, float("inf"))
    for _ in range(rounds):
        for name, call in calls.items():
            start = time.perf_counter()
            for _ in range(repeats[name]):
                call()
            best[name] = min(best[name], (time.perf_counter() - start) / repeats[name])
    return best


def _repeats(call: Callable[[], object]) -> int:
    """How many calls make up a round of LONG; the first call is for whatever is made once."""
    call()
    start = time.perf_counter()
    call()
    return max(1, round(LONG / (time.perf_counter() - start)))
