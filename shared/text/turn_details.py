"""What a turn looks for, and what it corrects."""

import re

from shared.text import lexicon

_LEXICON = lexicon.load("turns")
_ASKING = lexicon.words(_LEXICON["asking"])
_CORRECT = tuple(re.compile(pattern, re.IGNORECASE) for pattern in _LEXICON["correct"])
_WORD = re.compile(r"[^\W_]+(?:[&'’.\-][^\W_]+)*")
_TAIL = re.compile(
    r"(?:\s+(?:with(?:out)?|no|and|has|spelled) (?:an?|one|two|no)?\s*\S{1,3}"
    r"|\s+(?:please|pls|thanks|thx|actually|sorry|instead|btw))+\s*$",
    re.IGNORECASE,
)
_HEAD = re.compile(
    r"^(?:(?:no|nope|oh|oops|sorry|actually|hey|wait|um|uh|and|its|it's|it is|thats|that's|that is"
    r"|(?:his|her|their|the) (?:last )?name(?: is|'s|s)?|name(?:'s|s| is)|the|a|an|hes|he's|shes|she's"
    r"|i said|i meant|meant|should be|spelled|with|at|it was|that was|was|is)\b[\s,:]*)+",
    re.IGNORECASE,
)
LONGEST = 60


def query_of(text: str) -> str:
    """ "which one was the guy who does skylights?" looks for "guy who does skylights", "who did I meet?" for nobody in particular."""
    words = list(_WORD.finditer(text))
    start, end = 0, len(words)
    while start < end and _is_asking(words[start][0]):
        start += 1
    while end > start and _is_asking(words[end - 1][0]):
        end -= 1
    if start == end:
        return ""
    return text[words[start].start() : words[end - 1].end()].removesuffix("'s").removesuffix("’s")


def _is_asking(word: str) -> bool:
    return word.lower().replace("’", "'") in _ASKING


def correction_of(text: str) -> tuple[str | None, str | None]:
    """What is wrong and what is right, each where it is told."""
    for pattern in _CORRECT:
        found = pattern.search(text.replace("’", "'").strip(" .!?"))
        if found is None:
            continue
        told = found.groupdict()
        wrong, right = _value(told.get("wrong")), _value(told.get("right"))
        if right is not None:
            return wrong, right
    return None, None


def _value(words: str | None) -> str | None:
    if words is None:
        return None
    value = _TAIL.sub("", _HEAD.sub("", words.strip())).strip(" .,;:!?\"'*")
    return value if value and len(value) <= LONGEST else None
