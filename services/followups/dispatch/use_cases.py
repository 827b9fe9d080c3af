"""Handing over: one transaction claims due rows, checks again, writes the commands, marks the rows."""

import logging
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from uuid import UUID

from services.followups.dispatch import queries
from services.followups.dispatch.rules import Decision, decide
from services.followups.dispatch.texts import Part, message_of
from services.followups.planning.queries import clock_of
from services.followups.planning.rules import Clock
from services.followups.policies.queries import get_policy
from services.followups.policies.rules import Policy
from services.followups.recurring.use_cases import begin_next_run
from services.followups.replicas import queries as replicas
from services.followups.replicas.models import ActionItem, Contractor, Event
from services.followups.schedules.models import FollowupSchedule
from services.followups.schedules.queries import get_schedule
from services.followups.wording.facts import gather
from shared.bus.outbox import emit_all
from shared.contracts.base import Message
from shared.contracts.followups import FollowupScheduleUpdated
from shared.db.database import Db

log = logging.getLogger(__name__)


async def dispatch(db: Db, limit: int, only: UUID | None = None, row_id: UUID | None = None) -> int:
    """Deal with what is due of up to `limit` people of this tenant (of one, of one row); answers how many people that were."""
    people = await queries.lock_people(db, limit, only)
    if not people:
        return 0
    rows = await queries.lock_due(db, people, row_id)
    surroundings = await Surroundings.read(db, rows, people)
    batch = Batch(db, surroundings)
    for _, group in groupby(rows, key=lambda row: row.contractor_id):
        batch.decide(list(group))
    await batch.write()
    return len(people)


async def give_row_time(db: Db, row_id: UUID, error: Exception) -> None:
    """What fails by itself is tried again later, and in the end cancelled, so that it does not stand in the way for ever."""
    if not await queries.count_failure(db, row_id, f"cannot be sent: {type(error).__name__}"):
        return
    row = await get_schedule(db, row_id)
    try:
        told = FollowupScheduleUpdated.of_row(row, ["status", "cancel_reason"])
    except ValueError:
        log.warning("a follow-up that cannot be told of is cancelled: %s", row_id)
    else:
        await emit_all(db, [told])


class Surroundings:
    """What the rows depend on, read once for all of them, after they were locked."""

    def __init__(self, policy: Policy, account_zone: str | None) -> None:
        self.policy = policy
        self.account_zone = account_zone
        self.contractors: dict[UUID, Contractor] = {}
        self.items: dict[UUID, ActionItem] = {}
        self.events: dict[UUID, Event] = {}
        self.suppressed: set[UUID] = set()
        self.last_planned: dict[UUID, datetime] = {}

    @classmethod
    async def read(cls, db: Db, rows: Sequence[FollowupSchedule], people: Sequence[UUID]) -> "Surroundings":
        account = await replicas.find_account(db)
        read = cls(Policy.of(await get_policy(db)), account.time_zone if account else None)
        read.contractors = await replicas.by_ids(db, Contractor, people)
        read.items = await replicas.by_ids(db, ActionItem, [row.action_item_id for row in rows if row.action_item_id])
        read.events = await replicas.by_ids(db, Event, [row.event_id for row in rows if row.event_id])
        read.suppressed = await replicas.suppressed_among(db, people)
        read.last_planned = await queries.last_planned_texts(db, people)
        return read

    def decide(self, rows: Sequence[FollowupSchedule], clocks: Sequence[Clock]) -> Decision:
        """`rows` are all due of one person."""
        who = rows[0].contractor_id
        standings = [self.standing(row) for row in rows]
        return decide(rows, standings, clocks, stop=self.stop(who), last_planned_text=self.last_planned.get(who))

    def stop(self, contractor_id: UUID) -> str | None:
        """Why nothing at all is said to this person."""
        if contractor_id in self.suppressed:
            return "opted_out"
        return "contractor_gone" if self.contractors[contractor_id].is_gone else None

    def standing(self, row: FollowupSchedule) -> str | None:
        """The status of what it is about; a caller may ask something about an event that is archived."""
        event = self.event(row)
        if event is not None and row.planned_by != "caller" and event.is_gone:
            return "archived"
        item = self.items.get(row.action_item_id) if row.action_item_id else None
        return None if item is None else "deleted" if item.deleted else item.status

    def event(self, row: FollowupSchedule) -> Event | None:
        return self.events.get(row.event_id) if row.event_id else None

    def clock(self, db: Db, row: FollowupSchedule) -> Clock:
        contractor = self.contractors.get(row.contractor_id)
        return clock_of(db, contractor, self.event(row), self.account_zone, self.policy)

    def part(self, row: FollowupSchedule) -> Part:
        item = self.items.get(row.action_item_id) if row.action_item_id else None
        return Part(row, gather(row, self.contractors.get(row.contractor_id), item, self.event(row)))


class Batch:
    """Gathers what is decided for each person, then writes it in a few statements."""

    def __init__(self, db: Db, surroundings: Surroundings) -> None:
        self._db = db
        self._around = surroundings
        self._messages: list[Message] = []
        self._handed_over: dict[UUID, tuple[FollowupSchedule, str, Clock]] = {}
        self._put_off: dict[UUID, datetime] = {}
        self._cancelled: dict[UUID, tuple[FollowupSchedule, str]] = {}

    def decide(self, rows: Sequence[FollowupSchedule]) -> None:
        """`rows` are one person's."""
        clocks = [self._around.clock(self._db, row) for row in rows]
        decision = self._around.decide(rows, clocks)
        for text in decision.texts:
            clock = clocks[text[0]]
            message = message_of([self._around.part(rows[number]) for number in text], clock)
            self._messages.append(message)
            for number in text:
                self._handed_over[rows[number].id] = rows[number], message.message_key, clock
        self._put_off |= {rows[number].id: at for number, at in decision.later.items()}
        self._cancelled |= {rows[number].id: (rows[number], reason) for number, reason in decision.cancel.items()}

    async def write(self) -> None:
        db = self._db
        if self._put_off:
            await queries.put_off(db, self._put_off)
        if self._cancelled:
            versions = await queries.cancel(db, {i: reason for i, (_, reason) in self._cancelled.items()})
            for row_id, (row, reason) in self._cancelled.items():
                self._tell(row, versions[row_id], status="cancelled", cancel_reason=reason)
        if self._handed_over:
            versions = await queries.hand_over(db, {i: key for i, (_, key, _) in self._handed_over.items()})
            for row_id, (row, _, _) in self._handed_over.items():
                self._tell(row, versions[row_id], handed_over_at=db.now)
        await emit_all(db, self._messages)
        for row, _, clock in self._handed_over.values():
            if row.is_recurring:
                await db.refresh(row)  # what was handed over was written past it
                await begin_next_run(db, row, clock)

    def _tell(self, row: FollowupSchedule, version: int, **changes: object) -> None:
        event = FollowupScheduleUpdated.of_row(row, changes)
        self._messages.append(event.model_copy(update={**changes, "row_version": version}))
