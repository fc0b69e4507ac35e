"""The implementation under test, behind the smallest interface that the contract needs.

``pytest tests/contract`` holds the reference to the contract, bit for bit. With
``--implementation torch:torch.nn.functional.gelu`` it is somebody else's, held to what `check`
tolerates: ulp, any NaN for a NaN, either zero for a zero, any choice at a kink.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pytest

from reference import ACTIVATIONS
from reference.arithmetic.formats import FORMATS
from verification.candidates import frameworks
from verification.errors import UsageError
from verification.formula.setting import setting
from verification.numbers.ulp import errors
from verification.verdict.asked import NAMES, TOLERANCES
from verification.verdict.naming import parsed

SHOWN = 3
INTERFACE = "interface: what is done with lists, scalars and foreign types, by the reference alone"


@dataclass(frozen=True)
class Candidate:
    """An activation by whomever: ``name`` says which one of the catalogue it has to be.

    A function that is None is not tried. The reference is ``exact``, and alone promises what it
    does with lists, scalars and foreign types.
    """

    name: str
    forward: Callable[[Any], Any] | None
    derivative: Callable[[Any], Any] | None
    backward: Callable[[Any, Any], Any] | None
    exact: bool = False
    parameters: tuple[tuple[str, float], ...] = ()

    @property
    def facts(self):
        """Limits, bounds, roots, ... of the function that it implements, with its parameters."""
        return setting(ACTIVATIONS[self.name], dict(self.parameters))

    def tolerance(self, format_):
        """In ulp."""
        return 0.0 if self.exact else TOLERANCES[format_.name]

    def ignores_nan(self, order):
        """Whether a number at NaN is legal: in the derivative of a function of pieces."""
        return order == 1 and bool(self.facts.kinks) and not self.exact


def of_the_reference(name):
    """The reference as one implementation among others."""
    activation = ACTIVATIONS[name]
    return Candidate(name, activation, activation.derivative, activation.backward, exact=True)


@cache
def by_name(text):
    """``[ACTIVATION[PARAMETERS]=]FUNCTION``; by default the activation is named as the function."""
    given = re.fullmatch(r"(\w+(?:\[[^\]]*\])?)=(.+)", text)
    whose, function = given.groups() if given else (_name_of(text), text)
    name = whose.partition("[")[0]
    if name not in NAMES:
        raise pytest.UsageError(
            f"--implementation {text}: expected ACTIVATION=FUNCTION with an activation among "
            f"{', '.join(NAMES)}, for {name!r} is none"
        )
    try:
        _, parameters = parsed(whose)
        setting(NAMES[name], parameters)
        found = frameworks.implementation(function)
    except UsageError as error:
        raise pytest.UsageError(f"--implementation {error}") from None
    functions = (found.forward, found.derivative, found.backward)
    return Candidate(NAMES[name].name, *functions, parameters=tuple(parameters.items()))


def _name_of(function):
    return function.partition("?")[0].rpartition(".")[2].rpartition(":")[2]


def pytest_addoption(parser):
    """Anyone's implementations instead of the reference."""
    parser.addoption(
        "--implementation",
        action="append",
        default=[],
        metavar="[ACTIVATION=]FUNCTION",
        help="hold this to the contract: torch:torch.nn.functional.gelu, gelu_tanh=jax:jax.nn.gelu "
        "or leaky_relu[negative_slope=0.2]=FUNCTION; several are allowed (default: the reference)",
    )


def pytest_configure(config):
    """Refuse a name that is none; name the rows that are not for everybody."""
    config.addinivalue_line("markers", INTERFACE)
    for name in config.getoption("--implementation", None) or []:
        by_name(name)


def pytest_generate_tests(metafunc):
    """Every activation of the implementation under test."""
    if "implementation" in metafunc.fixturenames:
        names = metafunc.config.getoption("--implementation", None)
        make, ids = (by_name, names) if names else (of_the_reference, list(ACTIVATIONS))
        metafunc.parametrize("implementation", [make(i) for i in ids], ids=ids, indirect=True)


@pytest.fixture(scope="session")
def implementation(request):
    """The candidate under test."""
    return request.param


def pytest_collection_modifyitems(config, items):
    """Leave out, and count, the rows that do not concern an implementation."""
    foreign = [item for item in items if _does_not_concern(item)]
    if foreign:
        config.hook.pytest_deselected(items=foreign)
        items[:] = [item for item in items if not _does_not_concern(item)]


def _does_not_concern(item):
    callspec = getattr(item, "callspec", None)
    candidate = callspec.params.get("implementation") if callspec else None
    if not isinstance(candidate, Candidate):
        return False
    if item.get_closest_marker("interface") and not candidate.exact:
        return True
    functions = {"forward", "derivative", "backward"}
    needed = functions & {*item.fixturenames, *map(str, callspec.params.values())}
    return any(getattr(candidate, name) is None for name in needed)


@pytest.fixture(scope="session", params=FORMATS.values(), ids=list(FORMATS))
def format_(request):
    """Every format."""
    return request.param


@pytest.fixture(scope="session")
def forward(implementation):
    """The value."""
    return implementation.forward


@pytest.fixture(scope="session")
def derivative(implementation):
    """The first derivative."""
    return implementation.derivative


@pytest.fixture(scope="session")
def backward(implementation):
    """The product with upstream."""
    return implementation.backward


@pytest.fixture(scope="session", params=["forward", "derivative", "backward"])
def call(request, implementation):
    """Each of the three as a function of x alone: backward has x for upstream as well."""
    if request.param == "backward":
        return lambda x: implementation.backward(x, x)
    return getattr(implementation, request.param)


@pytest.fixture(scope="session", params=["forward", "derivative"])
def order_and_call(request, implementation):
    """The value with its order 0, the first derivative with its order 1."""
    order = ("forward", "derivative").index(request.param)
    return order, getattr(implementation, request.param)


def sample(format_, size):
    """Numbers over all the active range and the tails, with the format's edges among them."""
    edges = [0.0, -0.0, format_.smallest, -format_.smallest, np.inf, -np.inf, np.nan, 1.0]
    steps = np.arange(size) * 0.6180339887498949 % 1
    numbers = 12 * (2 * steps - 1) * np.resize([1, 1, 0.1, 30], size)
    numbers[1::9] = np.resize(edges, numbers[1::9].size)
    return numbers.astype(format_.dtype)


@pytest.fixture(name="sample", scope="session")
def provide_sample(format_):
    """Make as many numbers of the format as wanted."""
    return lambda size: sample(format_, size)


def doubles(results):
    """Widen results, exactly."""
    with np.errstate(invalid="ignore"):
        return np.asarray(results).astype(np.float64)


@pytest.fixture
def hold(request, implementation):
    """Results against expected ones, at inputs; a failure says what law, where, and how far off.

    ``hold(x, got, expected)`` tolerates what `check` does, which of the reference is nothing;
    with ``exactly`` every bit has to agree, save the payload of somebody else's NaN.
    """
    law = request.function.__name__.removeprefix("test_").replace("_", " ")

    def compare(x, got, expected, *, exactly=False):
        x, got, expected = map(np.asarray, (x, got, expected))
        kinds = [(a.dtype.name, a.shape) for a in (got, expected)]
        assert kinds[0] == kinds[1], f"{law}: got {kinds[0]}, expected {kinds[1]}"
        x = np.broadcast_to(x, got.shape).reshape(-1)
        got, expected = np.ascontiguousarray(got.reshape(-1)), expected.reshape(-1)
        format_ = FORMATS[got.dtype.name]
        ulp = errors(got, doubles(expected), format_)
        bits = [np.ascontiguousarray(a).view(format_.bits) for a in (got, expected)]
        if exactly or implementation.exact:
            wrong = bits[0] != bits[1]
            if not implementation.exact:
                wrong &= ~(np.isnan(doubles(got)) & np.isnan(doubles(expected)))
        else:
            wrong = ulp > implementation.tolerance(format_)
        if not wrong.any():
            return
        places = np.flatnonzero(wrong)
        lines = [
            f"x = {x[i]!s} = {float(x[i]).hex()} = {_hex(x[i])}: got {got[i]!s} = {_hex(got[i])}, "
            f"expected {expected[i]!s} = {_hex(expected[i])}, off by {ulp[i]:.4g} ulp"
            for i in places[:SHOWN]
        ]
        if len(places) > SHOWN:
            lines.append(f"and {len(places) - SHOWN} more")
        pytest.fail(
            f"{law} ({len(places)} of {x.size} do not)\n  " + "\n  ".join(lines), pytrace=False
        )

    return compare


def _hex(number):
    bits = np.asarray(number).view(f"u{np.asarray(number).dtype.itemsize}")
    return f"0x{int(bits):0{2 * bits.dtype.itemsize}x}"
