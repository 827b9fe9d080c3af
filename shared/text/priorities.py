"""Reads a ranked list of priorities: numbered, line by line, "first … second …", or with commas."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from shared.text.dates import FoundDate, find_dates
from shared.text.names import FoundName, find_names
from shared.text.note_actions import ActionType, action_type_of
from shared.text.note_topics import with_acronyms
from shared.text.plain import MAX_READ, lowered
from shared.text.reachable import find_reachable

MAX_PRIORITIES = 10
MAX_TITLE = 100

_NUMBERED = re.compile(
    r"(?:^|(?<=[\s,;.]))#?(?P<rank>\d{1,2})(?:[.):]|\s?[-–](?=\s))\s*(?=\S)"
    r"|(?:^|(?<=\s))#(?P<hash>\d{1,2})\s+"
)
_BARE_NUMBER = re.compile(r"(?:^|(?<=[\s,;]))(?P<rank>\d)\s+(?=[^\W\d])")
_ORDINAL = re.compile(
    r"(?:^|(?<=[\s,;.]))(?:and )?(?:then )?(?:my )?"
    r"(?:first(?:ly)?|second(?:ly)?|third(?:ly)?|fourth(?:ly)?|fifth|lastly|finally)\b"
    r"(?: is| would be| one is)?[,:]?\s+(?!(?:time|step|thing|of all|floor)\b)"
)
_THEN = re.compile(r"(?:[,;.]\s*(?:and )?|\s+and )\s*then\b[,:]?\s+", re.IGNORECASE)
_SEPARATOR = re.compile(r"\s*[,;]\s*(?:and\s+)?|\s*\.\s+|\s+and\s+|\s+&\s+|\s+\+\s+")
_HARD_SEPARATOR = re.compile(r"\s*[,;]\s*(?:and\s+)?|\s*\.\s+")
_LEAD_IN = re.compile(
    r"^(?:(?:ok|okay|sure|well|hi|hey|so|thanks)[,!.]?\s+)*"
    r"(?:(?:my|the|our|here are|these are|i'd say|i would say|probably|definitely)\s+)*"
    r"(?:top\s+(?:3|three|\d|priorities)?\s*)?(?:priorities|priority|list|things)?\s*"
    r"(?:(?:from|for)\s+[^:]{1,40})?(?:are|is|would be)?\s*:\s*",
    re.IGNORECASE,
)
_NOTHING = re.compile(
    r"^(?:none|nothing|no|nope|not sure|no idea|idk|i don'?t know|skip|n/?a|\W*)[\s.!?]*$", re.IGNORECASE
)
_OPENER = re.compile(r"(?:and |then |also )+", re.IGNORECASE)
_VERB = re.compile(
    r"^(?:to )?(?:follow|call|email|e-mail|text|send|schedule|book|set|arrange|order|buy|get|ask|check|reach|reconnect|connect|"
    r"contact|meet|talk|speak|introduce|intro|implement|install|try|test|research|review|compare|evaluate|look|sign|prepare|prep|finish|submit|"
    r"quote|write|update|hire|start|use|find|learn|visit|build|make|do|put|create|close|finalize|train|improve|increase|"
    r"launch|add|go)\b",
    re.IGNORECASE,
)
_TOOL = re.compile(r"\b(?:tools?|software|crm|app|apps|automation|ai|chatbot|platform|system)\b")
_CONTACT = re.compile(
    r"^(?:to )?(?:follow|call|email|e-mail|text|contact|reach|reconnect|connect|meet|talk|speak|check in|get back)\b"
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


@dataclass(frozen=True, slots=True)
class _Item:
    rank: int
    start: int
    end: int


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
    items = [_trimmed(text, item) for item in _items(text, names)[:MAX_PRIORITIES]]
    read = [_priority(text, item, names, dates) for item in items if item.end > item.start][:MAX_PRIORITIES]
    return tuple(sorted(read, key=lambda one: one.rank))


def _items(text: str, names: tuple[FoundName, ...]) -> list[_Item]:
    for pattern, least in ((_NUMBERED, 1), (_BARE_NUMBER, 2)):
        marks = _rising(list(pattern.finditer(text)))
        if len(marks) >= least and (len(marks) > 1 or not text[: marks[0].start()].strip()):
            return _between(text, marks, [int(next(filter(None, mark.groups()))) for mark in marks])
    lines = [match.span() for match in re.finditer(r"[^\n]+", text) if match[0].strip(" -*•–\t")]
    if len(lines) > 1:
        lines = lines[1:] if text[slice(*lines[0])].rstrip().endswith(":") else lines
        return [_Item(rank, start, end) for rank, (start, end) in enumerate(lines, 1)]
    ordinals = list(_ORDINAL.finditer(text.lower())) if len(text.lower()) == len(text) else []
    if ordinals and (len(ordinals) > 1 or _THEN.search(text, ordinals[0].end())):
        return _split(_between(text, ordinals, list(range(1, len(ordinals) + 1))), text, _THEN)
    return _listed(text, names)


def _rising(marks: list[re.Match[str]]) -> list[re.Match[str]]:
    """Only marks that count from one, in any order or upwards: the "4." in "2 p.m. 4. July" is none."""
    ranks = [int(next(filter(None, mark.groups()))) for mark in marks]
    if len(ranks) > 1 and sorted(ranks) == list(range(1, len(ranks) + 1)):
        return marks
    kept: list[re.Match[str]] = []
    for mark in marks:
        if int(next(filter(None, mark.groups()))) == len(kept) + 1:
            kept.append(mark)
    return kept


def _between(text: str, marks: list[re.Match[str]], ranks: list[int]) -> list[_Item]:
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    return [_Item(rank, mark.end(), end) for mark, rank, end in zip(marks, ranks, ends, strict=True)]


def _split(items: list[_Item], text: str, pattern: re.Pattern[str]) -> list[_Item]:
    spans: list[tuple[int, int]] = []
    for item in items:
        start = item.start
        for match in pattern.finditer(text, item.start, item.end):
            spans.append((start, match.start()))
            start = match.end()
        spans.append((start, item.end))
    spans = [(start, end) for start, end in spans if text[start:end].strip(" ,;.")]
    return [_Item(rank, start, end) for rank, (start, end) in enumerate(spans, 1)]


def _listed(text: str, names: tuple[FoundName, ...]) -> list[_Item]:
    """ "John, the Acme demo and AI tools"; but "follow up with John and Sara" is one."""
    lead = _LEAD_IN.match(text)
    whole = _Item(1, lead.end() if lead else 0, len(text))
    soft = _HARD_SEPARATOR.search(text, whole.start) is not None or _VERB.match(text[whole.start :]) is None
    pattern = _SEPARATOR if soft else _HARD_SEPARATOR
    items = _split([whole], text, pattern)
    inside = [one for one in names if any(one.start < item.end < one.end for item in items)]
    return _split([whole], text, _HARD_SEPARATOR) if inside else items


def _trimmed(text: str, item: _Item) -> _Item:
    start, end = item.start, item.end
    while start < end and text[start] in " \t\r\n-*•–,;:.#":
        start += 1
    while end > start and text[end - 1] in " \t\r\n,;:.!-–":
        end -= 1
    if opener := _OPENER.match(text, start, end):
        start = opener.end()
    return _Item(item.rank, start, end)


def _priority(text: str, item: _Item, names: tuple[FoundName, ...], dates: tuple[FoundDate, ...]) -> Priority:
    inside = [one for one in names if item.start <= one.start and one.end <= item.end]
    person = next((one.value for one in inside if one.kind == "person"), None)
    company = next((one.value for one in inside if one.kind == "company"), None)
    printed = text[item.start : item.end]
    kind = _kind(lowered(printed), person, company)
    due = next((one for one in dates if item.start <= one.start < item.end), None)
    title = _title(
        printed[: due.start - item.start] if due and due.start > item.start else printed, kind, person, company
    )
    return Priority(item.rank, title, kind, person, company, due.when if due else None, item.start, item.end, printed)


def _kind(low: str, person: str | None, company: str | None) -> ActionType:
    if person and (low == person.lower() or _CONTACT.match(low)):
        return "contact_peer"
    kind = action_type_of(low, person, company)
    return "implement_tool" if kind == "other" and _TOOL.search(low) else kind


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
