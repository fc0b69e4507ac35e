"""How fast values and derivatives are, beside the peers."""

import os
from functools import partial

import numpy as np
from peers import (
    MPFR,
    SCIPY,
    flint_values,
    jax_value,
    mpfr_value,
    mpmath_value,
    torch_both,
    torch_compiled,
    torch_value,
)
from table import Section, geometric_mean, nanoseconds
from timing import seconds
from workload import inputs

from reference import ACTIVATIONS
from reference.definition.evaluation import BLOCK
from reference.definition.parallel import VARIABLE

LARGE, MIDDLE, FEW = 1 << 22, 1 << 19, 100
SMALL = (1, 1000)
SIZES = tuple(1 << exponent for exponent in range(10, 27, 4))
NAMES = list(ACTIVATIONS)


def plain(name, order, x):
    """The formula over float64 in blocks, narrowed: no rounding test, no special inputs."""
    evaluate = partial(ACTIVATIONS[name].orders[order].evaluate, **ACTIVATIONS[name].parameters)

    def call():
        result = np.empty_like(x)
        with np.errstate(all="ignore"):
            for start in range(0, x.size, BLOCK):
                block = slice(start, start + BLOCK)
                result[block] = evaluate(x[block].astype(np.float64))

    return call


def present(calls):
    """The contenders that there are on this machine."""
    return {name: call for name, call in calls.items() if call is not None}


def float32():
    """The correctly rounded float32 result beside eager PyTorch in float64."""
    x = inputs(LARGE, np.float32)
    rows, ratios = [], {"value": [], "both": []}
    for name in NAMES:
        best = seconds(
            present(
                {
                    "ours": partial(ACTIVATIONS[name], x),
                    "torch": torch_value(name, x),
                    "compiled": torch_compiled(name, x),
                    "JAX": jax_value(name, x),
                    "ours both": partial(ACTIVATIONS[name].value_and_derivative, x),
                    "torch both": torch_both(name, x),
                    "plain": plain(name, 0, x),
                    "plain first": plain(name, 1, x),
                    "first": partial(ACTIVATIONS[name].derivative, x),
                }
            )
        )
        value, pair = best["ours"] / best["torch"], best["ours both"] / best["torch both"]
        ratios["value"].append(value)
        ratios["both"].append(pair)
        times = [nanoseconds(best[key], LARGE) for key in ("ours", "torch")]
        others = [nanoseconds(best[k], LARGE) if k in best else "" for k in ("compiled", "JAX")]
        pairs = [nanoseconds(best[key], LARGE) for key in ("ours both", "torch both")]
        over = [best["ours"] / best["plain"], best["first"] / best["plain first"]]
        rows.append(
            (
                *(name, *times, f"{value:.2f}", *others, *pairs, f"{pair:.2f}"),
                *(f"{r:.2f}" for r in over),
            )
        )
    means = {key: geometric_mean(numbers) for key, numbers in ratios.items()}
    return Section(
        "float32, correctly rounded, beside PyTorch's float64 (2^22 elements, one thread)",
        (
            "function",
            "value, ns",
            "torch, ns",
            "ratio",
            "torch compiled, ns",
            "JAX jit, ns",
            "value and derivative, ns",
            "torch, ns",
            "ratio",
            "value over plain NumPy",
            "derivative over plain NumPy",
        ),
        rows,
        f"Geometric mean of the ratios: {means['value']:.2f} for the value, {means['both']:.2f} "
        "for value and derivative in one call. JAX takes several threads. Plain NumPy is the same "
        "formula over float64 in the same blocks, narrowed, without a test of the rounding.",
    )


def float64():
    """The correctly rounded float64 result beside peers that are not, and ball arithmetic."""
    x, few = inputs(MIDDLE, np.float64), inputs(FEW, np.float64)
    rows, times, over_flint = [], {0: [], 1: []}, []
    for name in NAMES:
        activation = ACTIVATIONS[name]
        calls = {
            "value": partial(activation, x),
            "first": partial(activation.derivative, x),
            "torch": torch_value(name, x),
            "JAX": jax_value(name, x),
            "mpmath": mpmath_value(name, few),
            "flint": flint_values(name, few),
        }
        if name in SCIPY:
            calls["SciPy"] = partial(SCIPY[name], x)
        if name in MPFR:
            calls["MPFR"] = mpfr_value(name, few)
        best = seconds(calls, rounds=3)
        size = {"mpmath": FEW, "flint": FEW, "MPFR": FEW}
        each = {key: value / size.get(key, MIDDLE) * 1e9 for key, value in best.items()}
        times[0].append(each["value"])
        times[1].append(each["first"])
        over_flint.append(each["flint"] / each["value"])
        others = [f"{each[key] / each['value']:.3g}" if key in each else "" for key in OTHERS]
        rows.append((name, f"{each['value']:.1f}", f"{each['first']:.1f}", *others))
    means = [geometric_mean(numbers) for numbers in times.values()]
    smooth = [geometric_mean(numbers[2:]) for numbers in times.values()]
    return Section(
        "float64, correctly rounded (2^19 elements, one thread)",
        ("function", "value, ns", "derivative, ns", *(f"{key} / ours" for key in OTHERS)),
        rows,
        f"Geometric mean: {means[0]:.0f} ns for a value and {means[1]:.0f} ns for a derivative; "
        f"without relu and leaky_relu {smooth[0]:.0f} and {smooth[1]:.0f} ns; python-flint takes "
        f"{geometric_mean(over_flint[2:]):.0f} times as long for its enclosures of value and two "
        "derivatives. SciPy, torch and JAX are not correctly rounded, MPFR is; JAX takes several "
        "threads.",
    )


OTHERS = ("SciPy", "torch", "JAX", "MPFR", "mpmath", "flint")


def growth():
    """How the cost grows with the array."""
    rows = []
    for size in SIZES:
        x = inputs(size, np.float32)
        row = [f"2^{size.bit_length() - 1}"]
        for name in ("sigmoid", "gelu"):
            best = seconds(
                {"ours": partial(ACTIVATIONS[name], x), "torch": torch_value(name, x)}, 3
            )
            row += [nanoseconds(best["ours"], size), nanoseconds(best["torch"], size)]
        if size <= LARGE:
            best = seconds({"ours": partial(ACTIVATIONS["gelu"], x.astype(np.float64))}, 3)
        row.append(nanoseconds(best["ours"], size) if size <= LARGE else "")
        rows.append(tuple(row))
    return Section(
        "Growth with the array, ns an element",
        (
            "elements",
            "sigmoid, float32",
            "torch float64",
            "gelu, float32",
            "torch float64",
            "gelu, float64",
        ),
        rows,
    )


def small():
    """A call on one element, and on 1,000, beside NumPy's tanh."""
    rows, worst = [], dict.fromkeys(SMALL, 0.0)
    for name in NAMES:
        row = [name]
        for dtype in (np.float32, np.float64):
            for size in SMALL:
                x = inputs(size, dtype)
                activation = ACTIVATIONS[name]
                best = seconds(
                    {
                        "tanh": partial(np.tanh, x),
                        "value": partial(activation, x),
                        "first": partial(activation.derivative, x),
                    }
                )
                allowed = 5 * best["tanh"] + 20e-6
                slower = max(best["value"], best["first"]) / allowed
                if dtype is np.float32:
                    worst[size] = max(worst[size], slower)
                row.append(f"{best['value'] * 1e6:.0f}, {best['first'] * 1e6:.0f}")
        rows.append(tuple(row))
    of_worst = " and ".join(f"{share:.2f} times that for {n:,}" for n, share in worst.items())
    return Section(
        "Small arrays: value, derivative, in µs a call",
        ("function", *(f"{t}, {n:,}" for t in ("float32", "float64") for n in SMALL)),
        rows,
        f"The aim in float32 is 5 times np.tanh plus 20 µs; the slowest takes {of_worst}. float64 "
        "takes fifty NumPy calls or more.",
    )


def threads():
    """The same on two threads."""
    rows = []
    for name in ("relu", "sigmoid", "gelu"):
        for dtype, size in ((np.float32, LARGE), (np.float64, MIDDLE)):
            x = inputs(size, dtype)
            best = seconds(
                {n: partial(_with_threads, n, ACTIVATIONS[name], x) for n in ("1", "2")}, rounds=5
            )
            times = [nanoseconds(best[n], size) for n in ("1", "2")]
            rows.append((name, np.dtype(dtype).name, *times, f"{best['1'] / best['2']:.2f}"))
    columns = ("function", "format", "1 thread, ns", "2 threads, ns", "times as fast")
    return Section(f"Threads ({VARIABLE})", columns, rows)


def _with_threads(count, activation, x):
    os.environ[VARIABLE] = count
    activation(x)
    del os.environ[VARIABLE]
