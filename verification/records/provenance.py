"""Where a result comes from: the sources that a function needs, the versions, the machine."""

import ast
import platform
from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import sha256
from importlib import metadata
from importlib.util import find_spec, resolve_name
from pathlib import Path

PACKAGES = ("numpy", "ml_dtypes", "scipy", "jax", "jaxlib", "python-flint", "hypothesis")
IMPORTS = (ast.Import, ast.ImportFrom)


def hash_of_sources(*modules: str) -> str:
    """SHA-256 over the given modules and all of their package that they import.

    Each counts by its name and its text; an import by the names that it brings and not by its path:
    so nothing changes when a file moves, or when another one, which they do not need, is added.
    """
    digest = sha256()
    found = {path: module for name in modules for module, path in _needed(name)}
    for path in sorted(found, key=lambda path: (path.stem, found[path])):
        content = _without_paths(path.read_text(encoding="utf-8"))
        digest.update(f"{path.stem} {len(content)}\n{content}".encode())
    return digest.hexdigest()


def hash_of_files(paths: Iterable[Path], folder: Path) -> str:
    """SHA-256 over the names, relative to ``folder``, and the contents of files."""
    digest = sha256()
    for path in sorted(paths):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _needed(name: str) -> Iterator[tuple[str, Path]]:
    """The module, and those of the same package that it imports, directly or not."""
    package = name.partition(".")[0]
    waiting, seen = [name], set()
    while waiting:
        module = waiting.pop()
        path = _path_of(module)
        if module in seen or path is None:
            continue
        seen.add(module)
        if path.name != "__init__.py":
            yield module, path
            waiting += [other for other in _imported(module, path) if _is_in(other, package)]


def _is_in(module: str, package: str) -> bool:
    return module.partition(".")[0] == package


@cache
def _path_of(module: str) -> Path | None:
    """The file of a module, None for a name that is no module."""
    try:
        spec = find_spec(module)
    except ModuleNotFoundError:
        return None
    return None if spec is None or spec.origin is None else Path(spec.origin)


def _imported(module: str, path: Path) -> Iterator[str]:
    """The names of the modules that a module imports, and of what it takes from them."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = "." * node.level + (node.module or "")
            base = resolve_name(origin, module.rpartition(".")[0]) if node.level else origin
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def _without_paths(text: str) -> str:
    """The text of a module, without empty lines, its imports last and without their paths."""
    lines, imports = text.splitlines(), []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, IMPORTS):
            last = (getattr(node, "module", None) or "").rpartition(".")[2]
            imports += [f"{last} {alias.name} {alias.asname}" for alias in node.names]
            end = node.end_lineno or node.lineno
            lines[node.lineno - 1 : end] = [""] * (end - node.lineno + 1)
    return "\n".join([*(line for line in lines if line.strip()), *sorted(imports)])


def installed_versions() -> dict[str, str]:
    """List the versions of Python and of what the witnesses stand on."""
    packages = {name: metadata.version(name) for name in PACKAGES}
    return {"python": platform.python_version(), **packages}


def this_machine() -> dict[str, str]:
    """Name the operating system and the kind of processor."""
    return {"system": platform.system(), "processor": platform.machine()}
