"""Reads a ranked list of priorities: each with its words, the promise it makes, whom it is about, and by when."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from shared.text.action_types import ActionType, action_type_of
from shared.text.dates import FoundDate, find_dates
from shared.text.names import FoundName, find_names
from shared.text.note_topics import with_acronyms
from shared.text.plain import MAX_READ
from shared.text.priority_items import Item, items_of
from shared.text.reachable import find_reachable

MAX_PRIORITIES = 10
MAX_TITLE = 100

_NOTHING = re.compile(
    r"^(?:none|nothing|no|nope|not sure|no idea|idk|i don'?t know|skip|n/?a|\W*)[\s.!?]*$", re.IGNORECASE
)
_VERB = re.compile(
    r"^(?:to )?(?:follow|call|email|e-mail|text|send|schedule|book|set|arrange|order|buy|get|ask|check|reach|reconnect|connect|"
    r"contact|meet|talk|speak|introduce|intro|implement|install|try|test|research|review|compare|evaluate|look|sign|prepare|prep|finish|submit|"
    r"quote|write|update|hire|start|use|find|learn|visit|build|make|do|put|create|close|finalize|train|improve|increase|"
    r"launch|add|go)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Priority:
    """One priority: the words it was given in, and the promise it makes. `due` needs `now` and `zone`."""

    rank: int
    title: str
    action_type: ActionType
    name: str | None
    company: str | None
    due: date | datetime | None
    start: int
    end: int
    text: str


def read_priorities(
    text: str,
    *,
    now: datetime | None = None,
    zone: ZoneInfo | None = None,
    people: Iterable[str] = (),
    companies: Iterable[str] = (),
) -> tuple[Priority, ...]:
    """Up to ten priorities of the first 2,000 characters, in the order of their ranks; none when the text names none."""
    text = text[:MAX_READ]
    if _NOTHING.match(text.strip()[:40]) and len(text.strip()) < 20:
        return ()
    reach = find_reachable(text)
    names = find_names(text, people=people, companies=companies, reachable=reach)
    dates = find_dates(text, now, zone, reachable=reach) if now is not None and zone is not None else ()
    whole = [(one.start, one.end) for found in (names, dates, reach.phones, reach.emails) for one in found]
    items = [item for item in items_of(text, whole) if any(map(str.isalpha, text[item.start : item.end]))]
    return tuple(_priority(text, item, names, dates) for item in items)


def _priority(text: str, item: Item, names: tuple[FoundName, ...], dates: tuple[FoundDate, ...]) -> Priority:
    inside = [one for one in names if item.start <= one.start and one.end <= item.end]
    person = next((one.value for one in inside if one.kind == "person"), None)
    company = next((one.value for one in inside if one.kind == "company"), None)
    printed = text[item.start : item.end]
    kind = action_type_of(printed, [(one.start - item.start, one.end - item.start, one.kind) for one in inside])
    due = next((one for one in dates if item.start <= one.start < item.end), None)
    title = _title(
        printed[: due.start - item.start] if due and due.start > item.start else printed, kind, person, company
    )
    return Priority(item.rank, title, kind, person, company, due.when if due else None, item.start, item.end, printed)


def _title(printed: str, kind: ActionType, person: str | None, company: str | None) -> str:
    printed = re.sub(r"[\s,]+(?:by|on|before|at|due|for|until)?[\s,]*$", "", " ".join(printed.split()))[:MAX_TITLE]
    if kind == "demo_prep" and company:
        return f"Prepare for {company} demo"
    who = person or company
    low = printed.lower()
    if who and (low == who.lower() or re.match(r"^(?:to )?follow[ -]?up with \S+(?: \S+)?$", low)):
        return f"Follow up with {who}"
    printed = (
        re.sub(r"^(?:to|the)\s+", "", printed, flags=re.IGNORECASE)
        if kind != "follow_up" or _VERB.match(low)
        else printed
    )
    printed = with_acronyms(printed)
    return printed[:1].upper() + printed[1:]
