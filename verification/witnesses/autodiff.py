"""JAX's automatic differentiation, in float64, of the formula and of JAX's own function.

The formula text is made a JAX function (`verification.formula.jax_form`), and JAX derives the rest:
``jvp`` for the first derivative, ``jvp`` of ``jvp`` for the second, ``vjp`` for backward, ``jvp``
along a parameter for its derivative. JAX's own function of the same name (``jax.nn``), where it has
one, is heard as well: an independent witness that the field means the same function.

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
from verification.activations.lore import lore_of
from verification.candidates.frameworks.naming import function_of
from verification.formula import jax_form
from verification.formula.language import parse
from verification.numbers.inputs import upstreams
from verification.numbers.ulp import CORRECTLY_ROUNDED, errors, unit_exponents

from . import running_error
from .row import Claim, Row
from .running_error import SMALLEST_NORMAL

Form = Callable[..., Any]

LOSS = 2.0**10


def form(activation: Activation) -> Form:
    """The formula of the value as a JAX function of x and the parameters."""
    names = tuple(activation.parameters)
    return jax_form.form(parse(activation.formula, ("x", *names)), names)


def form_of_the_field(activation: Activation) -> Form | None:
    """JAX's own function, None where it has none."""
    spelling = lore_of(activation.name).spellings.get("jax")
    if spelling is None:
        return None
    function = function_of(spelling)
    return lambda x, *_: function(x)


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
    """Judge value, derivatives, backward and parameter derivatives at the inputs ``x``."""
    wide = x.astype(np.float64)
    x, wide = x[np.abs(wide) >= SMALLEST_NORMAL], wide[np.abs(wide) >= SMALLEST_NORMAL]
    smooth = ~np.isin(wide, [kink.at for kink in activation.kinks])
    parameters = [np.float64(value) for value in activation.parameters.values()]
    claim = partial(Claim, activation.name, dtype=format_.name)
    rows = _orders(activation, claim, form(activation), "autodiff", x, smooth)
    theirs = form_of_the_field(activation)
    if theirs is not None:
        rows += _orders(activation, claim, theirs, "autodiff, JAX's own", x, smooth)
    for place, name in enumerate(activation.parameters):
        truth = running_error.evaluate(_along(form(activation), place), wide[smooth], *parameters)
        computed = activation.derivative_wrt(name, x[smooth])
        rows.append(_judge(claim(0, f"autodiff, by {name}"), x[smooth], computed, truth))
    x, wide, upstream = x[smooth], wide[smooth], upstreams(x.size, format_)[smooth]
    product = backward(form(activation))
    truth = running_error.evaluate(product, wide, upstream.astype(np.float64), *parameters)
    computed = activation.backward(x, upstream)
    return [*rows, _judge(claim(1, "autodiff, vjp"), x, computed, truth)]


def _orders(
    activation: Activation,
    claim: Callable[..., Claim],
    function: Form,
    witness_name: str,
    x: Array,
    smooth: Array,
) -> list[Row]:
    """Judge value and derivatives by one JAX function."""
    parameters = [np.float64(value) for value in activation.parameters.values()]
    rows = []
    for order in range(3):
        kept = x[smooth | (order == 0)]
        truth = running_error.evaluate(function, kept.astype(np.float64), *parameters)
        computed = activation.derivative(kept, order=order)
        rows.append(_judge(claim(order, witness_name), kept, computed, truth))
        function = differentiate(function)
    return rows


def _along(function: Form, place: int) -> Form:
    """The derivative with respect to a parameter, by forward mode."""

    def derivative(x: Any, *parameters: Any) -> Any:
        def of_one(value: Any) -> Any:
            return function(x, *parameters[:place], value, *parameters[place + 1 :])

        along = jax.numpy.ones_like(x)
        return jax.jvp(of_one, (parameters[place] * along,), (along,))[1]

    return derivative
