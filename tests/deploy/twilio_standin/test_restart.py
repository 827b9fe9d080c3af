"""The stand-in as a process: killed, restarted, stopped."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.local.twilio.ledger import Ledger
from tests.deploy.twilio_standin.application import Application
from tests.deploy.twilio_standin.conftest import ACCOUNT_SID, AUTH_TOKEN, NUMBER

PERSON = "+12145550123"
MESSAGES = f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json"


@asynccontextmanager
async def process(ledger: Path, **settings: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, httpx.AsyncClient]]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    environment = {"FT_PORT": port, "FT_TWILIO_ACCOUNT_SID": ACCOUNT_SID, "FT_TWILIO_AUTH_TOKEN": AUTH_TOKEN}
    environment |= {"FT_TWILIO_LEDGER": str(ledger), "FT_TWILIO_NUMBER": NUMBER}
    environment |= {f"FT_TWILIO_{name.upper()}": value for name, value in settings.items()}
    command = [sys.executable, "-m", "deploy.local.twilio"]
    started = await asyncio.create_subprocess_exec(*command, env=os.environ | environment)
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", auth=(ACCOUNT_SID, AUTH_TOKEN)) as console:
            await ready(console)
            yield started, console
    finally:
        if started.returncode is None:
            started.kill()
        await started.wait()


async def ready(console: httpx.AsyncClient) -> None:
    async with asyncio.timeout(20):
        while True:
            try:
                assert (await console.get("/healthz")).status_code == 200
            except httpx.ConnectError:
                await asyncio.sleep(0.02)
            else:
                return


async def send(console: httpx.AsyncClient, body: str, **options: Any) -> httpx.Response:
    return await console.post(MESSAGES, data={"To": PERSON, "From": NUMBER, "Body": body, **options})


@pytest.mark.parametrize(("slow_step", "called_back"), [("sent_after", 0), ("delivered_after", 1)])
async def test_what_was_accepted_survives_a_kill_and_is_carried_on(
    tmp_path: Path, application: Application, slow_step: str, called_back: int
) -> None:
    ledger = tmp_path / "twilio" / "ledger.jsonl"
    async with process(ledger, **{slow_step: "30"}) as (killed, console):
        accepted = [(await send(console, f"{i}", StatusCallback=application.status_url)).json() for i in range(20)]
        await console.post("/standin/texts", json={"from": "+12145550124", "to": NUMBER, "body": "STOP"})
        await console.put("/standin/numbers/+12145550101", json={"sms_url": "https://example.com/sms"})
        before = (await console.get("/standin/ledger")).json()
        for message in accepted:
            await application.statuses_of(message["sid"], called_back)
        killed.send_signal(signal.SIGKILL)
        await killed.wait()
    async with process(ledger) as (_, console):
        after = (await console.get("/standin/ledger")).json()
        assert [item["sid"] for item in after["items"]][:20] == [message["sid"] for message in accepted]
        steady = [{**item, "status": None} for item in after["items"]]
        assert steady == [{**item, "status": None} for item in before["items"]]
        for message in accepted:
            assert await application.statuses_of(message["sid"], 2) == ["sent", "delivered"]
        refused = await send(console, "no more", To="+12145550124")
        assert refused.json()["code"] == 21610
        numbers = (await console.get("/standin/numbers")).json()["items"]
        assert [item["number"] for item in numbers] == [NUMBER, "+12145550101"]


async def test_a_polite_end_does_not_wait_for_who_waits(tmp_path: Path) -> None:
    async with process(tmp_path / "ledger.jsonl") as (stopped, console):
        waiting = asyncio.create_task(console.get(f"/standin/wait?to={PERSON}", timeout=60))
        await asyncio.sleep(0.1)
        stopped.terminate()
        async with asyncio.timeout(20):
            await stopped.wait()
        with pytest.raises(httpx.HTTPError):
            (await waiting).raise_for_status()


def test_a_line_torn_by_a_power_cut_is_dropped_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    first = Ledger(str(path))
    fields = {"sid": "SM1", "to": PERSON, "from": NUMBER, "body": "kept", "direction": "outbound-api"}
    first.accept(fields, plan={}, status="queued")
    first.close()
    with path.open("ab") as torn:
        torn.write(b'{"message":{"sid":"SM2",')
    second = Ledger(str(path))
    second.accept({**fields, "sid": "SM3"}, plan={}, status="queued")
    second.close()
    third = Ledger(str(path))
    assert [message.sid for message in third.messages] == ["SM1", "SM3"]
    third.close()


def test_a_full_disk_refuses_and_leaves_the_ledger_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ledger.jsonl"
    ledger = Ledger(str(path))
    fields = {"sid": "SM1", "to": PERSON, "from": NUMBER, "body": "kept", "direction": "outbound-api"}
    ledger.accept(fields, plan={}, status="queued")
    real_write = os.write
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda file, line: real_write(file, line[:10]))
        with pytest.raises(OSError, match="is the disk full"):
            ledger.accept({**fields, "sid": "SM2"}, plan={}, status="queued")
    assert ledger.find("SM2") is None
    ledger.accept({**fields, "sid": "SM3"}, plan={}, status="queued")
    ledger.close()
    reopened = Ledger(str(path))
    assert [message.sid for message in reopened.messages] == ["SM1", "SM3"]
    reopened.close()
