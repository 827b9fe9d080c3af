"""Recognises texts that end, resume or ask about texting; messaging and actions both decide by it."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from shared.text import lexicon
from shared.text.plain import MAX_READ, plain_clauses, plain_words

ConsentKind = Literal["opt_out", "opt_in", "help"]

_OPT_OUT_WORDS = ("STOP", "STOPALL", "UNSUBSCRIBE", "END", "QUIT", "CANCEL", "REVOKE", "OPTOUT")
_OPT_IN_WORDS = ("START", "UNSTOP", "YES")
_HELP_WORDS = ("HELP", "INFO")

_PHRASES = lexicon.load("consent")
_POLITE = lexicon.words(_PHRASES["polite"])
_CLAUSES = frozenset(_PHRASES["opt_out_clause"])
_LAST_CLAUSES = _CLAUSES | frozenset(_PHRASES["opt_out_last_clause"])
_WHOLE = _LAST_CLAUSES | frozenset(_PHRASES["opt_out_whole"])
_OR_ANSWER = frozenset(_PHRASES["opt_out_or_answer"])
_OPT_IN = frozenset(_PHRASES["opt_in"])
_ANYWHERE = lexicon.any_of(_PHRASES["opt_out_anywhere"], _PHRASES["macros"])
_CLAUSE_END = re.compile(r"[.,;!?\n]+")


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
    words = plain_words(body)
    if _without_politeness(words) in _OR_ANSWER:
        return Consent("opt_out", carrier_word=False, may_answer=True)
    if _is_opt_out(words, plain_clauses(body)):
        return Consent("opt_out", carrier_word=False)
    if _without_politeness(words) in _OPT_IN:
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


def _is_opt_out(words: str, clauses: str) -> bool:
    if _without_politeness(words) in _WHOLE or _ANYWHERE.search(words):
        return True
    parts = [part for part in _CLAUSE_END.split(clauses) if part.strip()]
    # "wrong number, stop": only at an end, because "pick up, stop, deliver" is a route.
    return bool(parts) and (
        _without_politeness(parts[0]) in _CLAUSES or _without_politeness(parts[-1]) in _LAST_CLAUSES
    )


def _without_politeness(words: str) -> str:
    """please stop now thanks → stop: words of politeness and impatience at both ends go."""
    tokens = words.replace("thank you", "thanks").split()
    start, end = 0, len(tokens)
    while end - start > 1 and tokens[start] in _POLITE:
        start += 1
    while end - start > 1 and tokens[end - 1] in _POLITE:
        end -= 1
    return " ".join(tokens[start:end])
