"""What a priority is about: the note, the open promise, the demo, speaker, sponsor, partner and peer that its words point to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar
from uuid import UUID

from services.actions.action_items.rules import due_at
from services.actions.concierge.context import Knowledge, KnownDemo, KnownItem, KnownNote, Named
from services.actions.concierge.note_rules import find_named, is_first_name, may_be, plain
from services.actions.concierge.reading import RankedPriority
from shared.text import lexicon
from shared.text.word_kinds import fold_word, word_kinds

FoundT = TypeVar("FoundT")
COMMON = 3
LEAST_LETTERS = 4
_ANY_TALK = lexicon.words(
    (
        "about after ask asked book buy call check contact demo email find follow from get give go her him his into look",
        "need new our out plan priority quote really research see send set some speaker start talk text thank that the",
        "their them this to try up use want was with work",
    )
)


@dataclass(frozen=True)
class Linked:
    """One priority with what we know of it."""

    priority: RankedPriority
    item: KnownItem | None = None
    note: KnownNote | None = None
    demo: KnownDemo | None = None
    speaker: Named | None = None
    sponsor: Named | None = None
    partner: Named | None = None
    peer: UUID | None = None
    due: datetime | None = None

    @property
    def person(self) -> str | None:
        """By the full name, where we know it: "Sara" is Sara Lopez of the note."""
        short = self.priority.person_name
        known = [*(self.note.names if self.note else ()), *((self.speaker.name,) if self.speaker else ())]
        return next((name for name in known if is_first_name(short, name)), short)


def link_all(
    known: Knowledge, priorities: list[RankedPriority], event_id: UUID | None, peers: dict[str, UUID]
) -> list[Linked]:
    linked = [_linked(known, priority, event_id, peers) for priority in priorities]
    items = find_items(known.items, [None if each.demo else each.priority for each in linked])
    return [replace(each, item=item) for each, item in zip(linked, items, strict=True)]


def _linked(known: Knowledge, priority: RankedPriority, event_id: UUID | None, peers: dict[str, UUID]) -> Linked:
    demo = find_demo(known.demos, priority)
    note = find_note(known.notes, priority)
    here = [each for each in known.speakers if event_id in (None, each.event_id)]
    found = Linked(
        priority,
        note=note,
        demo=demo,
        speaker=find_speaker(known, here, priority),
        sponsor=find_company([each for each in known.sponsors if event_id in (None, each.event_id)], priority),
        partner=find_company(known.partners, priority),
        due=due_of(known, priority, demo),
    )
    return replace(found, peer=peers.get(found.person.lower()) if found.person else None)


def find_demo(demos: list[KnownDemo], priority: RankedPriority) -> KnownDemo | None:
    """ "Demo with Acme Corp" finds the booking with Acme Corp, "the Acme demo" too; "the demo" the only one there is."""
    if priority.action_type != "demo_prep":
        return None
    named = {plain(demo.company): demo for demo in reversed(demos) if demo.company}
    name = _company_in(list(named), priority)
    if name is not None:
        return named[name]
    return only(demos) if not priority.company and not priority.person_name else None


def find_company(among: list[Named], priority: RankedPriority) -> Named | None:
    """ "BuildPro" is BuildPro Solutions, where no other name begins so."""
    found = find_named(among, None, priority.text)
    if found is not None:
        return found
    named = {plain(each.name): each for each in among}
    name = _company_in(list(named), priority)
    return named[name] if name is not None else None


def _company_in(names: list[str], priority: RankedPriority) -> str | None:
    """All of its words, else its first where that is a name of its own: "Summit" may be any summit."""
    words = plain(priority.text).split()
    whole = [name for name in names if name and f" {name} " in f" {' '.join(words)} "]
    if whole:
        return max(whole, key=len)
    told = plain(priority.company or "")
    return only([name for name in names if (told and name.startswith(f"{told} ")) or _is_own(name.split()[0], words)])


def _is_own(word: str, words: list[str]) -> bool:
    return word in words and len(word) >= LEAST_LETTERS and word_kinds().of_word(fold_word(word)).common < COMMON


def find_speaker(known: Knowledge, among: list[Named], priority: RankedPriority) -> Named | None:
    """By full name; a first or last name, or the subject of the talk, where a speaker is meant."""
    named = find_named(among, None, priority.text)
    if named is not None or priority.action_type != "contact_speaker":
        return named
    who = plain(priority.person_name or "")
    if who:
        return only(
            [
                each
                for each in among
                if who in (plain(each.name).split()[0], plain(each.name).split()[-1], plain(each.name))
            ]
        )
    session = _best(known.sessions, priority, lambda session: session.title)
    by_id = {each.id: each for each in among}
    return only([by_id[one] for one in session.speaker_ids if one in by_id]) if session else None


def find_note(notes: list[KnownNote], priority: RankedPriority) -> KnownNote | None:
    """The newest note that names the same person, else the same company; else the only one with that first name, or with
    that topic."""
    words = f" {plain(priority.text)} "
    for attribute in ("names", "companies"):
        for note in notes:
            if any(f" {plain(name)} " in words for name in getattr(note, attribute) if len(name) > 2):
                return note
    if priority.person_name:
        return only([note for note in notes if any(is_first_name(priority.person_name, name) for name in note.names)])
    if priority.company:
        return _of_company(notes, priority.company)
    return _best(notes, priority, lambda note: note.topic)


def _of_company(notes: list[KnownNote], company: str) -> KnownNote | None:
    told = f"{plain(company)} "
    return only([note for note in notes if any(f"{plain(name)} ".startswith(told) for name in note.companies)])


def _best(among: Sequence[FoundT], priority: RankedPriority, subject: Callable[[FoundT], str | None]) -> FoundT | None:
    """The one whose subject shares most words with the priority; none where two do, or where half of them are missing."""
    words = telling(priority.text)
    shared = [(len(words & telling(subject(each) or "")), each) for each in among]
    most = max((count for count, _ in shared), default=0)
    found = only([each for count, each in shared if count == most]) if most else None
    return found if found is not None and 2 * most >= len(telling(subject(found) or "")) else None


def telling(text: str) -> set[str]:
    """Words that tell what it is about, in the singular."""
    return {word.rstrip("s") if len(word) > 3 else word for word in plain(text).split() if len(word) > 1} - _ANY_TALK


def find_items(items: list[KnownItem], priorities: list[RankedPriority | None]) -> list[KnownItem | None]:
    """Each open promise for one priority at most, the one that fits it best; a second thing about a person is a new one."""
    found: dict[int, KnownItem] = {}
    for fits in (_same_words, partial(_same_person, first_name=False), partial(_same_person, first_name=True)):
        for index, priority in enumerate(priorities):
            if priority is not None and index not in found:
                free = [item for item in items if item not in found.values() and fits(priority, item)]
                if len(free) == 1 or (free and fits is _same_words):
                    found[index] = free[0]
                elif closest := _closest(priority, free):
                    found[index] = closest
    return [found.get(index) for index in range(len(priorities))]


def _closest(priority: RankedPriority, items: list[KnownItem]) -> KnownItem | None:
    """Of several promises to somebody, the newest with most of these words; of people with one first name, none."""
    if len({plain(item.person_name or "") for item in items}) != 1:
        return None
    words = telling(priority.text)
    return max(items, key=lambda item: len(words & telling(item.title)))


def _same_words(priority: RankedPriority, item: KnownItem) -> bool:
    who = priority.person_name or priority.company
    return plain(item.title) in (plain(priority.text), plain(priority.title)) and may_be(item.person_name, who)


def _same_person(priority: RankedPriority, item: KnownItem, *, first_name: bool) -> bool:
    """Or company. To introduce somebody is not the quote that they wait for."""
    who = plain(priority.person_name or priority.company or "")
    theirs = plain(item.person_name or "")
    same = is_first_name(priority.person_name, theirs) if first_name else bool(who) and theirs == who
    is_getting_back = priority.action_type in ("follow_up", "contact_peer", "contact_speaker")
    return same and (is_getting_back or bool((telling(priority.text) - set(theirs.split())) & telling(item.title)))


def only(found: Sequence[FoundT]) -> FoundT | None:
    return found[0] if len(found) == 1 else None


def due_of(known: Knowledge, priority: RankedPriority, demo: KnownDemo | None) -> datetime | None:
    """A demo is prepared the day before."""
    if demo is None:
        return due_at(priority.due, known.zone)
    zone = known.zone
    day = demo.starts_at.astimezone(zone).date() - timedelta(days=1)
    due = due_at(day, zone)
    return max(due, known.turn.received_at) if due else None
