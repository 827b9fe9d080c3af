"""Which TCP ports a stack uses: chosen free once, then kept, and who listens on them."""

import json
import os
import socket
from pathlib import Path

HOST = "127.0.0.1"


def free_port() -> int:
    with socket.socket() as chosen:
        chosen.bind((HOST, 0))
        port: int = chosen.getsockname()[1]
        return port


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


class Ports:
    """The ports of one stack by process name, remembered in a file."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.known: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}

    def of(self, name: str) -> int:
        """The port of last time if nobody else took it meanwhile; otherwise another, remembered."""
        port = self.known.get(name)
        if port is None or not is_free(port):
            port = self.change(name)
        return port

    def change(self, name: str) -> int:
        taken = set(self.known.values())
        port = next(port for port in iter(free_port, None) if port not in taken)
        self.known[name] = port
        self.file.write_text(json.dumps(self.known, indent=1))
        return port


def listens(pid: int, port: int) -> bool:
    """Whether process `pid` itself holds the listening socket of `port`."""
    wanted = {f"socket:[{inode}]" for inode in _listening_inodes(port)}
    try:
        return any(os.readlink(fd) in wanted for fd in Path(f"/proc/{pid}/fd").iterdir())
    except OSError:
        return False


def _listening_inodes(port: int) -> set[str]:
    ending, found = f":{port:04X}", set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:] if Path(table).exists() else ():
            fields = line.split()
            if fields[3] == "0A" and fields[1].endswith(ending):
                found.add(fields[9])
    return found
