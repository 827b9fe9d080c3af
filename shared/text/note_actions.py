"""The promise a note makes: what is to be done, of which kind, for whom and by when."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shared.text import lexicon
from shared.text.action_types import ActionType, action_type_of
from shared.text.dates import FoundDate
from shared.text.names import FoundName
from shared.text.note_model import Place

MAX_TITLE = 100

_LEXICON = lexicon.load("notes")
_REMINDER = f"reminder = {'|'.join(_LEXICON['reminder'])}"
IMPERATIVE = lexicon.any_of(_LEXICON["imperative"], (*_LEXICON["macros"], _REMINDER))
_REMINDS = lexicon.any_of((r"\W*(?:(?:please|pls|can you|could you|also) )?(?:<reminder>) ?[a-z]",), (_REMINDER,))
_ASK = lexicon.any_of(_LEXICON["ask"])
_REFUSAL = lexicon.any_of(_LEXICON["refusal"])
_FOLLOW_UP = re.compile(
    r"\b(?:follow(?:ed|ing)?[ -]?up|reach out|reconnect|connect|circle back|touch base|get back|check in)\b"
)
_ABOUT = re.compile(r"about\s+", re.IGNORECASE)
PROMISED = re.compile(
    r"(?:^|[.;!?,\n]\s*|\b(?:i|we|and)\s+(?:also\s+)?)(?:promised|owe)\s+"
    r"(?P<what>(?!me\b|us\b)(?:[\w.'-]+\s+){1,3}?(?:an?|the|some|his|her|their|our|my)\s)"
)
CLAUSE_END = re.compile(r"[.;!?\n]|, (?=[a-z])| - | (?:to|on|onto) (?:my|the) (?:to-?do )?list\b|$", re.IGNORECASE)
_LEADING = re.compile(
    r"^(?:[-,.;:!\s\d)]|(?:please|pls|also|and|then|ok|so|i|we|must|gotta|todo|to do|to|need|needs|have|want|i'll|we'll|"
    r"should|will|remember|remind me|make sure|don't forget|dont forget|let's|lets|action|next steps?|reminder|note to self)\b)+",
    re.IGNORECASE,
)
_TRAILING = re.compile(
    r"(?:[\s,;:.!-]|(?<=\s)\(?\d{1,2}[.)]+|\b(?:by|on|at|before|until|till|due|in|for|and|the|asap|please|pls)\b)+$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class NoteAction:
    """A promise in the imperative. `due` is the date the words name; `due_text` as they name it;
    `words` are those it rests on."""

    title: str
    action_type: ActionType
    due: date | datetime | None
    due_text: str | None
    person: str | None
    company: str | None
    words: str = ""


def _places(words: str, names: tuple[FoundName, ...]) -> list[Place]:
    found = ((words.find(one.text), one) for one in names)
    return [(start, start + len(one.text), one.kind) for start, one in found if start >= 0]


def without_lead(words: str) -> str:
    return _LEADING.sub("", words).strip()


def without_tail(words: str) -> str:
    return _TRAILING.sub("", words[:MAX_TITLE])


def is_refused(low: str) -> bool:
    return _REFUSAL.search(low) is not None


def is_asked(low: str) -> bool:
    """Whether somebody waits for something."""
    return _ASK.search(low) is not None or is_imperative(low)


def is_reminder(low: str) -> bool:
    """Whether it begins by asking for something to be kept: "remind me tomorrow to pick up the lift"."""
    return _REMINDS.match(low) is not None


def is_imperative(low: str) -> bool:
    return IMPERATIVE.search(low) is not None


def action_of(
    text: str,
    low: str,
    names: tuple[FoundName, ...],
    dates: tuple[FoundDate, ...],
    today: date,
    reach: str | None = None,
    waits: str | None = None,
) -> NoteAction | None:
    """The promise of a text that asks for one; None when it names neither a deed nor anybody (`reach`: a number, an address).
    `waits`: who waits for it."""
    clause = _clause(text, low, dates) or _promised(text, low, dates)
    person = whom([one for one in names if clause and one.text in clause]) or waits or whom(names)
    company = next((one.value for one in names if one.kind == "company"), None)
    words = clause or text
    kind = action_type_of(words, _places(words, names))
    kind = "follow_up" if kind == "other" and clause is None else kind
    title = title_of(clause, kind, person or reach, company)
    if title is None:
        return None
    begin = text.find(clause) if clause else 0
    coming = [one for one in dates if one.day >= today]
    named = next((one for one in coming if one.start >= begin), coming[0] if coming else None)
    due = due_of(named, kind, today) if named else None
    return NoteAction(title, kind, due, named.text if named else None, person, company, clause or "")


def whom(names: Iterable[FoundName]) -> str | None:
    return next((one.value for one in names if one.kind == "person"), None)


def due_of(named: FoundDate, kind: ActionType, today: date) -> date | datetime:
    """A demo is prepared the day before."""
    eve = named.day - timedelta(days=1)
    return eve if kind == "demo_prep" and eve >= today else named.when


def title_of(clause: str | None, kind: ActionType, person: str | None, company: str | None) -> str | None:
    """ "Prepare for Acme Corp demo", the deed in the person's own words, or "Follow up with John Smith"."""
    who = person or company
    if kind == "demo_prep" and company:
        return f"Prepare for {company} demo"
    if clause and (about := _ABOUT.match(clause)):
        return f"Follow up on {clause[about.end() :]}" if who is None else f"Follow up with {who}"
    if clause and not (_FOLLOW_UP.match(clause.lower()) and who):
        return clause[0].upper() + clause[1:]
    return f"Follow up with {who}" if who else None


def _clause(text: str, low: str, dates: tuple[FoundDate, ...]) -> str | None:
    """The imperative clause without its date and its "need to", or None."""
    match = IMPERATIVE.search(low)
    if match is None:
        return None
    verb = match.start("verb") if match["verb"] else match.start("verb2") if match["verb2"] else match.end()
    clause = _LEADING.sub("", _without_date(text, verb, dates)).strip()
    return clause if len(clause.split()) > 1 else None


def _promised(text: str, low: str, dates: tuple[FoundDate, ...]) -> str | None:
    """ "Promised John Smith a quote by Friday" is to give John Smith a quote."""
    match = PROMISED.search(low)
    return f"Give {_without_date(text, match.start('what'), dates).strip()}" if match else None


def _without_date(text: str, start: int, dates: tuple[FoundDate, ...]) -> str:
    end = CLAUSE_END.search(text, start)
    stop = end.start() if end else len(text)
    stop = min([one.start for one in dates if start < one.start < stop] or [stop])
    return _TRAILING.sub("", text[start : min(stop, start + MAX_TITLE)])
