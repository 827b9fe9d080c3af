"""Keeps memory shared between the supervisor and what it forks."""

import ctypes
import gc
import re
from pathlib import Path

MADV_DONTNEED = 4
_MAPPING = re.compile(
    r"^(?P<start>[0-9a-f]+)-(?P<end>[0-9a-f]+) r-[x-]p \S+ \S+ [1-9]\d* +/.*\n(?:[A-Z]\w+: .*\n)*?Anonymous: +0 kB$",
    re.MULTILINE,
)
"""Of /proc/self/smaps: a private mapping of a file that cannot be written to, and nothing of which was written to."""

HOLES = 64 * 1024
SMALLEST, LARGEST, STEP, BYTES_HEADER = 48, 512, 16, 33

TIGHT_MALLOC = {"MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": "131072", "MALLOC_TRIM_THRESHOLD_": "131072"}
"""Gives freed memory back, such as the 19 MB of a password check. Read by the C library when a program starts."""

_filling: list[object] = []


def freeze() -> None:
    """Let nothing of what exists now be written to by a collection, or by a child that puts a new object beside it.

    Python puts new objects into gaps between old ones, and each gap that is filled after a fork costs the child a copy of
    a whole page: filling them before saves two to three MB a process.
    """
    gc.collect()
    for size in range(SMALLEST, LARGEST + 1, STEP):
        _filling.append([bytes(size - BYTES_HEADER) for _ in range(HOLES // size)])
    gc.freeze()


def let_go_of_code() -> None:
    """Unmap what importing read of programs and libraries. The kernel keeps it, and maps again what runs again.

    A mapping in which anything was written (a library's relocated tables) is left alone: that exists here only.
    """
    libc = ctypes.CDLL(None)
    for mapping in _MAPPING.finditer(Path("/proc/self/smaps").read_text()):
        start, end = (int(mapping[bound], 16) for bound in ("start", "end"))
        libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), MADV_DONTNEED)
