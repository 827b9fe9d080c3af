"""Recognises texts that end, resume or ask about texting; messaging and actions both decide by it."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from shared.text import lexicon
from shared.text.consent_spelling import spelled
from shared.text.consent_wishes import is_wish, is_wish_or_answer, without_politeness
from shared.text.plain import MAX_READ

ConsentKind = Literal["opt_out", "opt_in", "help"]

_OPT_OUT_WORDS = ("STOP", "STOPALL", "UNSUBSCRIBE", "END", "QUIT", "CANCEL", "REVOKE", "OPTOUT")
_OPT_IN_WORDS = ("START", "UNSTOP", "YES")
_HELP_WORDS = ("HELP", "INFO")

_PHRASES = lexicon.load("consent")


def _whole(title: str) -> re.Pattern[str]:
    return lexicon.any_of(_PHRASES[title], _PHRASES["macros"])


_OPT_IN, _OPT_IN_AFTER, _TOOK_BACK = map(_whole, ("opt_in", "opt_in_after", "took_back"))
_HELP, _HELP_OR_WHY = map(_whole, ("help", "help_or_why"))
MAX_SHARED = 120
_SENTENCE_END = re.compile(r"[.,:;!?\n]+")


@dataclass(frozen=True, slots=True)
class Consent:
    """What a text says about texting. `carrier_word`: exactly a word of Twilio's, which has answered it, so we must not.

    `may_answer`: while a question of ours is open, it is an answer to that. `opt_in` means something only from a person who is
    opted out; from anybody else YES is an answer and START a text.
    """

    kind: ConsentKind
    carrier_word: bool
    may_answer: bool = False


def recognise(body: str) -> Consent | None:
    """The wish about texting that `body` expresses, in the wide legal sense, or None for an ordinary text."""
    carrier = _kind_of(body.strip()) if len(body) <= MAX_READ else None
    if carrier is not None:
        return Consent(carrier, carrier_word=True)
    bare = _kind_of(_bare(body))
    if bare is not None:
        return Consent(bare, carrier_word=False)
    text = spelled(body)
    if is_wish_or_answer(text):
        return Consent("opt_out", carrier_word=False, may_answer=True)
    if is_wish(text) or _is_wish_over_lines(text):
        return Consent("opt_out", carrier_word=False)
    return _other_wish(text)


def _is_wish_over_lines(text: str) -> bool:
    """A wish that two texts of a burst share: "please don't ever", "text me again"."""
    return text.count("\n") == 1 and len(text) < MAX_SHARED and is_wish(text.replace("\n", " "))


def _other_wish(text: str) -> Consent | None:
    clauses = [without_politeness(part) for part in _SENTENCE_END.split(text) if part.strip()] or [""]
    whole = without_politeness(_SENTENCE_END.sub(" ", text))
    if _HELP.fullmatch(whole) or _HELP_OR_WHY.fullmatch(whole):
        return Consent("help", carrier_word=False, may_answer=_HELP_OR_WHY.fullmatch(whole) is not None)
    took_back = any(_TOOK_BACK.search(clause) for clause in clauses) and _OPT_IN_AFTER.fullmatch(clauses[-1])
    if took_back or any(_OPT_IN.fullmatch(words) for words in (whole, *clauses[:1], *clauses[-1:])):
        return Consent("opt_in", carrier_word=False)
    return None


def _kind_of(word: str) -> ConsentKind | None:
    word = word.upper() if word.isascii() else ""
    if word in _OPT_OUT_WORDS:
        return "opt_out"
    if word in _OPT_IN_WORDS:
        return "opt_in"
    return "help" if word in _HELP_WORDS else None


def _bare(body: str) -> str:
    """The text without spaces and punctuation at its ends, at which Twilio's own words end."""
    if len(body) > MAX_READ:
        return ""
    start, end = 0, len(body)
    while start < end and _is_margin(body[start]):
        start += 1
    while end > start and _is_margin(body[end - 1]):
        end -= 1
    return body[start:end]


def _is_margin(char: str) -> bool:
    return char.isspace() or unicodedata.category(char).startswith("P")
