"""The project's chores: ``nox -s report``, ``nox -s tests``, ``nox -s lint``, ..."""

import nox

nox.options.default_venv_backend = "venv"
nox.options.sessions = ["lint", "tests"]

PYPROJECT = nox.project.load_toml("pyproject.toml")


@nox.session
def report(session: nox.Session) -> None:
    """Verify, then draw the figures and typeset the report into ./report (or --out DIR)."""
    session.install(".[figures]")
    session.run("halfulp", "report", *session.posargs)


@nox.session
def tests(session: nox.Session) -> None:
    """Run the test suite; arguments go to pytest."""
    session.install("-e", ".[figures]", *nox.project.dependency_groups(PYPROJECT, "tests"))
    session.run("pytest", "--numprocesses=2", *session.posargs)


@nox.session
def frameworks(session: nox.Session) -> None:
    """Test the adapters against PyTorch, JAX and TensorFlow themselves."""
    groups = nox.project.dependency_groups(PYPROJECT, "frameworks")
    session.install("-e", ".[figures]", *groups)
    session.run("pytest", "tests/frameworks", "--numprocesses=2", *session.posargs)


@nox.session
def clients(session: nox.Session) -> None:
    """Judge public implementations by name: tests/clients/RESULTS.md; ten minutes."""
    groups = nox.project.dependency_groups(PYPROJECT, "clients")
    session.install("-e", ".[figures]", *groups)
    session.run("python", "tests/clients/run.py", *session.posargs)


@nox.session
def gpu(session: nox.Session) -> None:
    """Test the adapters on a GPU, with Triton kernels; without one, say so."""
    groups = nox.project.dependency_groups(PYPROJECT, "frameworks")
    session.install("-e", ".[figures]", *groups)
    tests = ("tests/frameworks/test_adapters.py", "tests/frameworks/test_modules.py")
    session.run("pytest", *tests, "--numprocesses=2", *session.posargs)
    session.run("python", "tests/frameworks/gpu.py")


@nox.session
def faults(session: nox.Session) -> None:
    """Inject faults, in an hour: tests/faults/RESULTS.md; with -- --short, a few of each kind."""
    session.install("-e", ".[figures]", *nox.project.dependency_groups(PYPROJECT, "tests"))
    session.run("python", "tests/faults/run.py", *session.posargs)


@nox.session
def census(session: nox.Session) -> None:
    """Count PyTorch's, JAX's and TensorFlow's results at all of float32, which takes an hour."""
    groups = nox.project.dependency_groups(PYPROJECT, "frameworks")
    session.install("-e", ".[figures]", *groups)
    session.run("python", "-m", "verification.survey.census")


@nox.session
def survey(session: nox.Session) -> None:
    """Judge PyTorch, JAX and TensorFlow: verification/records/survey.md; or what is behind --."""
    groups = nox.project.dependency_groups(PYPROJECT, "frameworks")
    session.install("-e", ".[figures]", *groups)
    session.run("python", "-m", "verification.survey.survey", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, formatting and types."""
    session.install("-e", ".[figures]", *nox.project.dependency_groups(PYPROJECT, "lint"))
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("mypy")
    session.run("cffconvert", "--validate")


@nox.session
def benchmark(session: nox.Session) -> None:
    """Measure beside the peers, and write tests/benchmarks/RESULTS.md; about 20 minutes."""
    session.install("-e", ".[figures]", *nox.project.dependency_groups(PYPROJECT, "benchmarks"))
    session.run("python", "tests/benchmarks/run.py", *session.posargs)


@nox.session
def sweep(session: nox.Session) -> None:
    """Certify every input of float32, and compare all results with the committed sweep."""
    session.install(".[verification]")
    committed = "verification/records/sweeps/float32.json"
    out = ("--out", "sweep-float32.json", "--expect", committed)
    session.run("halfulp", "sweep", *out, *session.posargs)


@nox.session
def sweep_short(session: nox.Session) -> None:
    """Certify every input of float16 and bfloat16, at another setting of each parameter too."""
    session.install("-e", ".[verification]")
    code = "from reference import ACTIVATIONS; print(*ACTIVATIONS, *("
    code += "f'{a.name}[{p}=0.3]' for a in ACTIVATIONS.values() for p in a.parameters))"
    functions = session.run("python", "-c", code, silent=True).split()
    for dtype in ("float16", "bfloat16"):
        out = f"verification/records/sweeps/{dtype}.json"
        session.run("halfulp", "sweep", *functions, "--dtype", dtype, "--out", out)


@nox.session
def facts(session: nox.Session) -> None:
    """Derive reference/facts.json from the formula texts; names of activations go behind --."""
    session.install("-e", ".[verification]")
    session.run("python", "-m", "verification.formula.facts", *session.posargs)


@nox.session
def readme(session: nox.Session) -> None:
    """Write the pictures and tables that README shows."""
    session.install("-e", ".[figures]")
    session.run("python", "-m", "figures.readme")
