"""Where a ledger lies, and what is unwise about that place."""

import os
import re
import sys
from pathlib import Path

SHARES = {
    "9p", "acfs", "afs", "ceph", "cifs", "coda", "davfs", "fuse.cephfs", "fuse.davfs", "fuse.glusterfs", "fuse.rclone",
    "fuse.s3fs", "fuse.smbnetfs", "fuse.sshfs", "gfs2", "glusterfs", "gpfs", "lustre", "ncpfs", "nfs", "nfs4", "prl_fs",
    "smb2", "smb3", "smbfs", "vboxsf",
}  # fmt: skip
"""Types of Linux mounts whose files lie on another machine, as they stand in ``/proc/self/mountinfo``."""

MOUNTS = Path("/proc/self/mountinfo")


def cautions(path: Path) -> tuple[str, ...]:
    """What should be said about the place of a ledger, in sentences."""
    told = []
    kind = share(path)
    if kind:
        told.append(
            f"{path} lies on a network share ({kind}): locks of such shares cannot be trusted, so two runs at once may "
            "harm the ledger. Keep it on a local disk."
        )
    if os.name == "posix" and path.exists() and path.stat().st_mode & 0o077:
        told.append(f"{path} holds patient data and others on this machine may open it: chmod 600 {path}")
    return tuple(told)


def share(path: Path, mounts: str | None = None) -> str | None:
    """The kind of network share that a file lies on; None for a local disk, and where that cannot be told.

    Linux tells by type of mount, Windows by path and drive; macOS is not asked.
    """
    if re.match(r"\\\\([^\\?.]|\?\\UNC\\)", str(path)):
        return "UNC path"
    if sys.platform == "win32":
        return _windows_drive(path)
    if mounts is None:
        try:
            mounts = MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
        except OSError:
            return None
    here = Path(os.path.realpath(path))
    found, kind = -1, None
    for line in mounts.splitlines():
        first, _, rest = line.partition(" - ")
        point = Path(re.sub(r"\\([0-9]{3})", lambda octal: chr(int(octal[1], 8)), first.split(" ")[4]))
        if (here == point or point in here.parents) and len(point.parts) >= found:
            found, kind = len(point.parts), rest.split(" ")[0]  # of mounts on one point the last one counts
    return kind if kind in SHARES else None


def _windows_drive(path: Path) -> str | None:
    import ctypes

    root = os.path.splitdrive(os.path.abspath(path))[0]
    kind: int = getattr(ctypes, "windll").kernel32.GetDriveTypeW(f"{root}\\")  # noqa: B009 - only Windows has it
    remote = 4
    return "network drive" if kind == remote else None
