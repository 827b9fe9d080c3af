"""A trace id travels through processes, with and without a collector."""

import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from shared.telemetry.traces import configure_tracing, current_trace_id, current_traceparent, span_from, span_here

INCOMING = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_without_a_collector_an_incoming_trace_is_passed_on() -> None:
    with span_from(INCOMING, "consume"), span_here("inner"):
        assert current_traceparent() == INCOMING
    assert current_traceparent() is None


@pytest.mark.parametrize("wrong", [None, "", "hello", "00-" + "0" * 32 + "-b7ad6b7169203331-01", "x" * 10_000])
def test_without_an_incoming_trace_a_new_one_is_made(wrong: str | None) -> None:
    with span_from(wrong, "consume"):
        first = current_trace_id()
        with span_here("inner"):
            assert current_trace_id() == first
    with span_from(wrong, "consume"):
        assert current_trace_id() not in {None, first}


def test_a_trace_of_another_place_does_not_leak_into_a_new_one() -> None:
    with span_from(INCOMING, "outer"), span_from(None, "unrelated"):
        assert current_traceparent() != INCOMING


def test_an_error_passes_through_a_span() -> None:
    with pytest.raises(ValueError, match="kept"), span_from(INCOMING, "consume"):
        raise ValueError("kept")


def test_without_a_collector_the_sdk_is_not_imported() -> None:
    code = (
        "import sys; from shared.telemetry import traces, logs, metrics, asgi;"
        "traces.configure_tracing('actions', '', 1.0); traces.configure_tracing('actions', 'http://127.0.0.1:9', 0.0);"
        "print([m for m in sys.modules if m.startswith(('opentelemetry.sdk', 'opentelemetry.exporter', 'requests'))])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


SPANS = """
import sys
from shared.telemetry.traces import configure_tracing, span_from, current_traceparent
stop = configure_tracing("actions", sys.argv[1], 1.0)
try:
    with span_from(sys.argv[2], "consume note.captured.v1"):
        print(current_traceparent())
        raise ValueError("met John Smith")
except ValueError:
    pass
stop()
"""


def test_with_a_collector_spans_reach_it_without_the_words_of_an_error() -> None:
    received: list[tuple[str, bytes]] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append((self.path, self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Collector) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        command = [sys.executable, "-c", SPANS, f"http://127.0.0.1:{server.server_port}/", INCOMING]
        printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout.strip()
        server.shutdown()
    [(path, body)] = received
    assert path == "/v1/traces"
    assert printed.split("-")[1] == INCOMING.split("-")[1]
    assert printed != INCOMING
    assert b"consume note.captured.v1" in body
    assert bytes.fromhex(INCOMING.split("-")[1]) in body
    assert b"ValueError" in body
    assert b"John" not in body


def test_stopping_what_never_started_is_fine() -> None:
    configure_tracing("actions", "", 1.0)()
    assert current_traceparent() is None
