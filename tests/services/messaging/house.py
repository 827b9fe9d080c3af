"""Opens what `stack.Messaging` is made of: sockets, connections, a stand-in; and lets an account move in."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import uvicorn

from deploy.local.twilio.main import EmbeddedServer, serving
from deploy.local.twilio.settings import StandInSettings
from services.messaging.main import build
from services.messaging.models import Base
from services.messaging.seed import SeedNumber, seed
from services.messaging.sending.limits import Limits
from services.messaging.settings import MessagingSettings
from services.messaging.twilio.client import twilio_client
from shared.ids import uuid7
from tests.conftest import Urls
from tests.services.messaging.stack import ACCOUNT_SID, AUTH_TOKEN, Messaging
from tests.standins.issuer import Issuer


def where_it_is_noon() -> str:
    """Tests run at any hour; quiet hours are for those that are about them."""
    return f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"


def settings_of(urls: Urls, issuer: Issuer, port: int, twilio_url: str, **changes: Any) -> MessagingSettings:
    given: dict[str, Any] = {
        "port": port,
        "jwks_url": issuer.jwks_url,
        "database_url": urls.app,
        "worker_database_url": urls.worker,
        "kafka_bootstrap": "127.0.0.1:1",
        "public_url": f"http://127.0.0.1:{port}",
        "sms": "standin",
        "twilio_account_sid": ACCOUNT_SID,
        "twilio_auth_token": AUTH_TOKEN,
        "twilio_base_url": twilio_url,
        "twilio_timeout_seconds": 1.0,
        **changes,
    }
    return MessagingSettings(**given)


@asynccontextmanager
async def running(urls: Urls, issuer: Issuer, **changes: Any) -> AsyncIterator[Messaging]:
    """The HTTP side on a port of its own, and a stand-in that delivers there; still without an account."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        stand_in = StandInSettings(twilio_account_sid=ACCOUNT_SID, twilio_auth_token=AUTH_TOKEN)
        async with serving(stand_in) as twilio_url:
            settings = settings_of(urls, issuer, listener.getsockname()[1], twilio_url, **changes)
            server = EmbeddedServer(uvicorn.Config(build(settings), log_config=None, access_log=False, lifespan="on"))
            task = asyncio.create_task(server.serve(sockets=[listener]))
            try:
                while not server.started and not task.done():  # noqa: ASYNC110
                    await asyncio.sleep(0.005)
                async with _connected(urls, settings) as messaging:
                    yield messaging
            finally:
                server.should_exit = True
                await task


@asynccontextmanager
async def _connected(urls: Urls, settings: MessagingSettings) -> AsyncIterator[Messaging]:
    database, worker = urls.database("app"), urls.database("worker")
    async with (
        twilio_client(ACCOUNT_SID, AUTH_TOKEN, settings.provider_url, settings.twilio_timeout_seconds) as provider,
        httpx.AsyncClient(base_url=settings.twilio_base_url, timeout=30) as console,
        httpx.AsyncClient(base_url=settings.public_url, timeout=30) as http,
    ):
        limits = Limits.of(settings)
        try:
            yield Messaging(urls, settings, uuid7(), database, worker, provider, console, http, limits)
        finally:
            await database.close()
            await worker.close()


async def moved_in(house: Messaging, account_id: UUID, number: str) -> Messaging:
    """The same house with nothing in it but a new account and its number."""
    tables = ", ".join([*Base.metadata.tables, "outbox", "inbox", "idempotency_keys", "clock_offset"])
    for attempt in range(5):
        try:
            await house.as_owner(f"TRUNCATE {tables}")
            break
        except asyncpg.DeadlockDetectedError:  # a late status callback of the test before
            assert attempt < 4
    await house.console.delete("/standin/faults")
    sms_url = f"{house.settings.public_url}/webhooks/twilio/sms"
    (await house.console.put(f"/standin/numbers/{number}", json={"sms_url": sms_url})).raise_for_status()
    await seed(house.urls.app, [SeedNumber(account_id=account_id, number=number)])
    return replace(house, account_id=account_id, number=number, time_zone=where_it_is_noon())
