"""The page that ``halfulp check --help`` prints: the options, and what one needs beside them."""

import json
from argparse import Action, ArgumentParser, Namespace
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from textwrap import fill
from typing import Any

from verification.grade import REQUIRED
from verification.kinds import KINDS

WIDTH = 80
FRAMEWORKS = "numpy torch jax tensorflow mlx tinygrad paddle cupy array onnx c"
EXAMPLES = """examples:
  halfulp check torch:torch.nn.functional.gelu gelu --require close
  halfulp check 'torch:torch.nn.functional.gelu?approximate=tanh' gelu_tanh
  halfulp check torch:torch.nn.LeakyReLU?negative_slope=0.2 leaky_relu --set negative_slope=0.2
  halfulp check 'transformers.activations:ACT2FN["gelu_new"]' gelu_tanh --domain -20 20
  halfulp check torch:my_kernels.swiglu --formula 'x * sigmoid(x) * y' --packed gate-first
  halfulp check numpy:my.gelu gelu --backward numpy:my.gelu_backward --backward-takes dy,x
  halfulp check --command ./my_gelu gelu --dtype float32
  halfulp check torch:my.gelu gelu --baseline torch:torch.nn.functional.gelu"""


class Page(Action):
    """Print the page, and end."""

    def __call__(
        self,
        parser: ArgumentParser,
        _namespace: Namespace,
        _values: str | Sequence[Any] | None,
        _option: str | None = None,
    ) -> None:
        """See `argparse.Action`."""
        parser.exit(0, f"{parser.format_help()}\n{_more()}")


def _more() -> str:
    parts = [
        _listed("activations", ", ".join(_catalogue())),
        _listed("frameworks", f"{FRAMEWORKS}, as in FRAMEWORK:MODULE.FUNCTION?KEY=VALUE"),
        _listed("grades", f"{', '.join(REQUIRED)}, broken"),
        "kinds of findings:\n"
        + "\n".join(f"  {name:<18} {kind.text}" for name, kind in KINDS.items()),
        EXAMPLES,
    ]
    return "\n\n".join([*parts, ""])


def _listed(title: str, text: str) -> str:
    return fill(f"{title}: {text}", WIDTH, subsequent_indent="  ")


def _catalogue() -> list[str]:
    """The names in the catalogue, without an import of it, which takes a while."""
    found = find_spec("reference")
    assert found is not None  # noqa: S101  it is installed with this
    assert found.origin is not None  # noqa: S101  and is no namespace
    return list(json.loads(Path(found.origin).with_name("facts.json").read_bytes()))
