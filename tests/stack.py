"""A whole local stack for tests and benchmarks: started by its own commands, looked at from outside."""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx

ROOT = Path(__file__).resolve().parents[1]
ValueT = TypeVar("ValueT")


@dataclass(frozen=True)
class Stack:
    """A running stack: `demo` is its demo.json, `api` a client of the gateway signed in by the demo account's key."""

    home: Path
    demo: dict[str, Any]
    api: httpx.Client
    twilio: httpx.Client

    def command(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return local(self.home, *words, within=(), **environment)

    def pid(self, process: str) -> int:
        return int((self.home / "run" / f"{process}.pid").read_text())

    def text(self, sender: str, body: str, **more: Any) -> dict[str, Any]:
        """A person's text, given to Twilio."""
        sent = {"from": sender, "to": self.demo["twilio_number"], "body": body, **more}
        answer = self.twilio.post("/standin/texts", json=sent)
        answer.raise_for_status()
        return dict(answer.json())

    def replies(self, phone: str, after: str, count: int = 1, seconds: float = 20) -> list[dict[str, Any]]:
        """What was sent to a phone after a moment, as Twilio accepted it."""
        query = {"to": phone, "after": after, "count": str(count), "timeout": str(seconds)}
        return list(self.twilio.get("/standin/wait", params=query, timeout=seconds + 10).json()["items"])

    def ask(self, sender: str, body: str) -> str:
        """Text, and the reply's words."""
        sent = self.text(sender, body)
        assert sent["webhook_status"] == 200, sent
        replies = self.replies(sender, sent["accepted_at"])
        assert replies, f"no reply to {body!r}"
        return str(replies[0]["body"])

    def outbound(self, phone: str) -> list[dict[str, Any]]:
        query = {"to": phone, "direction": "outbound", "limit": "10000"}
        items = self.twilio.get("/standin/ledger", params=query).json()["items"]
        return [item for item in items if item.get("standin_origin") != "twilio"]

    def items(self, path: str, **params: str) -> list[dict[str, Any]]:
        """Every item of a list, page by page."""
        found: list[dict[str, Any]] = []
        cursor: str | None = None
        while True:
            answer = self.api.get(path, params={**params, "limit": "200", **({"cursor": cursor} if cursor else {})})
            assert answer.status_code == 200, answer.text
            page = answer.json()
            found += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return found


def until(look: Callable[[], ValueT | None], seconds: float = 20, what: str = "it") -> ValueT:
    """The first truthy answer of `look`."""
    end = time.monotonic() + seconds
    while True:
        value = look()
        if value:
            return value
        assert time.monotonic() < end, f"{what} did not happen within {seconds} s"
        time.sleep(0.1)


def local(
    home: Path, *words: str, within: tuple[str, ...] = (), **environment: str
) -> subprocess.CompletedProcess[str]:
    """A command of the local stack, as `make` runs it; `within` is the command line that runs it in turn."""
    told = {**os.environ, "FT_HOME": str(home), **environment}
    for name in ("PYTHONDONTWRITEBYTECODE", "PYTEST_CURRENT_TEST"):
        told.pop(name, None)
    return subprocess.run(
        [*within, sys.executable, "-m", "deploy.local", *words],
        cwd=ROOT, env=told, capture_output=True, text=True, timeout=180, stdin=subprocess.DEVNULL,
    )  # fmt: skip


@contextlib.contextmanager
def running_stack(home: Path, *, within: tuple[str, ...] = (), **environment: str) -> Iterator[Stack]:
    """`make up`, and `make down` at the end whatever happened."""
    from deploy.local.ports import free_port

    try:
        up = local(home, "up", within=within, **({"FT_PORT": str(free_port())} | environment))
        assert up.returncode == 0, f"make up failed:\n{up.stdout}\n{up.stderr}\n{_logs(home)}"
        demo = json.loads((home / "demo.json").read_text())
        with (
            httpx.Client(base_url=demo["gateway"], headers={"X-API-Key": demo["api_key"]}, timeout=30) as api,
            httpx.Client(base_url=demo["twilio_api"], timeout=30) as twilio,
        ):
            yield Stack(home, demo, api, twilio)
    finally:
        local(home, "down")


def _logs(home: Path) -> str:
    return "\n".join(f"--- {log.name}\n{log.read_text()[-1500:]}" for log in sorted((home / "logs").glob("*.log")))
