"""Every message Twilio would know of: kept, found again, waited for."""

import asyncio
import json
import tempfile
import time
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import attrgetter
from pathlib import Path
from typing import Any

from deploy.local.twilio.journal import Journal
from deploy.local.twilio.keywords import opted_out_after

FINAL = frozenset({"delivered", "undelivered", "failed", "received"})


@dataclass(slots=True)
class Message:
    """What never changes is kept as JSON text: ten thousand rows are answered by joining strings."""

    ordinal: int
    sid: str
    to: str
    from_: str
    inbound: bool
    accepted_at: str
    fixed: str
    plan: dict[str, Any]
    status: str
    changed_at: str
    sent_at: str | None = None
    error_code: int | None = None

    def row(self) -> str:
        """Return the message as a JSON object, as the ledger shows it."""
        return f'{{"status":"{self.status}","error_code":{self.error_code or "null"},{self.fixed[1:]}'

    def fields(self) -> dict[str, Any]:
        """Return what never changes."""
        fields: dict[str, Any] = json.loads(self.fixed)
        return fields


def rfc3339(moment: datetime) -> str:
    """Write a moment with one width and offset, so that texts sort as times do."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


class Ledger:
    """One process, one thread: no lock. Each message is in the journal before it is seen."""

    def __init__(self, path: str = "") -> None:
        """Open the ledger of that file, or one in memory."""
        self.messages: list[Message] = []
        self.numbers: dict[str, str] = {}
        self._by_sid: dict[str, Message] = {}
        self._by_to: defaultdict[str, list[Message]] = defaultdict(list)
        self._by_from: defaultdict[str, list[Message]] = defaultdict(list)
        self._opted_out: set[tuple[str, str]] = set()
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._last_moment = 0
        self._scratch = None if path else tempfile.TemporaryDirectory(prefix="ft-twilio-")
        self._media = Path(self._scratch.name if self._scratch else f"{path}.media")
        self._journal = Journal(path)
        for entry in self._journal.read():
            self._replay(entry)

    def _replay(self, entry: Any) -> None:
        match entry:
            case {"message": fields, "plan": plan, "status": status}:
                self._enter(fields, plan, status)
            case {"sid": sid, "status": status, "error_code": error_code, "at": at}:
                self._change(self._by_sid[sid], status, error_code, at)
            case {"number": number, "sms_url": sms_url}:
                self.numbers[number] = sms_url

    def accept(self, fields: Mapping[str, Any], *, plan: Mapping[str, Any], status: str) -> Message:
        """Take a message for good and say since when. Raises OSError when it cannot be kept."""
        fields = {**fields, "accepted_at": self._now()}
        self._journal.append({"message": fields, "plan": plan, "status": status})
        message = self._enter(fields, dict(plan), status)
        for arrived in self._waiting.pop(message.to, ()):
            arrived.set()
        return message

    def _enter(self, fields: dict[str, Any], plan: dict[str, Any], status: str) -> Message:
        sid, to, from_, at = fields["sid"], fields["to"], fields["from"], fields["accepted_at"]
        inbound = fields["direction"] == "inbound"
        fixed = json.dumps(fields, separators=(",", ":"))
        message = Message(len(self.messages), sid, to, from_, inbound, at, fixed, plan, status, at)
        self.messages.append(message)
        self._by_sid[sid] = message
        self._by_to[to].append(message)
        self._by_from[from_].append(message)
        if inbound:
            message.sent_at = at
            (self._opted_out.add if self._stays_out(message, fields["body"]) else self._opted_out.discard)((from_, to))
        return message

    def _stays_out(self, message: Message, body: str) -> bool:
        return opted_out_after(body, self.is_opted_out(message.from_, message.to))

    def set_status(self, message: Message, status: str, error_code: int | None = None) -> None:
        """Move a message on."""
        at = self._now()
        self._journal.append({"sid": message.sid, "status": status, "error_code": error_code, "at": at})
        self._change(message, status, error_code, at)

    def _change(self, message: Message, status: str, error_code: int | None, at: str) -> None:
        message.status, message.error_code, message.changed_at = status, error_code, at
        if status == "sent":
            message.sent_at = at

    def set_number(self, number: str, sms_url: str) -> None:
        """Say where texts to a number of the account are delivered; empty means nowhere."""
        self._journal.append({"number": number, "sms_url": sms_url})
        self.numbers[number] = sms_url

    def is_opted_out(self, person: str, number: str) -> bool:
        """Say whether the person told that number to stop."""
        return (person, number) in self._opted_out

    def find(self, sid: str) -> Message | None:
        """Return the message with that sid."""
        return self._by_sid.get(sid)

    def unfinished(self) -> list[Message]:
        """Return what a restart left on its way."""
        return [message for message in self.messages if message.status not in FINAL]

    def between(self, to: str | None = None, from_: str | None = None) -> list[Message]:
        """Return the messages of these two ends, oldest first; None is anybody."""
        if to and from_:
            return [message for message in self._by_to.get(to, ()) if message.from_ == from_]
        if to or from_:
            return (self._by_to if to else self._by_from).get(to or from_ or "", [])
        return self.messages

    def since(self, messages: list[Message], since: str | None, *, inclusive: bool = True) -> Iterator[Message]:
        """Yield those accepted from that moment on (as `rfc3339` writes it)."""
        cut = bisect_left if inclusive else bisect_right
        start = cut(messages, since, key=attrgetter("accepted_at")) if since else 0
        return (messages[index] for index in range(start, len(messages)))

    async def wait_for(self, to: str, after: str, count: int, seconds: float) -> list[Message]:
        """Return what was sent to a person after that moment, once there are so many messages or time is up."""
        deadline = time.monotonic() + seconds
        while True:
            found = [m for m in self.since(self.between(to), after, inclusive=False) if not m.inbound]
            left = deadline - time.monotonic()
            if len(found) >= count or left <= 0:
                return found
            arrived = asyncio.Event()
            self._waiting[to].add(arrived)
            try:
                async with asyncio.timeout(left):
                    await arrived.wait()
            except TimeoutError:
                continue
            finally:
                self._waiting[to].discard(arrived)

    def keep_media(self, sid: str, content: bytes) -> None:
        """Keep what a person attached to a text."""
        self._media.mkdir(parents=True, exist_ok=True)
        (self._media / sid).write_bytes(content)

    def media(self, sid: str) -> bytes:
        """Return what was kept. Raises FileNotFoundError."""
        return (self._media / sid).read_bytes()

    def close(self) -> None:
        """Let go of the file."""
        self._journal.close()
        if self._scratch:
            self._scratch.cleanup()

    def _now(self) -> str:
        # Strictly increasing, so that "accepted after X" never misses a message of the same microsecond.
        self._last_moment = max(time.time_ns() // 1000, self._last_moment + 1)
        seconds, micros = divmod(self._last_moment, 1_000_000)
        return rfc3339(datetime.fromtimestamp(seconds, UTC).replace(microsecond=micros))
