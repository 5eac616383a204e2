"""Keys for pseudonyms: 32 random bytes in a file of their own, kept apart from what is shared.

Whoever holds the key can make the pseudonym of any id that they can guess, so the key stays where the ids are.
"""

import hashlib
import hmac
import os
import secrets
import stat
from pathlib import Path

from attrs import field, frozen

from ..errors import UsageError
from ..files import written_for

KEY_BYTES = 32
"""Random bytes of a key; a key file holds them as twice as many hexadecimal digits on one line."""

_LARGEST_FILE = 1024


@frozen(kw_only=True)
class Key:
    """A secret from which pseudonyms, shifts and shared fingerprints are worked out (HMAC-SHA256)."""

    secret: bytes = field(repr=False)
    file: Path | None = field(default=None, eq=False)

    @secret.validator
    def _long_enough(self, _: object, value: bytes) -> None:
        if len(value) < KEY_BYTES:
            raise UsageError(f"a key has {KEY_BYTES} bytes or more; `infant-course key FILE` makes one")

    @property
    def mark(self) -> str:
        """A short name of the key, for logs: the same for the same key, and of no use without it."""
        return self.digest("mark").hex()[:8]

    def digest(self, purpose: str, *parts: str) -> bytes:
        """HMAC-SHA256 of some texts for one purpose; other purposes and other partings give other digests."""
        message = b"".join(
            len(raw).to_bytes(8, "big") + raw
            for raw in (part.encode("utf-8", "surrogatepass") for part in ("infant-course", purpose, *parts))
        )
        return hmac.digest(self.secret, message, hashlib.sha256)


def make_key(file: str | Path) -> Path:
    """Write a new key, readable by its owner only. Raises UsageError where there is a file of that name, OSError."""
    path = Path(file)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise UsageError(f"{path}: there is a file of this name already, and it was left as it was") from None
    try:
        with written_for(path), os.fdopen(handle, "w", encoding="ascii", newline="\n") as stream:
            stream.write(f"{secrets.token_hex(KEY_BYTES)}\n")
    except OSError:
        path.unlink()  # or half a key would keep the name
        raise
    return path


def read_key(file: str | Path, *, outside: str | Path | None = None) -> Key:
    """The key in a file.

    ``outside``: a folder that is to be given away; a key in it (or below it) is refused. Raises UsageError also
    for a file that others may read (where the system tells), and for what is not a key; never shows the content.
    """
    path = Path(file)
    if outside is not None and is_within(path, outside):
        raise UsageError(f"{path}: the key lies in the output folder, and would leave with it; keep it elsewhere")
    try:
        with path.open("rb") as stream:
            mode = os.fstat(stream.fileno()).st_mode
            raw = stream.read(_LARGEST_FILE + 1)
    except FileNotFoundError:
        raise UsageError(f"{path}: expected a key file, found none; `infant-course key FILE` makes one") from None
    except OSError as error:
        raise UsageError(f"{path}: expected a key file, found: {error.strerror or type(error).__name__}") from None
    if os.name == "posix" and stat.S_ISREG(mode) and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise UsageError(f"{path}: others may read this key; make it yours alone (chmod 600) and try again")
    expected = f"expected a key of {2 * KEY_BYTES} hexadecimal digits"
    try:
        text = raw.decode("ascii").strip() if len(raw) <= _LARGEST_FILE else ""
        secret = bytes.fromhex(text)
    except ValueError:
        raise UsageError(f"{path}: {expected}, found something else; `infant-course key FILE` makes one") from None
    if len(secret) < KEY_BYTES:
        found = f"{len(secret)} bytes" if secret else "none"
        raise UsageError(f"{path}: {expected}, found {found}: too short; `infant-course key FILE` makes one")
    return Key(secret=secret, file=path)


def is_within(path: str | Path, folder: str | Path) -> bool:
    """Whether a file lies in a folder or below it, links followed, whether the two exist or not."""
    inner, outer = Path(path).resolve(), Path(folder).resolve()
    if outer in (inner, *inner.parents):
        return True
    # Links are followed above; a folder reached under two names (a bind mount, letters of another case) is one too.
    if not outer.exists():
        return False
    return any(parent.exists() and os.path.samefile(parent, outer) for parent in (inner, *inner.parents))
