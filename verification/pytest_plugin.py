"""pytest's plugin: the fixture ``halfulp`` judges an implementation, and fails with the verdict.

    def test_my_gelu(halfulp):
        halfulp("torch:my_kernels.gelu", "gelu", require="close")

It is installed with the package, as the entry point ``halfulp``. ``--halfulp-require GRADE`` and
``--halfulp-baseline NAME`` hold for every call that says nothing else.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from verification.verdict.verdict import Verdict

OPTIONS = {
    "require": "the grade that passes, as of halfulp check --require",
    "baseline": "an implementation by name, or a stored verdict: what is no worse passes",
    "known": "a file of accepted findings, as halfulp check --write-known writes it",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what holds for every call."""
    group = parser.getgroup("halfulp")
    for name, text in OPTIONS.items():
        group.addoption(f"--halfulp-{name}", metavar=name.upper(), help=text)


@pytest.fixture
def halfulp(pytestconfig: pytest.Config) -> Callable[..., "Verdict"]:
    """`verification.check`, which fails the test unless the verdict is that it passed."""
    from verification.verdict.check import check  # noqa: PLC0415  only a test that asks pays

    chosen = {name: pytestconfig.getoption(f"halfulp_{name}") for name in OPTIONS}
    defaults = {name: value for name, value in chosen.items() if value is not None}

    def judge(candidate: Any, activation: str | None = None, **options: Any) -> "Verdict":
        __tracebackhide__ = True
        verdict = check(candidate, activation, **(defaults | options))
        if not verdict.passed:
            pytest.fail(str(verdict), pytrace=False)
        return verdict

    return judge
