"""How to get a package that is missing: a sentence that works where it is read."""

import json
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXTRAS = {
    "verification": ("filelock", "flint", "hypothesis", "jax", "ml_dtypes", "rich", "scipy"),
    "cluster": ("distributed",),
    "figures": ("matplotlib", "typst"),
}


def advice(package: str) -> str:
    """Say that a package is missing, and which command brings it.

    That is the extra of ours which has it; for a package that none has, the package itself.
    """
    extra = next((extra for extra, packages in EXTRAS.items() if package in packages), None)
    how = f"python -m pip install {package}" if extra is None else _install(extra)
    return f"expected the package {package!r}, but it is not installed: {how}"


def _install(extra: str) -> str:
    if (ROOT / "pyproject.toml").is_file():
        return f"python -m pip install '.[{extra}]' in {ROOT}"
    if url := _where_from():
        return f"python -m pip install 'halfulp[{extra}] @ {url}'"
    return f"install halfulp once more, from where you got it, as halfulp[{extra}]"


def _where_from() -> str | None:
    """Return the address that halfulp was installed from, if pip has kept it (PEP 610)."""
    try:
        kept = metadata.distribution("halfulp").read_text("direct_url.json")
    except metadata.PackageNotFoundError:
        return None
    if kept is None:
        return None
    content = json.loads(kept)
    source = content.get("vcs_info")
    if source is None:
        return str(content["url"])
    return f"{source['vcs']}+{content['url']}@{source['commit_id']}"
