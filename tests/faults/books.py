"""The books after a storm: accepted = stored = effects, each once, in order, no phantom, nothing stuck in a lease.

What was sent is counted in Twilio's ledger; what was stored and published is read past the services, as PostgreSQL's
superuser and from the beginning of every topic.
"""

import asyncio
import importlib
import re
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from rich.table import Table

from deploy.topology import SERVICES
from shared.bus.envelope import Envelope
from shared.contracts.base import REGISTRY, State
from tests.faults.house import House
from tests.faults.load import Done

# Where the rows are that a domain event tells the state of, by the first word of its type.
OWNERS = {
    "account": ("directory", "accounts"),
    "attendee": ("directory", "attendees"),
    "contractor": ("directory", "contractors"),
    "event": ("directory", "events"),
    "event_session": ("directory", "event_sessions"),
    "event_speaker": ("directory", "event_speakers"),
    "event_sponsor": ("directory", "event_sponsors"),
    "partner": ("directory", "partners"),
    "demo_booking": ("directory", "demo_bookings"),
    "user": ("directory", "users"),
    "note": ("actions", "event_notes"),
    "action_item": ("actions", "contractor_action_items"),
    "email_intro_draft": ("actions", "email_intro_drafts"),
    "followup_schedule": ("followups", "contractor_followup_schedules"),
}
REPLICAS = {
    "actions": ("accounts", "contractors", "events", "event_sessions", "event_speakers", "event_sponsors", "partners",
                "attendees", "demo_bookings", "followup_schedules"),
    "followups": ("accounts", "contractors", "events", "attendees", "action_items"),
    "messaging": ("contractors",),
}  # fmt: skip
OWNER_OF_REPLICA = {
    table: owner for owner in OWNERS.values() for table in (owner[1], owner[1].removeprefix("contractor_"))
}
LONGEST_DRAIN = 180.0
for name in SERVICES:
    importlib.import_module(f"shared.contracts.{name}")

BUSY = {
    "messaging": "SELECT count(*) FROM messages WHERE status = 'pending'",
    "actions": "SELECT count(*) FROM concierge_turns WHERE status IN ('queued', 'running')",
    "followups": "SELECT count(*) FROM contractor_followup_schedules WHERE status = 'scheduled'"
    " AND (handed_over_at IS NULL AND send_at <= app_clock())",
}
OUTBOX = "SELECT count(*) FROM outbox WHERE published_at IS NULL"
LEASED = (
    "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'leased_until'"
)


@dataclass
class Line:
    """One of the books: two numbers that must be the same, and who is wrong."""

    what: str
    left: int
    right: int
    wrong: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return self.left == self.right and not self.wrong


@dataclass
class Books:
    lines: list[Line]
    facts: dict[str, float]

    @property
    def wrong(self) -> list[str]:
        return [f"{line.what}: {line.left} and {line.right} {line.wrong[:5]}" for line in self.lines if not line.holds]

    def table(self, title: str) -> Table:
        table = Table(title=title, title_justify="left")
        for name in ("the books", "", "", ""):
            table.add_column(name, justify="right" if not name else "left")
        for line in self.lines:
            told = "[green]holds" if line.holds else f"[red]wrong: {', '.join(line.wrong[:3])}"
            table.add_row(line.what, f"{line.left:,}", f"{line.right:,}", told)
        for name, value in self.facts.items():
            table.add_row(name, f"{value:,g}", "", "")
        return table


class Auditor:
    """Reads the databases, the topics and the ledger of a house at rest."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._bases: dict[str, asyncpg.Connection] = {}

    async def __aenter__(self) -> "Auditor":
        for service in SERVICES:
            url = self._house.database_url.replace("/postgres?", f"/{service}?")
            self._bases[service] = await asyncpg.connect(url, statement_cache_size=0)
        return self

    async def __aexit__(self, *_: object) -> None:
        for connection in self._bases.values():
            await connection.close()

    async def drained(self) -> float:
        """Waits until nothing is under way any more; how long that took, in seconds."""
        begin = time.monotonic()
        while busy := await self._under_way():
            assert time.monotonic() - begin < LONGEST_DRAIN, f"still under way: {busy}"
            await asyncio.sleep(0.5)
        return time.monotonic() - begin

    async def _under_way(self) -> dict[str, int]:
        waiting = {service: int(await self._bases[service].fetchval(query)) for service, query in BUSY.items()}
        waiting |= {f"outbox of {name}": int(await base.fetchval(OUTBOX)) for name, base in self._bases.items()}
        for service, base in self._bases.items():
            waiting |= {f"leases in {service}.{table}": count for table, count in (await _leased(base)).items()}
        waiting["texts not found yet"] = len(self._inbound() - set(await self._stored()))
        waiting["not consumed"] = await self._lag()
        return {what: number for what, number in waiting.items() if number}

    async def _lag(self) -> int:
        lag = 0
        async with self._admin() as admin, self._reader() as reader:
            for service in SERVICES:
                committed = await admin.list_consumer_group_offsets(service)
                ends = await reader.end_offsets(list(committed))
                lag += sum(max(0, ends[tp] - offset.offset) for tp, offset in committed.items())
        return lag

    @asynccontextmanager
    async def _admin(self) -> AsyncIterator[AIOKafkaAdminClient]:
        admin = AIOKafkaAdminClient(bootstrap_servers=self._house.kafka)
        await admin.start()
        yield admin
        await admin.close()

    @asynccontextmanager
    async def _reader(self) -> AsyncIterator[AIOKafkaConsumer]:
        reader = AIOKafkaConsumer(bootstrap_servers=self._house.kafka, enable_auto_commit=False)
        await reader.start()
        yield reader
        await reader.stop()

    def _ledger(self, direction: str) -> list[dict[str, Any]]:
        query = {"direction": direction, "limit": "1000000"}
        items = self._house.stack.twilio.get("/standin/ledger", params=query).json()["items"]
        return [item for item in items if item.get("standin_origin") != "twilio"]

    def _inbound(self) -> set[str]:
        return {item["sid"] for item in self._ledger("inbound")}

    async def _stored(self) -> list[str]:
        rows = await self._bases["messaging"].fetch("SELECT provider_sid FROM messages WHERE direction = 'inbound'")
        return [row["provider_sid"] for row in rows]

    async def audit(self, done: Done) -> Books:
        lines = [await self._texts(), await self._turns(), await self._replies(), await self._sent()]
        lines += [*await self._writes(done), await self._check_ins(done), await self._in_order()]
        records = await self.records()
        lines += [self._published_in_order(records), await self.no_phantoms(records), *await self._copies()]
        lines += [await self._stuck()]
        doubts = await self._bases["messaging"].fetchval("SELECT count(*) FROM messages WHERE status = 'in_doubt'")
        facts = {
            "texts offered": done.offered,
            "of these answered with 200 at once": done.taken,
            "writes over HTTP": done.writes,
            "of these asked more than once": done.repeated,
            "domain events": len({record.id for record in records}),
            "published more than once": len(records) - len({record.id for record in records}),
            "in doubt, never sent again": doubts,
        }
        return Books(lines, facts)

    async def _texts(self) -> Line:
        stored = Counter(await self._stored())
        return Line("texts Twilio has = stored, each once", len(self._inbound()), len(stored), _twice(stored))

    async def _turns(self) -> Line:
        rows = await self._bases["messaging"].fetch("SELECT id FROM messages WHERE direction = 'inbound'")
        turns = await self._bases["actions"].fetch(
            "SELECT m ->> 'message_id' AS id, status FROM concierge_turns, jsonb_array_elements(messages) m"
        )
        told = Counter(row["id"] for row in turns)
        failed = [row["id"] for row in turns if row["status"] not in ("done", "silent")]
        return Line("texts stored = turns, each once", len(rows), len(told), _twice(told) + failed)

    async def _replies(self) -> Line:
        turns = await self._bases["actions"].fetch("SELECT message_id FROM concierge_turns WHERE reply IS NOT NULL")
        replies = Counter(
            row["in_reply_to_message_id"]
            for row in await self._bases["messaging"].fetch(
                "SELECT in_reply_to_message_id FROM messages WHERE direction = 'outbound' AND purpose = 'reply'"
            )
        )
        wrong = [str(row["message_id"]) for row in turns if replies[row["message_id"]] != 1]
        return Line("turns with a reply = replies, each once", len(turns), sum(replies.values()), wrong)

    async def _sent(self) -> Line:
        """By the message's id in the address that Twilio calls back; what is in doubt may have been taken, once."""
        rows = await self._bases["messaging"].fetch(
            "SELECT id::text, provider_sid, status FROM messages WHERE direction = 'outbound'"
        )
        ledger = self._ledger("outbound")
        taken = Counter(re.findall(r"message_id=([0-9a-f-]+)", " ".join(item["status_callback"] for item in ledger)))
        doubted = {row["id"] for row in rows if row["status"] == "in_doubt"}
        sids = {item["sid"] for item in ledger}
        wrong = [row["id"] for row in rows if row["id"] not in doubted and row["provider_sid"] not in sids]
        went = len(rows) - len(doubted) + len(doubted & taken.keys())
        return Line("messages sent = in the ledger, each once", went, len(ledger), wrong + _twice(taken))

    async def _in_order(self) -> Line:
        """The turns of a conversation ran one after the other, as its texts were stored."""
        stored = await self._bases["messaging"].fetch(
            "SELECT id::text FROM messages WHERE direction = 'inbound' ORDER BY conversation_id, seq"
        )
        place = {row["id"]: number for number, row in enumerate(stored)}
        talks = defaultdict(list)
        for row in await self._bases["actions"].fetch(
            "SELECT conversation_id::text, message_id::text FROM concierge_turns ORDER BY finished_at"
        ):
            talks[row["conversation_id"]].append(place[row["message_id"]])
        wrong = [talk for talk, order in talks.items() if order != sorted(order)]
        return Line("conversations = those whose turns ran in order", len(talks), len(talks) - len(wrong), wrong)

    async def _writes(self, done: Done) -> list[Line]:
        tables = {"contractors": ("directory", "contractors"), "action-items": ("actions", "contractor_action_items")}
        lines = []
        for what, ids in done.written.items():
            service, table = tables[what]
            found = await self._bases[service].fetchval(f"SELECT count(*) FROM {table} WHERE id = ANY($1::uuid[])", ids)
            lines.append(Line(f"{what} answered with 201 = rows", len(ids), int(found), _twice(Counter(ids))))
        rows = await self._bases["actions"].fetchval(
            "SELECT count(*) FROM contractor_action_items WHERE title LIKE 'Send the plans %'"
        )
        items = done.written["action-items"]
        return [*lines, Line("promises asked for = made, each once", len(set(items)), int(rows))]

    async def _check_ins(self, done: Done) -> Line:
        """Each went in one message that is in the ledger, or in doubt, or was taken back with a reason."""
        rows = await self._bases["followups"].fetch(
            "SELECT id::text, status, message_key, cancel_reason FROM contractor_followup_schedules"
            " WHERE message_template LIKE 'How is job %'"
        )
        bodies = Counter(
            number for item in self._ledger("outbound") for number in re.findall(r"How is job (\d+)", item["body"])
        )
        waiting = [row["id"] for row in rows if row["status"] == "scheduled" and not await self._is_in_doubt(row)]
        return Line("check-ins asked for = said, each once", len(done.check_ins), len(rows), waiting + _twice(bodies))

    async def _is_in_doubt(self, row: Any) -> bool:
        status = await self._bases["messaging"].fetchval(
            "SELECT status FROM messages WHERE message_key = $1", row["message_key"]
        )
        return bool(status == "in_doubt")

    async def records(self) -> list[Envelope]:
        """Every message on Kafka, in the order of its partition."""
        async with self._admin() as admin, self._reader() as reader:
            topics = [name for name in await admin.list_topics() if name.startswith("followthrough.")]
            partitions = [
                TopicPartition(topic["topic"], each["partition"])
                for topic in await admin.describe_topics(topics)
                for each in topic["partitions"]
            ]
            ends = await reader.end_offsets(partitions)
            reader.assign(partitions)
            await reader.seek_to_beginning(*partitions)
            records = []
            while any([await reader.position(tp) < ends[tp] for tp in partitions]):
                for batch in (await reader.getmany(timeout_ms=500, max_records=5000)).values():
                    records += [Envelope.of_record(each.topic, each.key, each.headers, each.value) for each in batch]
        return records

    def _published_in_order(self, records: Iterable[Envelope]) -> Line:
        """By the first publication of each: what came again has no effect."""
        seen: set[UUID] = set()
        newest: dict[tuple[str, str], int] = {}
        wrong = []
        for record in records:
            if record.id in seen or not _tells_state(record):
                continue
            seen.add(record.id)
            place, version = (record.topic, record.subject), version_of(record)
            if version < newest.get(place, 0):
                wrong.append(f"{record.type} {record.subject}")
            newest[place] = version
        return Line("rows told of = those told of in order", len(newest), len(newest) - len(set(wrong)), wrong)

    async def no_phantoms(self, records: Iterable[Envelope]) -> Line:
        told: dict[str, dict[str, int]] = defaultdict(dict)
        for record in records:
            if _tells_state(record):
                newest = told[record.type.split(".")[0]]
                newest[record.subject] = max(newest.get(record.subject, 0), version_of(record))
        wrong = []
        for name, newest in told.items():
            if name not in OWNERS:
                continue
            rows = await self._versions(*OWNERS[name])
            wrong += [f"{name} {row_id}" for row_id, version in newest.items() if rows.get(row_id, 0) < version]
        count = sum(len(newest) for newest in told.values())
        return Line("rows told of = rows that are", count, count - len(wrong), wrong)

    async def _versions(self, service: str, table: str) -> dict[str, int]:
        rows = await self._bases[service].fetch(f"SELECT id::text, row_version FROM {table}")
        return {row["id"]: row["row_version"] for row in rows}

    async def _copies(self) -> list[Line]:
        """Each replica has the version of its owner's row."""
        lines = []
        for service, tables in REPLICAS.items():
            owners = copies = 0
            wrong = []
            for table in tables:
                owned = await self._versions(*OWNER_OF_REPLICA[table])
                copied = await self._versions(service, table)
                owners, copies = owners + len(owned), copies + len(copied)
                wrong += [f"{table} {row_id}" for row_id, version in owned.items() if copied.get(row_id) != version]
            lines.append(Line(f"rows of others = copies in {service}", owners, copies, wrong))
        return lines

    async def _stuck(self) -> Line:
        found = []
        for service, base in self._bases.items():
            found += [f"{service}.{table}" for table, count in (await _leased(base)).items() for _ in range(count)]
            letters = await base.fetch("SELECT type, state, error FROM dead_letters")
            found += [f"{letter['state']} letter {letter['type']}: {letter['error']}" for letter in letters]
        return Line("rows stuck in a lease, dead letters = 0", len(found), 0, found)


async def _leased(base: asyncpg.Connection) -> dict[str, int]:
    """Rows of each queue; a message in doubt is looked for again and again."""
    tables = [row["table_name"] for row in await base.fetch(LEASED)]
    looked_for = "leased_until IS NOT NULL AND to_jsonb(job) ->> 'status' IS DISTINCT FROM 'in_doubt'"
    return {
        table: int(await base.fetchval(f"SELECT count(*) FROM {table} AS job WHERE {looked_for}")) for table in tables
    }


def _twice(counted: Counter[Any]) -> list[str]:
    return [f"{each} {count} times" for each, count in counted.items() if count > 1]


def _tells_state(record: Envelope) -> bool:
    kind = REGISTRY.get(record.type)
    return kind is not None and issubclass(kind, State) and ".snapshot." not in record.type


def version_of(record: Envelope) -> int:
    return REGISTRY[record.type].model_validate_json(record.payload).row_version  # type: ignore[attr-defined,no-any-return]
