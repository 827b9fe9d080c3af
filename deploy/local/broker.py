"""What the brokers that a stack can start have in common."""

import signal
import socket
import struct
from pathlib import Path

from deploy.local.ports import HOST, listens


class Broker:
    """One node on one port of this machine; a subclass says which `program` it is."""

    death_signal = stop_signal = signal.SIGTERM
    user = 0

    def __init__(self, home: Path, port: int) -> None:
        self.home = home.resolve()
        self.port = port
        self.bootstrap = f"{HOST}:{port}"

    def prepare(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)

    def ready(self, pid: int) -> bool:
        return listens(pid, self.port) and speaks_kafka(self.port)


def speaks_kafka(port: int) -> bool:
    """Ask for the API versions (version 0, correlation id 7) as any client does first."""
    request = struct.pack(">hhih", 18, 0, 7, -1)
    try:
        with socket.create_connection((HOST, port), timeout=1) as connection:
            connection.sendall(struct.pack(">i", len(request)) + request)
            return connection.recv(8)[4:] == struct.pack(">i", 7)
    except OSError:
        return False
