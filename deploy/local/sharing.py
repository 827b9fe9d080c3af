"""Keeps memory shared between the supervisor and what it forks."""

import gc

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
