"""The functions as the peers have them."""

from functools import partial

import gmpy2
import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import scipy.special
import torch

from reference import ACTIVATIONS
from verification.formula import balls
from verification.formula.language import formula_of

torch.set_num_threads(1)

TORCH = {
    "relu": torch.nn.functional.relu,
    "leaky_relu": torch.nn.functional.leaky_relu,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "gelu": torch.nn.functional.gelu,
    "gelu_tanh": partial(torch.nn.functional.gelu, approximate="tanh"),
    "silu": torch.nn.functional.silu,
    "elu": torch.nn.functional.elu,
    "softplus": torch.nn.functional.softplus,
    "mish": torch.nn.functional.mish,
}
JAX = {
    "relu": jax.nn.relu,
    "leaky_relu": jax.nn.leaky_relu,
    "sigmoid": jax.nn.sigmoid,
    "tanh": jnp.tanh,
    "gelu": partial(jax.nn.gelu, approximate=False),
    "gelu_tanh": jax.nn.gelu,
    "silu": jax.nn.silu,
    "elu": jax.nn.elu,
    "softplus": jax.nn.softplus,
    "mish": jax.nn.mish,
}
SCIPY = {
    "sigmoid": scipy.special.expit,
    "gelu": lambda x: x * scipy.special.ndtr(x),
    "silu": lambda x: x * scipy.special.expit(x),
}
# What is one function of MPFR, and so rounded correctly.
MPFR = {"tanh": gmpy2.tanh, "elu": lambda x: x if x > 0 else gmpy2.expm1(x)}
MPMATH = {
    "relu": lambda x: max(x, 0),
    "leaky_relu": lambda x: x if x > 0 else x * 0.01,
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "tanh": mpmath.tanh,
    "gelu": lambda x: x * mpmath.ncdf(x),
    "gelu_tanh": lambda x: (
        x / 2 * (1 + mpmath.tanh(mpmath.sqrt(2 / mpmath.pi) * (x + mpmath.mpf("0.044715") * x**3)))
    ),
    "silu": lambda x: x / (1 + mpmath.exp(-x)),
    "elu": lambda x: x if x > 0 else mpmath.expm1(x),
    "softplus": lambda x: mpmath.log1p(mpmath.exp(x)),
    "mish": lambda x: x * mpmath.tanh(mpmath.log1p(mpmath.exp(x))),
}


def torch_value(name, x):
    """Eager PyTorch in float64, what people take for the truth."""
    tensor = torch.from_numpy(x.astype(np.float64))
    return lambda: TORCH[name](tensor)


def torch_compiled(name, x):
    """The same compiled; None where there is no compiler for it."""
    torch.compiler.reset()  # or the ninth function is one too many, and left as it is
    tensor, compiled = torch.from_numpy(x.astype(np.float64)), torch.compile(TORCH[name])
    try:
        compiled(tensor)
    except Exception:  # noqa: BLE001  whatever a machine without a compiler makes of it
        return None
    return lambda: compiled(tensor)


def torch_both(name, x):
    """Value and gradient, forwards and backwards."""
    tensor = torch.from_numpy(x.astype(np.float64))
    ones = torch.ones_like(tensor)

    def call():
        variable = tensor.detach().requires_grad_()
        TORCH[name](variable).backward(ones)

    return call


def jax_value(name, x):
    """Compiled JAX in float64, on however many threads it takes."""
    with jax.enable_x64(new_val=True):
        compiled = jax.jit(JAX[name])
        array = jnp.asarray(x.astype(np.float64))

    def call():
        with jax.enable_x64(new_val=True):
            compiled(array).block_until_ready()

    return call


def mpmath_value(name, x):
    """Numbers of 53 bits, one at a time."""
    numbers = [mpmath.mpf(value) for value in x.tolist()]
    return lambda: [MPMATH[name](number) for number in numbers]


def mpfr_value(name, x):
    """MPFR, a C library that rounds correctly, one number at a time."""
    numbers = [gmpy2.mpfr(value, 53) for value in x.tolist()]

    def call():
        with gmpy2.context(precision=53):
            return [MPFR[name](number) for number in numbers]

    return call


def flint_values(name, x):
    """Ball arithmetic at 128 bits: value and two derivatives, one input at a time."""
    numbers, form = x.tolist(), balls.form(formula_of(name), ACTIVATIONS[name].parameters)
    return lambda: [balls.jet(form, number, 128) for number in numbers]
