"""Files that are written whole or not at all, and are on the disk before anything else is done."""

import errno
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from stat import S_IMODE, S_ISDIR, S_ISFIFO, S_ISREG

from verification.errors import UsageError

# The folder of the committed records.
RECORDS = Path(__file__).parent
# What a file system says that cannot be told to wait for its disk.
NO_SYNC = {errno.EINVAL, errno.ENOTSUP, errno.EBADF}
# The pipes that were examined. They stay open until they are written to: their reader would take
# the end of the examination for the end of what comes.
STANDARD_OUTPUT = 1
PIPES: dict[Path, int] = {}


def prepare(path: Path, size: int = 0, *, through: bool = True) -> None:
    """Make the folder of ``path``; raise UsageError if no file that large can be there.

    A link, a pipe or a device may be there, unless ``through`` is false.
    """
    try:
        if _is_written_through(path):
            if not through:
                raise UsageError(
                    f"expected a file, or none, at {path}, but there is a link, a pipe or a "
                    "device: choose another"
                )
            _examine(path, size)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path.parent) as file:
            file.write(bytes(size))
        usable = not path.is_dir()
    except OSError as error:
        raise _not_writable(path, error.strerror) from None
    if not usable:
        raise _not_writable(path, "it is a folder")


@contextmanager
def no_empty_folders(*paths: Path) -> Iterator[None]:
    """Take the folders ``paths`` away again, and those above, that were made and stayed empty."""
    missing = [folder for path in paths for folder in (path, *path.parents) if not exists(folder)]
    try:
        yield
    finally:
        for folder in missing:
            with suppress(OSError):
                folder.rmdir()


def exists(path: Path) -> bool:
    """Whether something is there; nothing is where the system cannot even look."""
    try:
        return path.exists()
    except OSError:
        return False


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file by way of a new one beside it, so that it is never half there.

    But what a link leads to, a pipe or a device stays what it is, and is written to.
    """
    data = content.encode() if isinstance(content, str) else content
    prepare(path)
    kept = "; what was there is kept" if path.is_file() else ""
    try:
        (_write_through if _is_written_through(path) else _replace)(path, data)
    except OSError as error:
        raise _not_writable(path, f"{error.strerror}{kept}") from None
    try:
        sync(_real_folder(path))
    except OSError as error:
        raise _not_writable(path, f"it may not be on the disk, {error.strerror}") from None


def write_new(path: Path, data: bytes) -> None:
    """Write a file where nothing is, not even a link, onto the disk; OSError leaves none."""
    with path.open("xb") as file:
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            path.unlink()
            raise


def sync(path: Path) -> None:
    """Wait until the content of a file, or the names in a folder, are on the disk."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except PermissionError:
        return
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in NO_SYNC:
            raise
    finally:
        os.close(descriptor)


def _replace(path: Path, data: bytes) -> None:
    """Put a new file in the place of what is there, with its permissions."""
    temporary = path.with_name(f".{secrets.token_hex(8)}.part")
    write_new(temporary, data)
    try:
        with suppress(FileNotFoundError, PermissionError):
            temporary.chmod(S_IMODE(path.stat().st_mode))
        temporary.replace(path)
    except BaseException:
        temporary.unlink()
        raise


def _is_written_through(path: Path) -> bool:
    """Whether the user has a link, a pipe or a device there."""
    try:
        mode = path.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return False
    return not (S_ISREG(mode) or S_ISDIR(mode))


def _examine(path: Path, size: int) -> None:
    """Raise OSError for a link, a pipe or a device that cannot be written to."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        with tempfile.TemporaryFile(dir=_real_folder(path)) as file:
            file.write(bytes(size))
        return
    if not S_ISFIFO(mode):
        os.close(os.open(path, os.O_WRONLY))
    elif path not in PIPES:
        PIPES[path] = _open_pipe(path)


def _real_folder(path: Path) -> Path:
    """The folder of what is there, or of what a link leads to."""
    return Path(os.path.realpath(path)).parent


def _open_pipe(path: Path) -> int:
    """Open a pipe that somebody reads; without a reader, opening it would wait for one."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
    except OSError as error:
        if error.errno == errno.ENXIO:
            raise OSError(errno.ENXIO, "nobody reads this pipe") from None
        raise
    os.set_blocking(descriptor, True)
    return descriptor


def _write_through(path: Path, data: bytes) -> None:
    """Write to what a link leads to, a pipe or a device."""
    descriptor = PIPES.pop(path, None)
    if descriptor is None:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o666)
    try:
        if _is_standard_output(descriptor):
            _put(STANDARD_OUTPUT, data)
        elif S_ISREG(os.fstat(descriptor).st_mode):
            _overwrite(descriptor, data)
        else:
            _put(descriptor, data)
    finally:
        os.close(descriptor)


def _is_standard_output(descriptor: int) -> bool:
    """Whether what is written to a file has to go where standard output has come to in it."""
    try:
        return os.path.samestat(os.fstat(descriptor), os.fstat(STANDARD_OUTPUT))
    except OSError:  # it is closed
        return False


def _overwrite(descriptor: int, data: bytes) -> None:
    """Write behind the old content first: where there is no room for that, it stays."""
    end = os.lseek(descriptor, 0, os.SEEK_END)
    try:
        _put(descriptor, data)
    except OSError:
        os.ftruncate(descriptor, end)
        raise
    os.lseek(descriptor, 0, os.SEEK_SET)
    _put(descriptor, data)
    os.ftruncate(descriptor, len(data))
    os.fsync(descriptor)


def _put(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _not_writable(path: Path, reason: str | None) -> UsageError:
    return UsageError(
        f"expected a place where {path} can be written, but: {reason}; choose another"
    )
