"""JAX's automatic differentiation of textbook forms, in float64.

The forms are JAX's own (``jax.nn``) where it has them: JAX writes the value, and derives the
rest: ``jvp`` for the first derivative, ``jvp`` of ``jvp`` for the second, ``vjp`` for backward.

JAX is the one that is less accurate here: it differentiates σ to σ (1 - σ) and tanh to
(1 + tanh)(1 - tanh), differences that lose everything where σ or tanh is near ±1; it adds 1 to
a tanh near -1 in GELU's tanh form; and near the root of a derivative its terms cancel. How much
is lost is computed, not guessed: ``running_error`` bounds JAX's error at every input. From that
follows both

- the bound: what correct rounding allows, 1/2 ulp, plus JAX's own error; and
- the domain: the inputs at which JAX keeps its results to ``LOSS`` ulp of float64. That leaves
  out the right tail of σ', both tails of tanh', the left tail of GELU's tanh form, the
  neighbourhoods of the derivatives' roots, and results below the normal range, which XLA
  flushes to zero; subnormal inputs, which it flushes too, are left out beforehand.

Nothing is judged by a wider tolerance than that: what JAX cannot see is for ``balls``.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import numpy as np

from reference import Activation
from reference.arithmetic.formats import FORMATS, Format
from reference.arithmetic.types import Array, Float64
from verification.errors import UsageError
from verification.numbers.inputs import upstreams
from verification.numbers.ulp import CORRECTLY_ROUNDED, errors, unit_exponents

from . import running_error
from .row import Claim, Row
from .running_error import SMALLEST_NORMAL

Form = Callable[..., Any]

LOSS = 2.0**10


def leaky_relu(x: Any, negative_slope: Any) -> Any:
    """Return x where x >= 0, a x elsewhere."""
    return jax.numpy.where(x >= 0, x, negative_slope * x)


TEXTBOOK: dict[str, Form] = {
    "relu": jax.nn.relu,
    "leaky_relu": leaky_relu,
    "sigmoid": jax.nn.sigmoid,
    "tanh": jax.numpy.tanh,
    "gelu": partial(jax.nn.gelu, approximate=False),
    "gelu_tanh": partial(jax.nn.gelu, approximate=True),
    "silu": jax.nn.silu,
}


def textbook(activation: Activation) -> Form:
    """Look up the textbook form; raise UsageError for an activation that has none here."""
    if activation.name not in TEXTBOOK:
        raise UsageError(
            f"expected a form in JAX for every activation, but {activation.name!r} "
            f"has none in verification.witnesses.autodiff.TEXTBOOK ({', '.join(TEXTBOOK)})"
        )
    return TEXTBOOK[activation.name]


def differentiate(function: Form) -> Form:
    """Differentiate by forward mode: the Jacobian-vector product with 1."""

    def derivative(x: Any, *parameters: Any) -> Any:
        along = partial(_swap, function, parameters)
        return jax.jvp(along, (x,), (jax.numpy.ones_like(x),))[1]

    return derivative


def backward(function: Form) -> Form:
    """Take the vector-Jacobian product with ``upstream``, by reverse mode."""

    def product(x: Any, upstream: Any, *parameters: Any) -> Any:
        _, pull_back = jax.vjp(partial(_swap, function, parameters), x)
        return pull_back(upstream)[0]

    return product


def _swap(function: Form, parameters: tuple[Any, ...], x: Any) -> Any:
    return function(x, *parameters)


def _judge(claim: Claim, x: Array, computed: Array, truth: tuple[Float64, Float64]) -> Row:
    """Compare results with JAX's values and their bounds where JAX is good enough."""
    true, error = truth
    format_ = FORMATS[claim.dtype]
    with np.errstate(over="ignore"):
        loss = np.ldexp(error, -unit_exponents(true, FORMATS["float64"]))
        own = np.ldexp(error, -unit_exponents(true, format_))
    seen = loss <= LOSS
    absolute = np.abs(computed.astype(np.float64) - true)
    ulp = errors(computed, true, format_)
    return claim.judge(x[seen], ulp[seen], absolute[seen], CORRECTLY_ROUNDED + own[seen])


def witness(activation: Activation, format_: Format, x: Array) -> list[Row]:
    """Judge value, derivatives and backward at the inputs ``x``."""
    form = textbook(activation)
    wide = x.astype(np.float64)
    x, wide = x[np.abs(wide) >= SMALLEST_NORMAL], wide[np.abs(wide) >= SMALLEST_NORMAL]
    smooth = ~np.isin(wide, [kink.at for kink in activation.kinks])
    parameters = [np.float64(value) for value in activation.parameters.values()]
    claim = partial(Claim, activation.name, dtype=format_.name)
    rows = []
    for order in range(3):
        kept = smooth | (order == 0)
        truth = running_error.evaluate(form, wide[kept], *parameters)
        computed = activation.derivative(x[kept], order=order)
        rows.append(_judge(claim(order, "autodiff"), x[kept], computed, truth))
        form = differentiate(form)
    x, wide, upstream = x[smooth], wide[smooth], upstreams(x.size, format_)[smooth]
    product = backward(textbook(activation))
    truth = running_error.evaluate(product, wide, upstream.astype(np.float64), *parameters)
    computed = activation.backward(x, upstream)
    return [*rows, _judge(claim(1, "autodiff, vjp"), x, computed, truth)]
