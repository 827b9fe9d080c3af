"""Of which type a note is, and whether it wants to be followed up: what the trained models say."""

from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import as_file, files

from shared.text.linear import Linear, ngrams

TYPES, FOLLOW_UP = "note_types.bin", "note_follow_up.bin"
YES, NO = "yes", "no"

Place = tuple[int, int, str]
"""Where something stands, and the word that it is masked by."""


@cache
def note_model(name: str) -> Linear:
    """TYPES or FOLLOW_UP."""
    with as_file(files("shared.text.lexicon").joinpath(name)) as path:
        return Linear.load(path)


def note_features(text: str, places: Iterable[Place], cues: Sequence[str]) -> dict[int, float]:
    """The words, names and days masked by their kind; what stands in it; `cues`, alone and with whether somebody is named."""
    found = sorted(places)
    kinds = [kind for _, _, kind in found]
    counts = [f"{kind} {min(kinds.count(kind), 3)}" for kind in ("xperson", "xcompany")]
    has = [f"{kind} {kind in kinds}" for kind in ("xphone", "xemail", "xdate")]
    near = [f"near {kind}" for kind in ("xsession", "xspeaker", "xsponsor", "xpartner") if kind in kinds]
    return ngrams(masked(text, found), [*counts, *has, *near, *cues, *(f"{counts[0]} & {cue}" for cue in cues)])


def masked(text: str, places: Sequence[Place]) -> str:
    told, reached = "", 0
    for start, end, kind in places:
        if start >= reached:
            told += f"{text[reached:start]} {kind} "
            reached = end
    return told + text[reached:]
