"""Which of document 000's types of action the words of a promise ask for, as a trained model has it."""

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import as_file, files
from typing import Literal, cast

from shared.text.linear import Linear, ngrams
from shared.text.note_model import Place, masked

ActionType = Literal[
    "follow_up",
    "demo_prep",
    "email_intro",
    "implement_tool",
    "contact_peer",
    "contact_speaker",
    "research_partner",
    "other",
]
WEIGHTS = "action_types.bin"
_PLAIN: dict[ActionType, re.Pattern[str]] = {
    "demo_prep": re.compile(r"\bdemos?\b", re.IGNORECASE),
    "email_intro": re.compile(
        r"^\W*(?:to |the |an? |e-?mail )*intro(?:duce|duction|s)?\b|\bintro(?:duction|ductory)? (?:e-?mail|note|message|letter)\b",
        re.IGNORECASE,
    ),
    "implement_tool": re.compile(
        r"^\W*(?:to )?(?:implement|install|adopt|roll out|deploy|automate|try|start using|switch (?:us )?(?:over )?to)\b",
        re.IGNORECASE,
    ),
    "research_partner": re.compile(r"^\W*(?:to )?(?:research|compare|evaluate|look into|vet)\b", re.IGNORECASE),
}
_SPEAKING = re.compile(
    r"\b(?:talk|talks|session|slides?|speakers?|spoke|panel\w*|lecture|keynote|present\w*|moderator|workshop|class|stage|speech|recording|handout|book)\b",
    re.IGNORECASE,
)
_CONTACTING = re.compile(
    r"\W*(?:to )?(?:call|phone|ring|e-?mail|mail|text|message|ask|tell|send|reply|get back|check in|circle back|touch base|follow)\b",
    re.IGNORECASE,
)


@cache
def action_model() -> Linear:
    with as_file(files("shared.text.lexicon").joinpath(WEIGHTS)) as path:
        return Linear.load(path)


def action_features(words: str, names: Iterable[Place]) -> dict[int, float]:
    """`names`: where people and companies stand in the words, as "person" or "company"."""
    found = sorted((start, end, f"x{kind}") for start, end, kind in names)
    context = [
        f"people {min(sum(kind == 'xperson' for *_, kind in found), 2)}",
        f"companies {any(k == 'xcompany' for *_, k in found)}",
    ]
    return ngrams(masked(words, found), context)


def action_type_of(words: str, names: Iterable[Place]) -> ActionType:
    """What the deed itself says; else what such words mostly ask for."""
    for kind, deed in _PLAIN.items():
        if deed.search(words):
            return kind
    odds = action_model().probabilities(action_features(words, names))
    likely = sorted(odds, key=lambda each: -odds[each])
    best = likely[1] if likely[0] == "contact_speaker" and not _SPEAKING.search(words) else likely[0]
    return "follow_up" if best == "other" and _CONTACTING.match(words) else cast(ActionType, best)
