"""What an exhaustive check costs beside the candidate and our own evaluation."""

import time
from math import fsum

import numpy as np
from table import Section

from reference import ACTIVATIONS
from reference.arithmetic.formats import FORMATS
from verification.candidates import frameworks
from verification.candidates.calls import Caller
from verification.examination.truth import Question
from verification.observation.exhaustive import BLOCK, PORTION, observe_portion

CANDIDATES = {
    "torch:torch.nn.functional.relu": "relu",
    "torch:torch.sigmoid": "sigmoid",
    "torch:torch.tanh": "tanh",
    "torch:torch.nn.functional.gelu": "gelu",
    "torch:torch.nn.functional.silu": "silu",
}
# Every 8th of the 256 shards, and by its turn another one of each 8.
NUMBERS = [8 * i + i % 8 for i in range(32)]
SHARDS = 256
CORES = 2


def judging():
    """The parts of some shards, one after the other; and the mean core seconds of 2^32 inputs."""
    measured = {
        (name, subject): _measured(name, activation, subject)
        for name, activation in CANDIDATES.items()
        for subject in ("value", "derivative")
    }
    share = len(NUMBERS) / SHARDS
    rows = [
        (
            *what,
            *(f"{part:.1f}" for part in parts),
            f"{parts[2] / (parts[0] + parts[1]):.2f}",
            f"{parts[2] / share / CORES:.0f}",
        )
        for what, parts in measured.items()
    ]
    mean = fsum(parts[2] for parts in measured.values()) / len(measured) / share
    section = Section(
        "An exhaustive check of a float32 implementation (one core)",
        (
            "candidate",
            "subject",
            "candidate, s",
            "our evaluation, s",
            "check, s",
            "check / (candidate + ours)",
            "all 2^32 on two cores, s",
        ),
        rows,
        f"{len(NUMBERS)} of the {SHARDS} shards of each, evenly spread.",
    )
    return section, mean


def _measured(name, activation, subject):
    """Seconds of the candidate, of our evaluation, and of the check."""
    format_ = FORMATS["float32"]
    implementation = frameworks.implementation(name)
    order = ("value", "derivative").index(subject)
    function = (implementation.forward, implementation.derivative)[order]
    question = Question(ACTIVATIONS[activation], subject, format_, 4.0)
    candidate = ours = check = 0.0
    for number in NUMBERS:
        for start in range(number * PORTION, (number + 1) * PORTION, BLOCK):
            x = np.arange(start, start + BLOCK).astype(format_.bits).view(format_.dtype)
            moments = [time.perf_counter()]
            function(x)
            moments.append(time.perf_counter())
            ACTIVATIONS[activation].derivative(x, order=order)
            moments.append(time.perf_counter())
            candidate, ours = candidate + moments[1] - moments[0], ours + moments[2] - moments[1]
        start = time.perf_counter()
        observe_portion(question, Caller(subject, function, format_), number)
        check += time.perf_counter() - start
    return candidate, ours, check
