"""A small file system of a test's own, which can be filled and freed; its mount is seen by one program and what that starts.

    python -I -S small_disk.py DIRECTORY MEGABYTES program …

Root mounts it, others do so as who owns a name space of theirs; it is gone when the last of those processes is.
"""

import ctypes
import errno
import os
import subprocess
import sys
from pathlib import Path

CLONE_NEWNS, CLONE_NEWUSER = 0x20000, 0x10000000
MS_REC, MS_PRIVATE = 0x4000, 0x40000

libc = ctypes.CDLL(None, use_errno=True)


def within(directory: Path, megabytes: int) -> tuple[str, ...]:
    """The command line before a program's."""
    return sys.executable, "-I", "-S", __file__, str(directory), str(megabytes)


def why_not(directory: Path) -> str:
    """Why this machine lets us have none; empty when it does."""
    tried = subprocess.run([*within(directory, 1), "/bin/true"], capture_output=True, text=True)
    return tried.stderr.strip()


class SmallDisk:
    """The directory as the process with this id sees it."""

    def __init__(self, pid: int, directory: Path) -> None:
        self._root = Path(f"/proc/{pid}/root")
        self._ballast = self.seen(directory) / "ballast"

    def seen(self, path: Path) -> Path:
        """Where that process's `path` is for us."""
        return self._root / path.relative_to("/")

    def fill(self) -> None:
        """To the last byte."""
        with self._ballast.open("wb", buffering=0) as ballast:
            for size in (1 << 20, 1 << 12):
                try:
                    while True:
                        ballast.write(bytes(size))
                except OSError as full:
                    if full.errno != errno.ENOSPC:
                        raise

    def free(self) -> None:
        self._ballast.unlink(missing_ok=True)


def _checked(what: str, result: int) -> None:
    if result != 0:
        sys.exit(f"a small disk needs {what}, which is refused here: {os.strerror(ctypes.get_errno())}")


def _separate() -> None:
    """Into a name space where mounting is ours to do, as the same user."""
    uid, gid = os.getuid(), os.getgid()
    if uid == 0:
        _checked("unshare(CLONE_NEWNS)", libc.unshare(CLONE_NEWNS))
        return
    _checked("unshare(CLONE_NEWUSER)", libc.unshare(CLONE_NEWUSER | CLONE_NEWNS))
    for name, line in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
        Path(f"/proc/self/{name}").write_text(line)


def _mount(directory: str, megabytes: str) -> None:
    _checked("private mounts", libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None))
    options = f"size={megabytes}m,mode=0755".encode()
    _checked("mount(2) of a tmpfs", libc.mount(b"tmpfs", directory.encode(), b"tmpfs", 0, options))


if __name__ == "__main__":
    where, size, *program = sys.argv[1:]
    _separate()
    _mount(where, size)
    os.execvp(program[0], program)  # noqa: S606
