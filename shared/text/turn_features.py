"""What the intent model looks at: the words of a text, names and days masked by their kind, and what is known around it."""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.text.linear import ngrams

_MASKS = {"person": "xname", "company": "xcompany", "date": "xdate", "phone": "xphone", "email": "xemail"}

SHORT = 4


@dataclass(frozen=True, slots=True)
class Marked:
    """Something found at a place of a text: `kind` is person, company, date, phone or email."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Around:
    """`asked`: the kind of the question that is open; `asks`: how many promises it is about. `known` and `strangers`: whether the
    text has words or names of open promises, and names that are on none."""

    asked: str | None = None
    asks: int = 0
    known: bool = False
    strangers: bool = False


def turn_features(text: str, marks: Iterable[Marked], around: Around) -> dict[int, float]:
    marks = sorted(marks, key=lambda mark: mark.start)
    words = _masked(text, marks).lower().split()
    context = [f"q {around.asked}", f"asks {around.asked} {min(around.asks, 2)}"]
    if len(words) < SHORT:
        context += [
            f"q {around.asked} | {' '.join(words)}",
            *(f"s {_shuffled(word)}" for word in words if len(word) > 3),
        ]
    context += [f"q {around.asked} | {word}" for word in words[:2]]
    context += [f"q {around.asked} | known"] if around.known else []
    context += [f"q {around.asked} | stranger"] if around.strangers else []
    context += [f"has {mark.kind}" for mark in marks]
    return ngrams(_masked(text, marks), context)


def _shuffled(word: str) -> str:
    """The same for "finished" and "finsihed"."""
    return word[0] + "".join(sorted(word[1:]))


def _masked(text: str, marks: list[Marked]) -> str:
    masked, reached = "", 0
    for mark in marks:
        if mark.start >= reached:
            masked += f"{text[reached : mark.start]} {_MASKS[mark.kind]} "
            reached = mark.end
    return masked + text[reached:]
