"""Public implementations that nobody here wrote, as one types them behind ``halfulp check``."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Client:
    """A name, the activation or the formula that it is meant to be, and options."""

    name: str
    activation: str
    options: tuple[str, ...] = ()
    dtype: str = "float32"

    @property
    def asked(self) -> tuple[str, ...]:
        """The activation as the command takes it: a name, or a formula."""
        is_name = self.activation.isidentifier()
        return (self.activation,) if is_name else ("--formula", self.activation)


TRANSFORMERS = "transformers.activations:ACT2FN"
THINC = "numpy:thinc.backends.numpy_ops:NumpyOps()"
SKLEARN = "sklearn.neural_network._base"
# tinygrad without a compiler runs in Python: arrays are short.
SHORT = ("--shape", "16,64")

GATE_SECOND = ("--packed", "gate-second")

CLIENTS = (
    Client("torch.nn.functional.gelu", "gelu"),
    Client('torch.nn:GELU(approximate="tanh")', "gelu_tanh"),
    Client("torch.nn.LeakyReLU?negative_slope=0.01", "leaky_relu"),
    Client("torch.nn:Softplus(threshold=100)", "softplus"),
    Client(f'{TRANSFORMERS}["gelu_new"]', "gelu_tanh"),
    Client(f'{TRANSFORMERS}["gelu_fast"]', "gelu_tanh"),
    Client(f'{TRANSFORMERS}["gelu_python"]', "gelu"),
    Client(f'{TRANSFORMERS}["silu"]', "silu"),
    Client(f'{TRANSFORMERS}["mish"]', "mish"),
    Client("keras.activations.gelu?approximate=False", "gelu"),
    Client("keras.activations.mish", "mish"),
    Client("keras.layers:ELU(alpha=1.0)", "elu"),
    Client(
        f"{THINC}.gelu",
        "gelu",
        ("--backward", f"{THINC}.backprop_gelu", "--backward-takes", "dy,x"),
    ),
    Client(
        f"{THINC}.relu",
        "relu",
        ("--backward", f"{THINC}.backprop_relu", "--backward-takes", "dy,y"),
    ),
    Client(
        f"{THINC}.mish",
        "mish",
        ("--backward", f"{THINC}.backprop_mish", "--backward-takes", "dy,x"),
    ),
    Client(
        f"{THINC}.swish",
        "silu",
        ("--backward", f"{THINC}.backprop_swish", "--backward-takes", "dy,x,y"),
    ),
    Client(
        f"{THINC}.gelu_approx",
        "gelu_tanh",
        ("--backward", f"{THINC}.backprop_gelu_approx", "--backward-takes", "dy,x"),
    ),
    Client(
        f"{THINC}.sigmoid",
        "sigmoid",
        ("--backward", f"{THINC}.backprop_sigmoid", "--backward-takes", "dy,y"),
    ),
    Client("flax.linen.silu", "silu"),
    Client("flax.linen.gelu?approximate=False", "gelu"),
    Client("jax.nn.softplus", "softplus"),
    Client("jax.nn.mish", "mish"),
    Client("onnx:gelu.onnx", "gelu"),
    Client("onnx:mish.onnx", "mish"),
    Client("onnx:elu_64_1024.onnx", "elu", ("--shape", "64,1024")),
    Client("mlx.nn.gelu", "gelu"),
    Client("mlx.nn:Mish()", "mish"),
    Client("tinygrad.Tensor.gelu", "gelu_tanh", SHORT, "float16"),
    Client("tinygrad.Tensor.sigmoid", "sigmoid", SHORT, "float16"),
    Client(
        f"{SKLEARN}:inplace_logistic",
        "sigmoid",
        (
            "--in-place",
            *("--backward", f"{SKLEARN}:inplace_logistic_derivative"),
            *("--backward-takes", "y,dy"),
        ),
    ),
    Client(
        f"{SKLEARN}:inplace_relu",
        "relu",
        (
            "--in-place",
            *("--backward", f"{SKLEARN}:inplace_relu_derivative"),
            *("--backward-takes", "y,dy"),
        ),
    ),
    Client("scipy.special.expit", "sigmoid"),
    Client("paddle.nn.functional.silu", "silu"),
    Client("paddle.nn.Mish", "mish"),
    Client("array_api_strict.tanh", "tanh"),
    Client("torch.nn.functional.hardswish", "x * min(max(x + 3, 0), 6) / 6"),
    Client("torch.nn.Tanhshrink", "x - tanh(x)"),
    Client("jax.nn.soft_sign", "x / (1 + abs(x))"),
    Client("jax.nn.squareplus", "(x + sqrt(x**2 + 4)) / 2"),
    Client(
        f"{THINC}.hard_swish",
        "x * min(max(0.2 * x + 0.5, 0), 1)",
        ("--backward", f"{THINC}.backprop_hard_swish", "--backward-takes", "dy,x"),
    ),
    Client(
        f"{THINC}.dish",
        "x / 2 * (x / sqrt(1 + x**2) + 1)",
        ("--backward", f"{THINC}.backprop_dish", "--backward-takes", "dy,x"),
    ),
    Client("torch.nn.functional.glu", "sigmoid(x) * y", GATE_SECOND),
    Client("torch.nn.GLU", "sigmoid(x) * y", GATE_SECOND, "bfloat16"),
    Client("jax.nn.glu", "sigmoid(x) * y", GATE_SECOND),
    Client("keras.activations.glu", "sigmoid(x) * y", GATE_SECOND),
    Client("mlx.nn.glu", "sigmoid(x) * y", GATE_SECOND),
    Client("paddle.nn.functional.glu", "sigmoid(x) * y", GATE_SECOND),
    Client("paddle.incubate.nn.functional.swiglu", "x * sigmoid(x) * y"),
    Client(
        "paddle.incubate.nn.functional.swiglu", "x * sigmoid(x) * y", ("--packed", "gate-first")
    ),
)
