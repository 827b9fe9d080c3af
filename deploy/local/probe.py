"""Asks an HTTP process whether it is ready, without ever waiting for it."""

import contextlib
import socket
import time

from deploy.local.ports import HOST

LONGEST = 2.0


class Probe:
    """One question at a time; `poll` never blocks."""

    def __init__(self, port: int, path: str) -> None:
        self._address = (HOST, port)
        self._request = f"GET {path} HTTP/1.1\r\nhost: {HOST}\r\nconnection: close\r\n\r\n".encode()
        self._socket: socket.socket | None = None
        self._answer = b""
        self._asked = 0.0

    def poll(self) -> bool:
        """Whether the last answer is 200; asks anew when there is none on its way."""
        try:
            if self._socket is None:
                self._ask()
            return self._read()
        except BlockingIOError:
            if time.monotonic() - self._asked > LONGEST:
                self.close()
        except OSError:
            self.close()
        return False

    def _ask(self) -> None:
        self._asked = time.monotonic()
        self._answer = b""
        self._socket = socket.create_connection(self._address, timeout=0.05)  # Loopback: it answers or refuses at once.
        self._socket.sendall(self._request)
        self._socket.setblocking(False)

    def _read(self) -> bool:
        if self._socket is None:
            return False
        while part := self._socket.recv(4096):
            self._answer += part
        self.close()
        return self._answer.split(b" ", 2)[1:2] == [b"200"]

    def close(self) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.close()
            self._socket = None
