"""What is looked up or chosen rather than computed, and what two results share."""

from functools import partial

import numpy as np
from ml_dtypes import bfloat16
from peers import jax_value, torch_both, torch_value
from table import Section, geometric_mean, nanoseconds
from timing import seconds
from workload import inputs

from reference import ACTIVATIONS

SIZE = 1 << 22
RECTIFIERS = [name for name, activation in ACTIVATIONS.items() if activation.orders[0].exact]
SMOOTH = [name for name in ACTIVATIONS if name not in RECTIFIERS]


def short():
    """The 16-bit formats beside one look-up of NumPy's own."""
    rows, worst = [], {"value": 0.0, "first": 0.0, "backward": 0.0}
    for dtype in (np.dtype(np.float16), np.dtype(bfloat16)):
        x = inputs(SIZE, dtype)
        bits, upstream = x.view(np.uint16), x[::-1].copy()
        table = np.arange(1 << 16).astype(np.uint16).view(dtype)
        for name, activation in ACTIVATIONS.items():
            best = seconds(
                {
                    "take": partial(table.take, bits),
                    "value": partial(activation, x),
                    "first": partial(activation.derivative, x),
                    "backward": partial(activation.backward, x, upstream),
                    "torch": torch_value(name, x),
                },
                rounds=5,
            )
            ratios = {key: best[key] / best["take"] for key in worst}
            worst = {key: max(worst[key], ratios[key]) for key in worst}
            times = [nanoseconds(best[key], SIZE) for key in best]
            rows.append((name, dtype.name, *times, *(f"{r:.2f}" for r in ratios.values())))
    return Section(
        "float16 and bfloat16 beside table.take(bits) (2^22 elements, one thread)",
        (
            "function",
            "format",
            "take, ns",
            "value, ns",
            "derivative, ns",
            "backward, ns",
            "torch float64, ns",
            *(f"{what} / take" for what in ("value", "derivative", "backward")),
        ),
        rows,
        f"At most {worst['value']:.2f} times the look-up for a value, {worst['first']:.2f} for a "
        f"derivative and {worst['backward']:.2f} for a product with upstream.",
    )


def rectifiers():
    """What is exact or rounded once, beside `numpy.maximum`."""
    rows = []
    for dtype in (np.float32, np.float64):
        x = inputs(SIZE, dtype)
        for name in RECTIFIERS:
            activation = ACTIVATIONS[name]
            best = seconds(
                {
                    "maximum": partial(np.maximum, x, dtype(0)),
                    "value": partial(activation, x),
                    "first": partial(activation.derivative, x),
                    "torch": torch_value(name, x),
                    "JAX": jax_value(name, x),
                }
            )
            times = [nanoseconds(best[key], SIZE) for key in best]
            over = [f"{best[key] / best['maximum']:.2f}" for key in ("value", "first")]
            rows.append((name, np.dtype(dtype).name, *times, *over))
    columns = ("numpy.maximum", "value", "derivative", "torch float64", "JAX float64")
    return Section(
        "Rectifiers beside numpy.maximum (2^22 elements)",
        (
            "function",
            "format",
            *(f"{what}, ns" for what in columns),
            "value / maximum",
            "derivative / maximum",
        ),
        rows,
    )


def together():
    """Value and derivative in one call, beside two calls and PyTorch's forward and backward."""
    rows, shares = [], {}
    for dtype, size in ((np.float32, SIZE), (np.float64, SIZE >> 4)):
        x, kind = inputs(size, dtype), np.dtype(dtype).name
        shares[kind] = []
        for name in SMOOTH:
            best = seconds(
                {
                    "one": partial(ACTIVATIONS[name].value_and_derivative, x),
                    "two": partial(_two_calls, ACTIVATIONS[name], x),
                    "torch": torch_both(name, x),
                },
                rounds=5,
            )
            shares[kind].append(best["one"] / best["two"])
            times = [nanoseconds(best[key], size) for key in best]
            rows.append((name, kind, *times, f"{shares[kind][-1]:.2f}"))
    means = " and ".join(f"{geometric_mean(of):.2f} in {kind}" for kind, of in shares.items())
    return Section(
        "Value and derivative in one call",
        ("function", "format", "one call, ns", "two calls, ns", "torch float64, ns", "one / two"),
        rows,
        f"Geometric mean of one call over two: {means}.",
    )


def _two_calls(activation, x):
    return activation(x), activation.derivative(x)
