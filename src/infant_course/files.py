"""Files are written whole or not at all: to the side first, then renamed over the old one."""

import hashlib
import os
import re
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path


def write_whole(path: Path, content: str | bytes) -> Path:
    """Write a file in one step as seen from outside, so that none is ever half written. Raises OSError."""
    data = content.encode() if isinstance(content, str) else content
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=".infant-course-")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        os.chmod(aside, 0o666 & ~_umask())  # mkstemp makes it private; a report is an ordinary file
        os.replace(aside, path)
    except BaseException:
        os.unlink(aside)
        raise
    return path


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def printable(text: str) -> str:
    """Text without control characters (they could steer a terminal); line ends and tabs become spaces."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", "�", re.sub(r"[\n\r\t]+", " ", text))


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
    return {
        identity: _marked(name, identity) if folded[name.casefold()] > 1 else name for identity, name in names.items()
    }


def _marked(name: str, identity: str) -> str:
    return f"{name}~{hashlib.sha256(identity.encode()).hexdigest()[:8]}"
