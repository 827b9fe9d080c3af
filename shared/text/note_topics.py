"""What a note is about: its topic phrase and its tags."""

import re

from shared.text import lexicon
from shared.text.tokens import CALENDAR

_LEXICON = lexicon.load("notes")
_TOPIC_PATTERNS = tuple(re.compile(pattern) for pattern in _LEXICON["topic"])
_TAGS = tuple(
    (name, re.compile(rf"\b(?:{alternatives})\b"))
    for name, _, alternatives in (line.partition(" = ") for line in _LEXICON["tags"])
)
_PHRASE = re.compile(r"[a-z0-9'’&/+-]+(?: [a-z0-9'’&/+-]+){0,7}")
_SKIPPED_FIRST = lexicon.words(_LEXICON["topic_skip"])
_ENDS = lexicon.words(_LEXICON["topic_end"])
_NEVER = lexicon.words(_LEXICON["topic_never"])
_ACRONYMS = lexicon.words(_LEXICON["acronym"])
_MAX_WORDS = 4


def topic_of(text: str, low: str, blocked: list[tuple[int, int]]) -> str | None:
    """The phrase a note is about, "AI automation"; names, dates and numbers (`blocked`) end it."""
    for pattern in _TOPIC_PATTERNS:
        for match in pattern.finditer(low):
            start = match.start(match.lastgroup or 0)
            phrase = _phrase_at(text, low, start, blocked)
            if phrase:
                return phrase
    return None


def tags_of(low: str, topic: str | None) -> tuple[str, ...]:
    """ "ai-topic" where the note speaks of AI, and so on; the topic's own tag first."""
    found = [name for name, words in _TAGS if words.search(low)]
    if topic:
        found.sort(key=lambda name: not dict(_TAGS)[name].search(topic.lower()))
    return tuple(f"{name}-topic" for name in found)


def _phrase_at(text: str, low: str, start: int, blocked: list[tuple[int, int]]) -> str | None:
    stop = min((begin for begin, end in blocked if end > start), default=len(low))
    match = _PHRASE.match(low, start, max(stop, start))
    if match is None:
        return None
    places = [word.span() for word in re.finditer(r"\S+", match[0])]
    while places and match[0][slice(*places[0])] in _SKIPPED_FIRST:
        places.pop(0)
    kept: list[tuple[int, int]] = []
    for place in places[:_MAX_WORDS]:
        word = match[0][slice(*place)]
        if word in _ENDS or word in CALENDAR:
            break
        kept.append(place)
    if not kept or (len(kept) == 1 and (match[0][slice(*kept[0])] in _NEVER or len(match[0][slice(*kept[0])]) < 2)):
        return None
    printed = text[start + kept[0][0] : start + kept[-1][1]].strip("-/'’ ")
    return with_acronyms(printed)


def with_acronyms(printed: str) -> str:
    """ "ai tools" is "AI tools"."""
    return " ".join(word.upper() if word in _ACRONYMS else word for word in printed.split())
