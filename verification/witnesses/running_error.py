"""Running error analysis: a JAX program evaluated together with a bound on its rounding error.

The program is JAX's own, the one it derives for a function or for its derivative. Each of its
steps is carried out in float64 and its error bounded from those of its operands, after
Wilkinson (N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., section 3.3):
with a the operand as computed and e its bound,

    a + b:  e_a + e_b                    a b:      |a| e_b + |b| e_a + e_a e_b
    exp a:  (exp(e) - 1) exp a           σ(a):     (exp(e) - 1) σ(a), for σ' <= σ
    tanh a: e, for tanh' <= 1            erfc a:   e (2/√π) exp(-max(|a| - e, 0)²)
    a / b:  (e_a + |a/b| e_b) / (|b| - e_b)
    ln(1 + a): e / (1 + a - e)           sin a, cos a, atan a: e

and on top of it the rounding of the step itself: u times the result, u = 2^-53, for arithmetic;
for the elementary functions, whose accuracy XLA does not state, the multiples of u below, which
the tests hold against ball arithmetic. XLA flushes subnormal numbers to zero, so every step may
also lose the smallest normal number. A constant is exact when float32 holds it and has been
rounded when not.
"""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import numpy as np
from jax.extend.core import ClosedJaxpr, Jaxpr, Literal

from reference.arithmetic.types import Float64
from verification.errors import UsageError

Bounded = tuple[Any, Any]
Rule = Callable[..., Any]

UNIT = 2.0**-53
SMALLEST_NORMAL = 2.0**-1022
# Errors of XLA's elementary functions on a CPU, in units of u relative to the result.
EXP_UNITS = 4
LOGISTIC_UNITS = 4
EXPM1_UNITS = 8
LOG_UNITS = 2
LOG1P_UNITS = 256
TANH_UNITS = 16
ERF_UNITS = 2
ATAN_UNITS = 2
# Of the sine and the cosine, whose results are up to 1, in units of u absolutely.
SINE_UNITS = 2
ERFC_UNITS = 20
# erfc(a) holds exp(-a²), in which the rounding of a² counts a² times.
ERFC_UNITS_PER_SQUARE = 2


def _rounded(result: Any, propagated: Any, units: Any = 1) -> Any:
    return propagated + units * UNIT * np.abs(result) + SMALLEST_NORMAL


def _addition(result: Any, a: Bounded, b: Bounded) -> Any:
    return _rounded(result, a[1] + b[1])


def _product(result: Any, a: Bounded, b: Bounded) -> Any:
    return _rounded(result, np.abs(a[0]) * b[1] + np.abs(b[0]) * a[1] + a[1] * b[1])


def _square(result: Any, a: Bounded) -> Any:
    return _product(result, a, a)


def _power(result: Any, a: Bounded, y: int) -> Any:
    magnitude = np.abs(a[0])
    furthest = magnitude + a[1] if y > 0 else _positive(magnitude - a[1])
    return _rounded(result, furthest ** float(y) - magnitude ** float(y), units=abs(y) + 1)


def _exp(result: Any, a: Bounded) -> Any:
    return _rounded(result, np.expm1(a[1]) * result, EXP_UNITS)


def _logistic(result: Any, a: Bounded) -> Any:
    return _rounded(result, np.expm1(a[1]) * result, LOGISTIC_UNITS)


def _expm1(result: Any, a: Bounded) -> Any:
    return _rounded(result, np.expm1(a[1]) * (result + 1), EXPM1_UNITS)


def _quotient(result: Any, a: Bounded, b: Bounded) -> Any:
    return _rounded(result, (a[1] + np.abs(result) * b[1]) / _positive(np.abs(b[0]) - b[1]))


def _log(result: Any, a: Bounded) -> Any:
    return _rounded(result, a[1] / _positive(a[0] - a[1]), LOG_UNITS)


def _log1p(result: Any, a: Bounded) -> Any:
    return _rounded(result, a[1] / _positive(1 + a[0] - a[1]), LOG1P_UNITS)


def _sqrt(result: Any, a: Bounded) -> Any:
    return _rounded(result, a[1] / _positive(result))


def _positive(number: Any) -> Any:
    """A divisor, NaN where its error leaves it without a sign."""
    return np.where(number > 0, number, np.nan)


def _sine(result: Any, a: Bounded) -> Any:
    return _rounded(np.ones_like(result), a[1], SINE_UNITS)


def _atan(result: Any, a: Bounded) -> Any:
    return _rounded(result, a[1], ATAN_UNITS)


def _sign(_: Any, a: Bounded) -> Any:
    return np.where(np.abs(a[0]) > a[1], 0.0, 2.0 * (a[1] > 0))


def _tanh(result: Any, a: Bounded) -> Any:
    return _rounded(result, a[1], TANH_UNITS)


def _erf(result: Any, a: Bounded) -> Any:
    nearest = np.maximum(np.abs(a[0]) - a[1], 0)
    return _rounded(result, a[1] * 2 / np.sqrt(np.pi) * np.exp(-nearest * nearest), ERF_UNITS)


def _erfc(result: Any, a: Bounded) -> Any:
    nearest = np.maximum(np.abs(a[0]) - a[1], 0)
    slope = 2 / np.sqrt(np.pi) * np.exp(-nearest * nearest)
    units = ERFC_UNITS + ERFC_UNITS_PER_SQUARE * nearest * nearest
    return _rounded(result, a[1] * slope, units)


def _unchanged(_: Any, a: Bounded, *__: Bounded) -> Any:
    return a[1]


def _larger(_: Any, *operands: Bounded) -> Any:
    return np.maximum.reduce(np.broadcast_arrays(*(error for _, error in operands)))


def _exact(result: Any, *_: Bounded) -> Any:
    return np.zeros(np.shape(result))


def _chosen(_: Any, which: Bounded, *cases: Bounded) -> Any:
    return np.choose(np.asarray(which[0], int), [error for _, error in cases])


RULES: dict[str, Rule] = {
    "add": _addition,
    "add_any": _addition,
    "sub": _addition,
    "mul": _product,
    "square": _square,
    "integer_pow": _power,
    "div": _quotient,
    "sqrt": _sqrt,
    "exp": _exp,
    "expm1": _expm1,
    "log": _log,
    "log1p": _log1p,
    "sin": _sine,
    "cos": _sine,
    "atan": _atan,
    "logistic": _logistic,
    "tanh": _tanh,
    "erf": _erf,
    "erfc": _erfc,
    "max": _larger,
    "min": _larger,
    "abs": _unchanged,
    "sign": _sign,
    "neg": _unchanged,
    "copy": _unchanged,
    "broadcast_in_dim": _unchanged,
    "convert_element_type": _unchanged,
    **dict.fromkeys(("gt", "ge", "lt", "le", "eq", "ne", "and", "or", "not"), _exact),
    "select_n": _chosen,
}
# Calls of programs within the program, and what they are called by.
CALLS = {"jit": "jaxpr", "custom_jvp_call": "call_jaxpr"}


def _step(equation: Any, operands: list[Bounded]) -> list[Bounded]:
    name = equation.primitive.name
    if name in CALLS:
        inner = equation.params[CALLS[name]]
        return _run(inner.jaxpr, operands)
    if name not in RULES:
        raise UsageError(
            f"expected a JAX program made of {', '.join(RULES)}, but came upon {name!r}: "
            "give it a rule in verification.witnesses.running_error.RULES"
        )
    result = equation.primitive.bind(*(value for value, _ in operands), **equation.params)
    arguments = {"y": equation.params["y"]} if name == "integer_pow" else {}
    value = np.asarray(result)
    plain = [(np.asarray(operand), error) for operand, error in operands]
    error = np.broadcast_to(RULES[name](value, *plain, **arguments), value.shape)
    return [(result, error)]


def _constant(value: Any) -> Bounded:
    exact = np.all(np.float32(value) == value)
    return value, np.asarray(0.0 if exact else UNIT * np.abs(value))


def _run(program: Jaxpr, arguments: Sequence[Bounded]) -> list[Bounded]:
    known: dict[Any, Bounded] = dict(zip(program.invars, arguments, strict=True))

    def read(atom: Any) -> Bounded:
        return _constant(atom.val) if isinstance(atom, Literal) else known[atom]

    for equation in program.eqns:
        results = _step(equation, [read(atom) for atom in equation.invars])
        known.update(zip(equation.outvars, results, strict=True))
    return [read(atom) for atom in program.outvars]


def evaluate(
    function: Callable[..., Any], *arguments: Float64 | np.float64
) -> tuple[Float64, Float64]:
    """Return the value of a JAX function of float64 arrays, and a bound on its absolute error.

    The arguments are exact. Raises UsageError when the program holds a step without a rule.
    """
    x64 = jax.enable_x64(True)  # noqa: FBT003 it takes no keyword that is documented
    with x64, np.errstate(over="ignore", under="ignore", invalid="ignore"):
        exact = [(jax.numpy.asarray(x), np.zeros(np.shape(x))) for x in arguments]
        program: ClosedJaxpr = jax.make_jaxpr(function)(*(value for value, _ in exact))
        [(value, error)] = _run(program.jaxpr, exact)
    return np.asarray(value, np.float64), np.asarray(error, np.float64)
