"""What holds for every table, list and statement of the service."""

import asyncio
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Select
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import create_async_engine

from services.actions.action_items import queries as items
from services.actions.action_items.models import OPEN_STATUSES, ActionItem
from services.actions.action_items.rules import Origin
from services.actions.action_items.use_cases import change_item
from services.actions.concierge import knowing
from services.actions.concierge.models import ConciergeTurn
from services.actions.concierge.retention import forget
from services.actions.concierge.turns import list_turns
from services.actions.drafts.models import EmailIntroDraft
from services.actions.drafts.queries import list_drafts
from services.actions.models import Base
from services.actions.notes import queries as notes
from services.actions.notes.models import EventNote
from shared.ids import uuid7
from tests.conftest import Urls
from tests.services.actions.conftest import Actions

DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]
CENTRAL = ZoneInfo("America/Chicago")
PLATFORM = {"outbox", "inbox", "leases", "dead_letters", "idempotency_keys", "clock_offset"}


async def test_models_and_migrations_agree(urls: Urls) -> None:
    def differences(connection: Connection) -> list[Any]:
        options = {"include_object": lambda _o, name, kind, _r, _c: not (kind == "table" and name in PLATFORM)}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata))

    engine = create_async_engine(urls.owner)
    async with engine.connect() as connection:
        found = await connection.run_sync(differences)
    await engine.dispose()
    assert [each for each in found if "alembic_version" not in str(each)] == []


async def fill(actions: Actions) -> dict[str, UUID]:
    """3,000 notes and items of 300 contractors, so that a plan without an index would be worth nothing."""
    ids = {"event": uuid7()}
    some, event = "FROM generate_series(1, 3000) AS n", f"CASE WHEN n % 10 = 0 THEN {literal(ids['event'])} END"
    person = "md5('c' || n % 300 + 1)::uuid"
    statements = (
        f"INSERT INTO events (id) VALUES ({literal(ids['event'])})",
        "INSERT INTO contractors (id) SELECT md5('c' || n)::uuid FROM generate_series(1, 300) AS n",
        "INSERT INTO event_notes (contractor_id, event_id, note_text, captured_at)"
        f" SELECT {person}, {event}, 'x', app_clock() - n * interval '1 minute' {some}",
        "INSERT INTO contractor_action_items (contractor_id, event_id, title, priority, due_date, status, completed_at)"
        f" SELECT {person}, {event}, 'x', n % 10 + 1, app_clock() + n * interval '1 hour',"
        " (ARRAY['pending', 'completed'])[n % 2 + 1], CASE WHEN n % 2 = 1 THEN app_clock() END " + some,
        "INSERT INTO action_item_updates (action_item_id, contractor_id, update_type, updated_by, update_source)"
        " SELECT id, contractor_id, 'note', 'user', 'api' FROM contractor_action_items",
        "INSERT INTO email_intro_drafts (action_item_id, contractor_id, subject, body, status)"
        " SELECT id, contractor_id, 'x', 'x', CASE status WHEN 'pending' THEN 'draft' ELSE 'discarded' END"
        " FROM contractor_action_items",
        "INSERT INTO concierge_turns (contractor_id, conversation_id, conversation_epoch, channel, address, message_id,"
        f" messages, received_at, status) SELECT {person}, uuidv7(), 1, 'sms', '+1', uuidv7(), '[]', app_clock(), 'done' {some}",
    )
    async with actions.begin() as db:
        raw = db.raw
        for statement in statements:
            await raw.execute(statement)
        ids["contractor"] = await raw.fetchval("SELECT md5('c1')::uuid")
        ids["conversation"], ids["message"] = await raw.fetchrow(
            "SELECT conversation_id, message_id FROM concierge_turns LIMIT 1"
        )
        ids["item"] = await raw.fetchval("SELECT id FROM contractor_action_items LIMIT 1")
        ids["note"] = await raw.fetchval("SELECT id FROM event_notes LIMIT 1")
    owner = actions.urls.database("owner")
    async with owner.connection() as connection:
        await connection.execute("ANALYZE")
    await owner.close()
    return ids


def newest(model: Any, statement: Select[Any]) -> Select[Any]:
    order = {
        EventNote: (EventNote.captured_at.desc(), EventNote.id.desc()),
        ActionItem: (ActionItem.id.desc(),),
        ConciergeTurn: (ConciergeTurn.id.desc(),),
        EmailIntroDraft: (EmailIntroDraft.id.desc(),),
    }
    return statement.order_by(*order[model]).limit(51)


def by_priority(statement: Select[Any]) -> Select[Any]:
    return statement.order_by(ActionItem.priority, ActionItem.due_sort, ActionItem.id).limit(51)


PATHS: dict[str, Callable[[dict[str, UUID]], Any]] = {
    "notes": lambda ids: newest(EventNote, notes.list_notes({}, None, None)),
    "notes of a contractor": lambda ids: newest(
        EventNote, notes.list_notes({"contractor_id": ids["contractor"]}, None, None)
    ),
    "notes from an event (document 000)": lambda ids: notes.notes_of_event(ids["event"], ids["contractor"]),
    "notes of an event": lambda ids: newest(EventNote, notes.list_notes({"event_id": ids["event"]}, None, None)),
    "items": lambda ids: newest(ActionItem, items.list_items({}, [], None, None)),
    "items of a contractor": lambda ids: newest(
        ActionItem, items.list_items({"contractor_id": ids["contractor"]}, [], None, None)
    ),
    "pending items by priority (document 000)": lambda ids: items.pending_items(ids["contractor"]),
    "items of an event": lambda ids: newest(ActionItem, items.list_items({"event_id": ids["event"]}, [], None, None)),
    "items of a note": lambda ids: newest(
        ActionItem, items.list_items({"related_note_id": ids["note"]}, [], None, None)
    ),
    "items requiring follow-up (document 000)": lambda ids: items.requiring_followup(
        ids["contractor"], date(2026, 10, 7), CENTRAL
    ),
    "updates of an item": lambda ids: items.list_updates(ids["item"]).limit(51),
    "turns": lambda ids: newest(ConciergeTurn, list_turns({})),
    "turns of a contractor": lambda ids: (
        list_turns({"contractor_id": ids["contractor"]}).order_by(ConciergeTurn.seq.desc()).limit(51)
    ),
    "turns of a conversation": lambda ids: newest(ConciergeTurn, list_turns({"conversation_id": ids["conversation"]})),
    "turn of a message (one row)": lambda ids: newest(ConciergeTurn, list_turns({"message_id": ids["message"]})),
    "turns that failed": lambda _ids: newest(ConciergeTurn, list_turns({"status": "failed"})),
    "turns that are done": lambda _ids: newest(ConciergeTurn, list_turns({"status": "done"})),
    "drafts": lambda _ids: newest(EmailIntroDraft, list_drafts({})),
    "drafts of a contractor": lambda ids: newest(EmailIntroDraft, list_drafts({"contractor_id": ids["contractor"]})),
    "drafts of an item (few rows)": lambda ids: newest(EmailIntroDraft, list_drafts({"action_item_id": ids["item"]})),
    "drafts to approve": lambda _ids: newest(EmailIntroDraft, list_drafts({"status": "draft"})),
    "items by priority": lambda _ids: by_priority(items.list_items({}, [], None, None)),
    "pending items by priority": lambda _ids: by_priority(items.list_items({}, ["pending"], None, None)),
    "items of a contractor by priority (few rows)": lambda ids: by_priority(
        items.list_items({"contractor_id": ids["contractor"]}, [], None, None)
    ),
    "pending items of a contractor by priority": lambda ids: by_priority(
        items.list_items({"contractor_id": ids["contractor"]}, ["pending"], None, None)
    ),
    "deferred items": lambda _ids: newest(ActionItem, items.list_items({}, ["deferred"], None, None)),
    "completed items": lambda _ids: newest(ActionItem, items.list_items({}, ["completed"], None, None)),
    "open items": lambda _ids: newest(ActionItem, items.list_items({}, list(OPEN_STATUSES), None, None)),
    "items that are overdue (few rows)": lambda _ids: newest(
        ActionItem, items.list_items({}, ["pending"], None, datetime(2020, 1, 1, tzinfo=CENTRAL))
    ),
    "counts of an event's notes": lambda ids: notes.counts_of_event(ids["event"]),
    "counts of an event's items": lambda ids: items.counts_of_event(ids["event"], datetime(2026, 1, 1, tzinfo=CENTRAL)),
}


async def test_every_list_is_answered_by_an_index(actions: Actions) -> None:
    ids = await fill(actions)
    async with actions.begin(role="owner") as db:
        raw = db.raw
        for name, path in PATHS.items():
            compiled = path(ids).compile(dialect=DIALECT, compile_kwargs={"literal_binds": True})
            plan = "\n".join(row[0] for row in await raw.fetch(f"EXPLAIN {compiled}"))
            assert "Index" in plan, f"{name}\n{plan}"
            assert "Seq Scan" not in plan, f"{name}\n{plan}"
            assert "Sort" not in plan or "(" in name or "counts" in name, f"{name}\n{plan}"


async def test_the_one_statement_of_a_turn_reads_no_whole_table(actions: Actions) -> None:
    ids = await fill(actions)
    asked = knowing.OF_OLDEST_OPEN.replace("$1", literal(actions.account_id)).replace("$2", literal(ids["contractor"]))
    async with actions.begin() as db:
        plan = await db.raw.fetch(f"EXPLAIN {asked}")
    text = "\n".join(row[0] for row in plan)
    big = ("event_notes", "contractor_action_items", "concierge_turns")
    assert [table for table in big if f"Seq Scan on {table}" in text] == [], text


def literal(value: UUID) -> str:
    return f"'{value}'::uuid"


async def test_the_documents_queries_answer_as_it_says(actions: Actions) -> None:
    await actions.know_event()
    now = datetime.now(CENTRAL)
    noon = now.replace(hour=12, minute=0, second=0, microsecond=0)
    async with actions.begin() as db:
        for title, priority, due, status in (
            ("later", 2, noon + timedelta(days=9), "pending"),
            ("soon", 3, noon + timedelta(days=3), "pending"),
            ("first", 1, None, "pending"),
            ("no longer", 1, noon, "cancelled"),
            ("on the fourth day", 1, noon + timedelta(days=4), "pending"),
            ("overdue", 3, noon - timedelta(days=2), "pending"),
        ):
            db.add(
                ActionItem(
                    contractor_id=actions.contractor_id, title=title, priority=priority, due_date=due, status=status
                )
            )
        await db.flush()
        pending = (await db.scalars(items.pending_items(actions.contractor_id))).all()
        assert [item.title for item in pending] == ["on the fourth day", "first", "later", "overdue", "soon"]
        rows = await items.list_requiring_followup(db, actions.contractor_id, now.date(), CENTRAL)
        assert [row[0].title for row in rows] == ["overdue", "soon"]


async def test_today_is_the_contractors_own(actions: Actions) -> None:
    """At 23:30 in Dallas the day after tomorrow's morrow has begun in London; it is not due yet here."""
    async with actions.begin() as db:
        due = datetime(2026, 10, 11, 0, 30, tzinfo=CENTRAL)
        db.add(ActionItem(contractor_id=actions.contractor_id, title="x", due_date=due))
        await db.flush()
        assert await items.list_requiring_followup(db, actions.contractor_id, date(2026, 10, 7), CENTRAL) == []
        assert len(await items.list_requiring_followup(db, actions.contractor_id, date(2026, 10, 8), CENTRAL)) == 1


async def test_two_last_items_finished_together_settle_the_note(actions: Actions) -> None:
    async with actions.begin() as db:
        note = EventNote(contractor_id=actions.contractor_id, note_text="two")
        db.add(note)
        await db.flush()
        made = [ActionItem(contractor_id=actions.contractor_id, title="x", related_note_id=note.id) for _ in range(2)]
        db.add_all(made)
        await db.flush()

    async def finish(item_id: UUID) -> None:
        async with actions.begin() as db:
            item = await items.lock_item(db, item_id)
            await asyncio.sleep(0.05)
            await change_item(db, item, {"status": "completed"}, Origin("user", "api"))

    await asyncio.gather(*(finish(item.id) for item in made))
    assert [note["followup_completed"] for note in await actions.notes()] == [True]


async def test_the_recent_conversation_is_forgotten_in_time(actions: Actions) -> None:
    now = datetime.now(CENTRAL)
    await actions.text("Booth 12 has the best CRM for roofers", received_at=now - timedelta(days=31))
    await actions.text("Booth 14 has the best tiles", received_at=now - timedelta(days=29))
    assert await forget(actions.worker, 30) == 1
    assert [row["body"] for row in await actions.rows("SELECT body FROM recent_messages")] == [
        "Booth 14 has the best tiles"
    ]
