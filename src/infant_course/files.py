"""Files are written whole or not at all: to the side first, then renamed over the old one."""

import errno
import hashlib
import os
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from .errors import InfantCourseError


class HeldFileError(InfantCourseError):
    """A file could not be replaced, mostly because another program has it open; says what became of the new content."""


NO_ROOM = "it could not be written (is the disk full?)"
"""What is said where the system gave no reason."""


@contextmanager
def written_for(path: Path) -> Iterator[None]:
    """Errors of the system are told of the file or folder that was asked for, not of one beside it that nobody knows.

    Raises OSError, with the path and with words, whatever was raised without.
    """
    try:
        yield
    except OSError as error:
        number, why = error.errno or errno.EIO, error.strerror or str(error) or NO_ROOM
        raise OSError(number, why, str(path)) from None


def write_whole(path: Path, content: str | bytes) -> Path:
    """Write a file in one step as seen from outside, so that none is ever half written.

    Raises OSError, and HeldFileError where the old file may not be replaced (Windows refuses that while a program
    has it open): then the old one is as it was and the new content stands beside it, as ``name.new.suffix``.
    """
    aside = _staged(path, content)
    try:
        with written_for(path):
            os.replace(aside, path)
    except PermissionError:
        if not path.is_dir():
            raise _held(path, aside) from None
        aside.unlink()
        raise
    except BaseException:
        with suppress(OSError):
            aside.unlink()
        raise
    return path


def write_together(contents: Mapping[Path, str | bytes]) -> tuple[Path, ...]:
    """Write several files that belong together: all of them, or none.

    Each is written to the side first; the old ones are kept until all have been replaced, and put back if one
    cannot be. Raises OSError for the file that could not be written, HeldFileError for one that may not be replaced.
    """
    staged: dict[Path, Path] = {}
    kept: dict[Path, Path] = {}
    done: list[Path] = []
    try:
        for path, content in contents.items():
            if path.is_dir():
                raise HeldFileError(
                    f"{path}: a folder has this name; none of the files that belong together was written"
                )
            staged[path] = _staged(path, content)
        for path in contents:
            if path.exists():
                kept[path] = path.with_name(f".infant-course-{uuid4().hex}")
                shutil.copy2(path, kept[path])
        for path, aside in staged.items():
            try:
                os.replace(aside, path)
            except PermissionError:
                raise HeldFileError(
                    f"{path}: it is open in another program, or may not be replaced; none of the files that belong "
                    "together was written. Close it and try again"
                ) from None
            done.append(path)
    except BaseException:
        for path in done:
            with suppress(OSError):
                os.replace(kept.pop(path), path) if path in kept else path.unlink()
        raise
    finally:
        for left in (*staged.values(), *kept.values()):
            with suppress(OSError):
                left.unlink()
    return tuple(contents)


def _staged(path: Path, content: str | bytes) -> Path:
    """The content in a file beside its place, with the rights of an ordinary file."""
    data = content.encode() if isinstance(content, str) else content
    with written_for(path):
        handle, aside = tempfile.mkstemp(dir=path.parent, prefix=".infant-course-")
    try:
        with written_for(path), os.fdopen(handle, "wb") as stream:
            stream.write(data)
        if os.name == "posix":
            os.chmod(aside, 0o666 & ~_umask())  # mkstemp makes it private; a report is an ordinary file
    except BaseException:
        with suppress(OSError):
            os.unlink(aside)
        raise
    return Path(aside)


def _held(path: Path, aside: Path) -> HeldFileError:
    """Keep what was to replace a file that is held, under a free name beside it."""
    kept = aside
    for number in range(1, 100):
        name = path.with_name(f"{path.stem}.new{number if number > 1 else ''}{path.suffix}")
        if not name.exists():
            with suppress(OSError):  # where not even that may be, it stays where it is
                kept = aside.rename(name)
            break
    return HeldFileError(
        f"{path}: it is open in another program, or may not be replaced; it was left as it was, and the new "
        f"content is in {kept.name}. Close it and try again"
    )


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def printable(text: str) -> str:
    """Text without control characters (they could steer a terminal); line ends and tabs become spaces."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", "�", re.sub(r"[\n\r\t]+", " ", text))


def printable_json(text: str) -> str:
    """JSON without the control characters that it would leave as they are: a terminal would obey them."""
    return re.sub(r"[\x7f-\x9f\u2028-\u202e\u2066-\u2069]", lambda found: f"\\u{ord(found[0]):04x}", text)


_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}


def safe_name(identity: str) -> str:
    """A file name made from an id that stays inside its folder and is safe on Windows too.

    Whatever had to be changed is told by a short digest at the end, so that ids that differ keep names that differ.

    >>> safe_name("P017"), safe_name("../x"), safe_name("CON")
    ('P017', '_.._x~d6b96a97', '_CON~a3dbc4b6')
    """
    name = re.sub(r"[^A-Za-z0-9._+-]", "_", identity)[:80].rstrip(".")
    if name.split(".")[0].lower() in _RESERVED or name.startswith((".", "-")) or not name:
        name = f"_{name}"
    return name if name == identity else _marked(name, identity)


def safe_names(identities: Iterable[str]) -> dict[str, str]:
    """File names of several ids, which also differ where a file system does not tell capitals from small letters.

    >>> safe_names(["p1", "P1", "p2"])
    {'p1': 'p1~f64551fc', 'P1': 'P1~fbeae7c1', 'p2': 'p2'}
    """
    names = {identity: safe_name(identity) for identity in identities}
    folded = Counter(name.casefold() for name in names.values())
    told = {
        identity: _marked(name, identity) if folded[name.casefold()] > 1 else name for identity, name in names.items()
    }
    if len({name.casefold() for name in told.values()}) == len(told):
        return told
    return {identity: _marked(name, identity, 64) for identity, name in names.items()}  # short digests met


def _marked(name: str, identity: str, digits: int = 8) -> str:
    return f"{name}~{hashlib.sha256(identity.encode('utf-8', 'surrogatepass')).hexdigest()[:digits]}"
