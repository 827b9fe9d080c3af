"""Decides whether a text wishes to be left alone: patterns of a wish, guarded by whose wish it is and how far it goes."""

import re
from dataclasses import dataclass

from shared.text import lexicon

_ENGLISH = lexicon.load("consent_wishes")
_GUARDS = lexicon.load("consent_guards")
_ABROAD = lexicon.load("consent_abroad")
_CLOSED = lexicon.load("consent_closed")
_CLOSED_WORDS = lexicon.words(
    tuple(line for title in ("neutral", "texting", "ours", "stopping") for line in _CLOSED[title])
)
_NEAR, _LONGEST = 120, 200
_POLITE = lexicon.words(lexicon.load("consent")["polite"])


def _pattern(title: str, sections: lexicon.Sections = _ENGLISH) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{lexicon.any_of(sections[title], sections.get('macros', ())).pattern})(?!\w)")


_WISH, _STATEMENT = _pattern("wish"), _pattern("statement")
_CLAUSE, _LAST, _WHOLE, _OR_ANSWER = (_pattern(title) for title in ("clause", "last_clause", "whole", "or_answer"))
_COMPLAINT, _WISH_AFTER = _pattern("complaint"), _pattern("wish_after")
_OTHERS, _NO_COMMAND, _OURS, _BREAK = (
    _pattern(title, _GUARDS) for title in ("others_before", "no_command", "ours_before", "break")
)
_LIMIT, _LIMIT_BESIDE = _pattern("limit_after", _GUARDS), _pattern("limit_beside", _GUARDS)
_NICKNAME = _pattern("nickname", _GUARDS)
_ABROAD_WHOLE, _ABROAD_WISH = _pattern("whole", _ABROAD), _pattern("wish", _ABROAD)
_ABROAD_OTHERS = _pattern("others_before", _ABROAD)
_CLOSED_WISH, _REVERSED = _pattern("wish", _CLOSED), _pattern("reversed", _CLOSED)
_TEXTS = re.compile(r"\b(?:text|messag)")
_CLAUSE_END = re.compile(r"([.,:;!?\n]+)")
_TOLD = re.compile(r"\b(?:said|says|say|told \w+|replied|texted|wrote)$")
_OUR_HEADINGS = frozenset(("ps", "note", "fyi", "also", "re", "question", "request", "hi", "hello"))


@dataclass(frozen=True, slots=True)
class _Clause:
    """`told`: what stands before it says that these are somebody's words."""

    words: str
    told: bool


def _clauses_of(text: str) -> list[_Clause]:
    pieces = _CLAUSE_END.split(text)
    clauses, told = [], False
    for written, mark in zip(pieces[::2], [*pieces[1::2], ""], strict=True):
        words = written.strip()
        if not words:
            continue
        clauses.append(_Clause(without_politeness(words), told))
        is_name = mark.startswith(":") and words not in _OUR_HEADINGS and words.count(" ") < 3
        told = is_name or (_TOLD.search(words) is not None and not _OURS.search(words))
    return clauses


def without_politeness(words: str) -> str:
    """please stop now thanks → stop: words of courtesy and impatience at both ends go."""
    tokens = words.split()
    start, end = 0, len(tokens)
    while end - start > 1 and tokens[start] in _POLITE:
        start += 1
    while end - start > 1 and tokens[end - 1] in _POLITE:
        end -= 1
    return " ".join(tokens[start:end])


def is_wish_or_answer(text: str) -> bool:
    """Whether a spelled() text is a wish where nothing was asked, and an answer where something was."""
    return _OR_ANSWER.fullmatch(_flat(text)) is not None


def is_wish(text: str) -> bool:
    """Whether a spelled() text wishes that we text no more."""
    whole = _flat(text)
    if _NICKNAME.search(text) and not _TEXTS.search(text):
        return False
    if any(pattern.fullmatch(whole) for pattern in (_WHOLE, _CLAUSE, _LAST, _ABROAD_WHOLE)):
        return True
    clauses = _clauses_of(text)
    return _begins_or_ends(clauses) or _complains(clauses) or _says(clauses)


def _flat(text: str) -> str:
    return without_politeness(_CLAUSE_END.sub(" ", text))


def _begins_or_ends(clauses: list[_Clause]) -> bool:
    """Bare words count only at an end: "pick up, stop, deliver" is a route."""
    if not clauses:
        return False
    first, last = clauses[0], clauses[-1]
    return _CLAUSE.fullmatch(first.words) is not None or (
        not last.told and any(pattern.fullmatch(last.words) for pattern in (_CLAUSE, _LAST))
    )


def _complains(clauses: list[_Clause]) -> bool:
    """ "Who gave you this number? Delete it": neither half is a wish alone."""
    complaints = [at for at, clause in enumerate(clauses) if _COMPLAINT.search(clause.words)]
    wishes = [at for at, clause in enumerate(clauses) if not clause.told and _WISH_AFTER.fullmatch(clause.words)]
    return any(at != other for at in complaints for other in wishes)


def _says(clauses: list[_Clause]) -> bool:
    return any(
        not clause.told
        and not any(_LIMIT_BESIDE.match(beside.words) for beside in (*clauses[at - 1 : at], *clauses[at + 1 : at + 2]))
        and (_speaks_of_us(clause.words) or _says_among_others(clause.words))
        for at, clause in enumerate(clauses)
    )


def _speaks_of_us(clause: str) -> bool:
    """A clause that has no word for anything but us and our texts is held to less."""
    return (
        len(clause) < _LONGEST
        and _CLOSED_WORDS.issuperset(clause.split())
        and _CLOSED_WISH.search(clause) is not None
        and _REVERSED.search(clause) is None
    )


def _says_among_others(clause: str) -> bool:
    """Whether a wish stands in the clause that is the writer's own, and is not for a time or for one matter of several."""
    return any(
        _is_ours(clause[: found.start()], pattern) and _LIMIT.match(clause[found.end() :].strip()) is None
        for pattern in (_WISH, _STATEMENT, _ABROAD_WISH)
        for found in pattern.finditer(clause)
    )


def _is_ours(before: str, pattern: re.Pattern[str]) -> bool:
    """Whether the words before a wish leave it the writer's own, and a wish that it ends."""
    before = before[-_NEAR:].strip()
    if pattern is _ABROAD_WISH:
        return _ABROAD_OTHERS.search(before) is None
    *_, own = _BREAK.split(before)
    others = _OURS.sub(" ", own.strip()).strip()
    return not (_OTHERS.search(others) or (pattern is _WISH and _NO_COMMAND.search(others)))
