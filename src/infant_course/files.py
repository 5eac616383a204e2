"""Files are written whole or not at all: to the side first, then renamed over the old one."""

import os
import re
import tempfile
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
