"""The frameworks themselves, all of them: without one there is no test, and the session fails."""

import jax
import numpy as np
import pytest
import tensorflow as tf
import torch

from verification.candidates.frameworks import implementation

SPELLINGS = {
    "torch": "torch:torch.nn.functional.",
    "jax": "jax:jax.nn.",
    "tensorflow": "tensorflow:tensorflow.nn.",
}
MODULES = {"torch": torch, "jax": jax, "tensorflow": tf, "numpy": np}


@pytest.fixture(params=SPELLINGS)
def framework(request):
    """Each framework, by name."""
    return request.param


@pytest.fixture
def named(framework):
    """The implementation of a function in the framework's module of activations."""
    return lambda function: implementation(SPELLINGS[framework] + function)


@pytest.fixture
def run():
    """Paste a snippet after an import of the framework: the number that it shows."""
    before = jax.config.jax_enable_x64
    yield pasted
    jax.config.update("jax_enable_x64", before)


def pasted(snippet, **modules):
    """Run a line, and return the number that it ends with or prints."""
    names = {**MODULES, **modules}
    if snippet.startswith("with "):
        exec(snippet, names)  # noqa: S102  what a user does with it
        result = names["gradient"]
    else:
        *statements, last = snippet.split("; ")
        exec("; ".join(statements), names)  # noqa: S102  likewise
        result = eval(last, names)  # noqa: S307  likewise
    [number] = np.asarray(result.double() if hasattr(result, "double") else result).reshape(-1)
    return float(number)
