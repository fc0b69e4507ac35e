"""How fast the reference is, beside a plain NumPy evaluation and its peers, in one run.

``nox -s benchmark`` runs it; nothing here asserts a time.
"""

from functools import partial

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
import scipy.special
import torch

from reference import ACTIVATIONS
from reference.arithmetic.evaluation import BLOCK
from verification import balls

SIZE = 1 << 20
FEW = 100
SMOOTH = [activation for activation in ACTIVATIONS.values() if not activation.orders[0].exact]
WORKLOADS = [
    pytest.param(activation, order, id=f"{activation.name}-{order}")
    for activation in SMOOTH
    for order in (0, 1)
]

NUMPY = {
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "tanh": np.tanh,
    "gelu_tanh": lambda x: x / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))),
    "silu": lambda x: x / (1 + np.exp(-x)),
}
SCIPY = {
    "sigmoid": scipy.special.expit,
    "gelu": lambda x: x * scipy.special.ndtr(x),
    "silu": lambda x: x * scipy.special.expit(x),
}
TORCH = {
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "gelu": torch.nn.functional.gelu,
    "gelu_tanh": partial(torch.nn.functional.gelu, approximate="tanh"),
    "silu": torch.nn.functional.silu,
}
JAX = {
    "sigmoid": jax.nn.sigmoid,
    "tanh": jnp.tanh,
    "gelu": partial(jax.nn.gelu, approximate=False),
    "gelu_tanh": jax.nn.gelu,
    "silu": jax.nn.silu,
}
MPMATH = {
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "tanh": mpmath.tanh,
    "gelu": lambda x: x * mpmath.ncdf(x),
    "gelu_tanh": lambda x: (
        x / 2 * (1 + mpmath.tanh(mpmath.sqrt(2 / mpmath.pi) * (x + mpmath.mpf("0.044715") * x**3)))
    ),
    "silu": lambda x: x / (1 + mpmath.exp(-x)),
}


def inputs(dtype, size=SIZE):
    """Pre-activations, N(0, 3²)."""
    return (3 * np.random.default_rng(42).standard_normal(size)).astype(dtype)


def run(benchmark, group, contender, call, elements):
    """Time ``call`` after it was warmed up."""
    benchmark.group = group
    benchmark.extra_info.update(contender=contender, elements=elements)
    benchmark.pedantic(call, rounds=15 if elements > FEW else 3, warmup_rounds=2)


def plain(function, x):
    """The formula over float64 in blocks, narrowed: what the exact result is compared with."""
    result = np.empty_like(x)
    for start in range(0, x.size, BLOCK):
        block = slice(start, start + BLOCK)
        result[block] = function.evaluate(x[block].astype(np.float64))
    return result


@pytest.mark.parametrize("contender", ["halfulp", "plain blocked NumPy"])
@pytest.mark.parametrize(("activation", "order"), WORKLOADS)
def test_float32(benchmark, activation, order, contender):
    """The correctly rounded float32 result, beside the same formula without a rounding test."""
    x = inputs(np.float32)
    if contender == "halfulp":
        call = partial(activation.derivative, x, order=order)
    else:
        call = partial(plain, activation.orders[order], x)
    run(benchmark, f"float32 {activation.name} order {order}", contender, call, SIZE)


def torch_call(name, order):
    """Eager PyTorch on one thread; the derivative by its autograd."""
    torch.set_num_threads(1)
    x = torch.from_numpy(inputs(np.float64)).requires_grad_(order == 1)
    if order == 0:
        return partial(TORCH[name], x)
    ones = torch.ones_like(x)
    return lambda: torch.autograd.grad(TORCH[name](x), x, ones)


def jax_call(name, order):
    """Compiled JAX at x64; the derivative by its autodiff."""
    with jax.enable_x64(new_val=True):
        function = JAX[name] if order == 0 else jax.grad(lambda x: JAX[name](x).sum())
        compiled = jax.jit(function)
        x = jnp.asarray(inputs(np.float64))

    def call():
        with jax.enable_x64(new_val=True):
            compiled(x).block_until_ready()

    return call


def mpmath_call(name, order):
    """mpmath at 53 bits, a few inputs."""
    x = [mpmath.mpf(float(value)) for value in inputs(np.float64, FEW)]
    function = MPMATH[name] if order == 0 else lambda x: mpmath.diff(MPMATH[name], x)
    return lambda: [function(value) for value in x]


def flint_call(name, order):
    """Ball arithmetic at 128 bits, value and derivatives together, a few inputs."""
    del order
    x = inputs(np.float64, FEW).tolist()
    return lambda: [balls.enclose(balls.TEXTBOOK[name], value, 128) for value in x]


CONTENDERS = {
    "halfulp": lambda name, order: partial(
        ACTIVATIONS[name].derivative, inputs(np.float64), order=order
    ),
    "naive NumPy": lambda name, _order: partial(NUMPY[name], inputs(np.float64)),
    "SciPy": lambda name, _order: partial(SCIPY[name], inputs(np.float64)),
    "torch": torch_call,
    "JAX": jax_call,
    "mpmath": mpmath_call,
    "python-flint": flint_call,
}
VALUES_ONLY = {"naive NumPy": NUMPY, "SciPy": SCIPY}
FLOAT64 = [
    pytest.param(activation, order, contender, id=f"{activation.name}-{order}-{contender}")
    for activation in SMOOTH
    for order in (0, 1)
    for contender in CONTENDERS
    if contender not in VALUES_ONLY or (order == 0 and activation.name in VALUES_ONLY[contender])
]


@pytest.mark.parametrize(("activation", "order", "contender"), FLOAT64)
def test_float64(benchmark, activation, order, contender):
    """The correctly rounded float64 result, beside peers that are not correctly rounded."""
    call = CONTENDERS[contender](activation.name, order)
    elements = FEW if contender in ("mpmath", "python-flint") else SIZE
    run(benchmark, f"float64 {activation.name} order {order}", contender, call, elements)
