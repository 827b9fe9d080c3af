"""Brings texts about consent to one spelling: short forms written out, slips of the finger in key words mended."""

import re

from shared.text import lexicon
from shared.text.plain import plain_clauses

_LEXICON = lexicon.load("consent_spelling")
_MEANT = {
    written: meant
    for meant, forms in (line.split(" = ", 1) for line in _LEXICON["spelling"])
    for written in forms.split()
}
_MEANT |= dict.fromkeys(lexicon.words(_LEXICON["dropped"]), "")
_KEYS = lexicon.words(_LEXICON["keys"])
_NO_SLIPS = lexicon.words(_LEXICON["no_slips"]) | _KEYS
_SHORTEST, _LONGEST = min(map(len, _KEYS)) - 1, max(map(len, _KEYS)) + 1
_WORD = re.compile(r"\w+")
_SPELLED_OUT = re.compile(r"\bs[ .]*t[ .]*o[ .]*p\b(?!\w)")
_JOINED = {written: meant for meant, written in (line.split(" = ", 1) for line in _LEXICON["joined"])}
_PARTED = re.compile(rf"\b(?:{'|'.join(_JOINED)})\b")
_STOP_SIGNS = re.compile(r"(?:[🛑⛔\ufe0f\s.!]|please|pls|plz)+")
_SIGN_ON_TEXTS = re.compile(r"🛑(?=\s*\w+ing\b)")


def spelled(body: str) -> str:
    """plain_clauses() of the body in one spelling; a text of nothing but 🛑 is `stop`."""
    if len(body) < 20 and "🛑" in body and _STOP_SIGNS.fullmatch(body.lower()):
        return "stop"
    plain = plain_clauses(_SIGN_ON_TEXTS.sub("stop ", body))
    plain = _SPELLED_OUT.sub("stop", plain)
    return _PARTED.sub(lambda parted: _JOINED[parted[0]], _WORD.sub(_meant, plain))


def _meant(written: re.Match[str]) -> str:
    word = written[0]
    if word in _MEANT:
        return _MEANT[word]
    return _mended(word) if _SHORTEST <= len(word) <= _LONGEST and word not in _NO_SLIPS else word


def _mended(word: str) -> str:
    """The key word that differs by one letter left out, put in, replaced or moved; else the word itself."""
    for shortened in (word, *_shortened(word)):
        key = _SLIPS.get(shortened)
        if key is not None and key[0] == word[0]:
            return key
    return word


def _shortened(word: str) -> list[str]:
    return [word[:index] + word[index + 1 :] for index in range(len(word))]


_SLIPS = {shortened: key for key in sorted(_KEYS) for shortened in (key, *_shortened(key))}
