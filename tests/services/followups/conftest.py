"""Followups on its own database, told what other services would tell it, at times of the tests' choosing."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import httpx
import pytest
from sqlalchemy import select

from services.followups.dispatch.jobs import Dispatcher
from services.followups.main import build
from services.followups.planning.replans import REPLANS, Replanning
from services.followups.schedules.models import FollowupSchedule
from services.followups.settings import FollowupsSettings
from services.followups.worker import subscription
from shared.contracts.actions import ActionItemCreated, ActionItemUpdated
from shared.contracts.base import Message
from shared.contracts.directory import AttendeeCreated, ContractorCreated, EventCreated
from shared.contracts.messaging import MessageSent, Origin
from shared.db.clock import allow_clock, clock_shift, set_clock
from shared.db.database import Database, Tenant, asyncpg_dsn
from shared.db.listen import Wakeups
from shared.ids import uuid7
from tests.conftest import Urls, client_of
from tests.standins.issuer import Issuer
from tests.telling import tell

DALLAS = ZoneInfo("America/Chicago")
EVENT_DAYS = date(2041, 10, 6), date(2041, 10, 7)


def dallas(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of 2041 by the clocks of Dallas."""
    return datetime(2041, month, day, hour, minute, tzinfo=DALLAS).astimezone(UTC)


@pytest.fixture
async def urls(database_of: Callable[[str], Awaitable[Urls]]) -> Urls:
    return await database_of("followups")


@pytest.fixture
async def app(urls: Urls) -> AsyncIterator[Database]:
    database = urls.database("app", pool_size=6)
    yield database
    await database.close()


@pytest.fixture
async def worker(urls: Urls) -> AsyncIterator[Database]:
    database = urls.database("worker", pool_size=4)
    yield database
    await database.close()


SUBSCRIPTION = subscription(FollowupsSettings.model_construct())


class World:
    """One account, and what the other services tell of it."""

    def __init__(self, app: Database, worker: Database, urls: Urls, account_id: UUID) -> None:
        self.app, self.worker, self.urls, self.account_id = app, worker, urls, account_id
        self._dispatcher = Dispatcher(app, worker, Wakeups(worker.url))
        self._read = 0

    async def clock_to(self, moment: datetime) -> None:
        """Forward only."""
        async with self.app.begin(Tenant(self.account_id)) as db:
            now = db.now
        await allow_clock(self.urls.owner, True)
        connection = await asyncpg.connect(asyncpg_dsn(self.urls.owner))
        await set_clock(connection, await clock_shift(connection) + (moment - now))
        await connection.close()

    async def tell(self, *events: Message) -> None:
        """As the consumer does: replicas first, then handlers, in one transaction each."""
        for event in events:
            async with self.app.begin(Tenant(self.account_id)) as db:
                await tell(SUBSCRIPTION, db, event)
            await self.replan()

    async def replan(self) -> None:
        """Let the worker's queue go through those whom an event or a policy concerns."""
        while leases := await REPLANS.claim(self.worker, 10):
            for lease in leases:
                await Replanning(self.app).work(lease)

    async def contractor(self, time_zone: str | None = "America/Chicago", **fields: Any) -> UUID:
        made = uuid7()
        known = {"full_name": "Maria Lopez", "phone": "+12145550123", **fields}
        await self.tell(ContractorCreated(id=made, row_version=1, time_zone=time_zone, **known))
        return made

    async def event(self, **fields: Any) -> UUID:
        made = uuid7()
        known = {"name": "Power100 Dallas", "time_zone": "America/Chicago", **fields}
        days = {"date": EVENT_DAYS[0], "ends_on": EVENT_DAYS[1]} | {
            name: fields[name] for name in ("date", "ends_on") if name in fields
        }
        await self.tell(EventCreated(id=made, row_version=1, **{**known, **days}))
        return made

    async def attend(self, contractor_id: UUID, event_id: UUID) -> UUID:
        made = uuid7()
        await self.tell(AttendeeCreated(id=made, row_version=1, event_id=event_id, contractor_id=contractor_id))
        return made

    async def item(self, contractor_id: UUID, event_id: UUID | None = None, **fields: Any) -> ActionItemCreated:
        known: dict[str, Any] = {"title": "Follow up with John Smith", "person_name": "John Smith", **fields}
        event = ActionItemCreated(
            **{
                "id": uuid7(),
                "row_version": 1,
                "contractor_id": contractor_id,
                "event_id": event_id,
                "action_type": "contact_peer",
                "priority": 5,
                "status": "pending",
                **known,
            }
        )
        await self.tell(event)
        return event

    async def update(self, item: ActionItemCreated, version: int = 2, **changes: Any) -> None:
        state = item.model_dump() | {"row_version": version, "changed": list(changes)} | changes
        await self.tell(ActionItemUpdated(**state))

    async def schedules(self, **equal: Any) -> list[FollowupSchedule]:
        """Earliest first."""
        async with self.app.begin(Tenant(self.account_id)) as db:
            statement = select(FollowupSchedule).filter_by(**equal)
            order = (FollowupSchedule.scheduled_time, FollowupSchedule.id)
            return list((await db.scalars(statement.order_by(*order))).all())

    async def one(self, **equal: Any) -> FollowupSchedule:
        (row,) = await self.schedules(**equal)
        return row

    async def dispatch(self) -> list[dict[str, Any]]:
        """Let the dispatcher do all that is due; the commands that it handed over."""
        before = await self.emitted("message.send_requested.v1")
        while await self._dispatcher.turn():
            pass
        return (await self.emitted("message.send_requested.v1"))[len(before) :]

    async def emitted(self, kind: str) -> list[dict[str, Any]]:
        connection = await asyncpg.connect(asyncpg_dsn(self.urls.worker))
        try:
            rows = await connection.fetch("SELECT payload FROM outbox WHERE type = $1 ORDER BY seq", kind)
        finally:
            await connection.close()
        return [json.loads(row["payload"]) for row in rows]

    async def sent(self, message: dict[str, Any]) -> UUID:
        """What messaging tells when the provider has the text."""
        message_id = uuid7()
        async with self.app.begin(Tenant(self.account_id)) as db:
            now = db.now
        await self.tell(
            MessageSent(
                message_id=message_id,
                message_key=message["message_key"],
                origin=Origin.model_validate(message["origin"]),
                contractor_id=message["contractor_id"],
                purpose=message["purpose"],
                conversation_id=uuid7(),
                address="+12145550123",
                body=message["body"],
                sent_at=now,
            )
        )
        return message_id


@pytest.fixture
async def world(app: Database, worker: Database, urls: Urls, account_id: UUID) -> World:
    world = World(app, worker, urls, account_id)
    await world.clock_to(dallas(10, 6, 11))
    return world


@pytest.fixture
async def api(urls: Urls, issuer: Issuer, account_id: UUID) -> AsyncIterator[httpx.AsyncClient]:
    settings = FollowupsSettings(
        port=1, jwks_url=issuer.jwks_url, database_url=urls.app, kafka_bootstrap="127.0.0.1:1", database_pool_size=4
    )
    async with client_of(build(settings), issuer.bearer(account_id)) as client:
        yield client


def local(moment: datetime, zone: ZoneInfo = DALLAS) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"
