"""An append-only file of JSON lines that a killed process leaves whole."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class Journal:
    """Each line is in the page cache before `append` returns: a SIGKILL loses nothing, only a power cut would."""

    def __init__(self, path: str) -> None:
        """Open or make the file; without a path nothing is kept."""
        self._path = Path(path) if path else None
        self._file = -1
        self._size = 0
        if self._path:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            self._size = self._cut_torn_tail(self._path.read_bytes())

    def _cut_torn_tail(self, content: bytes) -> int:
        whole = content.rfind(b"\n") + 1
        os.ftruncate(self._file, whole)
        return whole

    def read(self) -> Iterator[Any]:
        """Yield what was written, oldest first."""
        if self._path:
            with self._path.open("rb") as lines:
                for line in lines:
                    yield json.loads(line)

    def append(self, entry: object) -> None:
        """Write one line, whole or not at all. Raises OSError, for instance on a full disk."""
        if self._file < 0:
            return
        line = json.dumps(entry, separators=(",", ":")).encode() + b"\n"
        if os.write(self._file, line) != len(line):
            os.ftruncate(self._file, self._size)
            raise OSError(f"The ledger {self._path} could not be written whole: is the disk full?")
        self._size += len(line)

    def close(self) -> None:
        """Let go of the file."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
