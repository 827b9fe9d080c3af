"""The actions service as it runs: its database, its handlers, its lanes; what it publishes is read from its outbox."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.actions.concierge.jobs import Concierge
from services.actions.concierge.queries import LANES
from services.actions.drafts.jobs import Drafting
from services.actions.drafts.queries import REQUESTS
from services.actions.main import build
from services.actions.settings import ActionsSettings
from services.actions.suggestions.jobs import Suggesting
from services.actions.suggestions.queries import ROUNDS
from services.actions.worker import subscription
from shared.ai.runner import Ai
from shared.contracts import directory, messaging
from shared.contracts.base import REGISTRY, Message
from shared.db.database import Database, Tenant
from shared.ids import uuid7
from tests.conftest import Urls, client_of
from tests.standins.issuer import Issuer
from tests.telling import tell

PHONE = "+12145550123"
OUR_NUMBER = "+12145550100"
DAY_ONE = datetime(2026, 10, 7, 19, 10, tzinfo=UTC)  # 2:10 PM in Dallas


@dataclass
class Actions:
    """One account's view of the service. `text` is a text coming in, `run` lets the concierge answer what waits."""

    urls: Urls
    account_id: UUID
    app: Database
    worker: Database
    contractor_id: UUID = field(default_factory=uuid7)
    conversation_id: UUID = field(default_factory=uuid7)
    ai: Ai = field(default_factory=lambda: Ai("actions"))
    burst_seconds: float = 0
    version: int = 0

    def begin(self, **settings: Any) -> Any:
        return self.app.begin(Tenant(self.account_id, **settings))

    async def tell(self, *messages: Message) -> None:
        """As the consumer would hand them over, all in one transaction."""
        wanted = subscription(ActionsSettings.model_construct(burst_seconds=self.burst_seconds))
        async with self.begin() as db:
            for message in messages:
                await tell(wanted, db, message)

    def state(self, kind: type[Message], **values: Any) -> Any:
        self.version += 1
        return kind.model_validate({"id": uuid7(), "row_version": self.version, **values})

    async def know_contractor(self, **values: Any) -> None:
        known = {"id": self.contractor_id, "full_name": "Maria Lopez", "phone": PHONE, "time_zone": "America/Chicago"}
        await self.tell(self.state(directory.ContractorCreated, **{**known, **values}))

    async def know_event(self) -> dict[str, UUID]:
        """Power100 Dallas, 7 to 9 October 2026, with one talk at two o'clock; the contractor attends."""
        event, speaker, sponsor = uuid7(), uuid7(), uuid7()
        named = {"id": event, "name": "Power100 Dallas", "time_zone": "America/Chicago"}
        talk = {"title": "Growing with AI", "location": "Main Stage", "speaker_ids": [speaker]}
        at = {"starts_at": DAY_ONE - timedelta(minutes=10), "ends_at": DAY_ONE + timedelta(minutes=40)}
        await self.tell(
            self.state(directory.EventCreated, **named, date=date(2026, 10, 7), ends_on=date(2026, 10, 9)),
            self.state(directory.SessionCreated, event_id=event, **talk, **at),
            self.state(directory.SpeakerCreated, id=speaker, event_id=event, full_name="Dana Whitfield"),
            self.state(directory.SponsorCreated, id=sponsor, event_id=event, name="BuildPro Solutions"),
            self.state(
                directory.AttendeeCreated, event_id=event, contractor_id=self.contractor_id, full_name="Maria Lopez"
            ),
        )
        return {"event": event, "speaker": speaker, "sponsor": sponsor}

    def received(self, body: str, **values: Any) -> messaging.MessageReceived:
        known = {
            "message_id": uuid7(),
            "conversation_id": self.conversation_id,
            "conversation_epoch": 1,
            "address": PHONE,
            "our_address": OUR_NUMBER,
            "received_at": DAY_ONE,
            "contractor_id": self.contractor_id,
            "body": body,
        }
        return messaging.MessageReceived.model_validate({**known, **values})

    def concierge(self) -> Concierge:
        return Concierge(self.app, self.ai)

    async def run(self) -> int:
        """Until no lane waits; how many turns were done."""
        concierge, count = self.concierge(), 0
        while leases := await LANES.claim(self.worker, 10):
            for lease in leases:
                await concierge.work(lease)
                count += 1
        return count

    async def write_drafts(self) -> int:
        """Until no introduction waits to be written; how many jobs were done."""
        drafting, count = Drafting(self.app, self.ai), 0
        while leases := await REQUESTS.claim(self.worker, 10):
            for lease in leases:
                await drafting.work(lease)
                count += 1
        return count

    async def suggest(self) -> int:
        """Go through the events that are over by now; how many these were."""
        suggesting, count = Suggesting(self.app), 0
        while leases := await ROUNDS.claim(self.worker, 10):
            for lease in leases:
                await suggesting.work(lease)
                count += 1
        return count

    async def text(self, body: str, **values: Any) -> messaging.MessageReceived:
        event = self.received(body, **values)
        await self.tell(event)
        await self.run()
        return event

    async def rows(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        async with self.begin() as db:
            return [dict(row) for row in await db.raw.fetch(statement, *values)]

    async def notes(self) -> list[dict[str, Any]]:
        return await self.rows("SELECT * FROM event_notes WHERE deleted_at IS NULL ORDER BY id")

    async def items(self) -> list[dict[str, Any]]:
        return await self.rows("SELECT * FROM contractor_action_items ORDER BY id")

    async def updates(self) -> list[dict[str, Any]]:
        return await self.rows("SELECT * FROM action_item_updates ORDER BY id")

    async def turns(self) -> list[dict[str, Any]]:
        return await self.rows("SELECT * FROM concierge_turns ORDER BY seq")

    async def published(self, *kinds: type[Message]) -> list[Any]:
        """What stands in the outbox, in order, as messages of these kinds (all where none is named)."""
        async with self.worker.connection() as connection:
            rows = await connection.fetch(
                "SELECT type, payload FROM outbox WHERE account_id = $1 ORDER BY seq", self.account_id
            )
        wanted = {kind.type for kind in kinds}
        return [
            REGISTRY[row["type"]].model_validate_json(row["payload"])
            for row in rows
            if not wanted or row["type"] in wanted
        ]

    async def replies(self) -> list[str]:
        return [sent.body for sent in await self.published(messaging.SendRequested)]


@pytest.fixture
async def urls(database_of: Callable[[str], Awaitable[Urls]]) -> Urls:
    return await database_of("actions")


@pytest.fixture
async def bare(urls: Urls, account_id: UUID) -> AsyncIterator[Actions]:
    """The service, knowing nobody."""
    app, worker = urls.database("app", 10), urls.database("worker", 4)
    yield Actions(urls, account_id, app, worker)
    await app.close()
    await worker.close()


@pytest.fixture
async def actions(bare: Actions) -> Actions:
    """The service, knowing one contractor of Dallas."""
    await bare.know_contractor()
    return bare


@pytest.fixture
async def http_of(actions: Actions, issuer: Issuer) -> AsyncIterator[Callable[..., httpx.AsyncClient]]:
    """`http_of("owner")` is a client of the service for that role; of the same account, unless another is named."""
    settings = ActionsSettings(
        port=1, jwks_url=issuer.jwks_url, database_url=actions.urls.app, kafka_bootstrap="127.0.0.1:1"
    )
    async with client_of(build(settings)) as client:

        def make(role: str = "owner", account_id: UUID | None = None, **claims: Any) -> httpx.AsyncClient:
            client.headers.update(issuer.bearer(account_id or actions.account_id, role, **claims))
            return client

        yield make
