"""What tests of several parts need."""

import pytest


@pytest.fixture(scope="session")
def is_alive():
    """Whether a process runs; one that has ended but that nobody has waited for does not."""
    import psutil  # noqa: PLC0415  not there where only the frameworks are tested

    def ask(pid):
        try:
            return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    return ask
