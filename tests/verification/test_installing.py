"""The advice on a missing package works where it is read."""

import subprocess
import sys
from importlib import metadata

import pytest

from verification import installing

VCS = '{"url": "https://host/x.git", "vcs_info": {"vcs": "git", "commit_id": "0123"}}'


class Installed:
    """What pip has kept of an installation."""

    def __init__(self, kept):
        self.kept = kept

    def read_text(self, _name):
        """Return direct_url.json."""
        return self.kept


def test_in_a_checkout_it_is_the_checkout():
    """No index is asked for halfulp."""
    advice = installing.advice("typst")
    assert advice.startswith("expected the package 'typst', but it is not installed: ")
    assert advice.endswith(f"python -m pip install '.[figures]' in {installing.ROOT}")


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        ('{"url": "file:///there", "dir_info": {}}', "'halfulp[verification] @ file:///there'"),
        (VCS, "'halfulp[verification] @ git+https://host/x.git@0123'"),
        (None, "from where you got it, as halfulp[verification]"),
    ],
    ids=["folder", "repository", "unknown"],
)
def test_installed_it_is_where_it_came_from(kept, said, tmp_path, monkeypatch):
    """As pip has kept it, if it has."""
    monkeypatch.setattr(installing, "ROOT", tmp_path)
    monkeypatch.setattr(metadata, "distribution", lambda _name: Installed(kept))
    assert installing.advice("jax").endswith(said)


def test_what_no_extra_brings_is_installed_by_its_name():
    """Such as a framework."""
    assert installing.advice("torch").endswith("python -m pip install torch")


def test_check_without_a_package_says_so():
    """An ImportError of one sentence instead of the trace of ours."""
    code = "import sys; sys.modules['ml_dtypes'] = None\nfrom verification import check"
    done = subprocess.run(  # noqa: S603  the code is in this file
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("ImportError: verification.check: expected the package 'ml_dtypes'")
    assert ".[verification]" in last
    assert done.stderr.count("Traceback") == 1
