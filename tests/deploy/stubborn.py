"""A process that answers, has a child of its own, and does not end when asked."""

import os
import signal
import subprocess
from http.server import BaseHTTPRequestHandler, HTTPServer


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()


def run() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    subprocess.Popen(["sleep", "600"])
    HTTPServer(("127.0.0.1", int(os.environ["FT_PORT"])), Handler).serve_forever()
