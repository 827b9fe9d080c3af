"""What the name model looks at: each piece of a text, and those beside it."""

from functools import lru_cache

from shared.text.name_words import EMAIL, LINK, Piece, begins_sentence, case_of
from shared.text.word_kinds import word_kinds

Seen = tuple[str, str, str, str, str, str]
"""Of a piece: its word, name and commonness, part of speech, letters, role, and all of it in one."""
_EDGE: Seen = ("^", "^", "^", "^", "^", "^")
_REACH = 3


def features_of(pieces: list[Piece]) -> list[list[str]]:
    """One list of features a piece."""
    case = case_of(pieces)
    addresses = _addresses(pieces)
    towns = _towns(pieces)
    seen = [_seen(pieces, at, case, towns) for at in range(len(pieces))]
    padded = [_EDGE] * _REACH + seen + [_EDGE] * _REACH
    return [
        [*_own(piece, padded[at + _REACH], addresses), *_around(padded, at + _REACH), *_ahead(pieces, at)]
        for at, piece in enumerate(pieces)
    ]


def _seen(pieces: list[Piece], at: int, case: str, towns: set[int]) -> Seen:
    piece, kind = pieces[at], pieces[at].kind
    form = piece.form
    if piece.is_word:
        form = case if case in "UL" and form != "XxX" else form
        if form in ("Xx", "X") and begins_sentence(pieces, at):
            form = "^" + form
        if case == "S":
            form = "S" + form
    place = "P" if at in towns else str(kind.place)
    name = f"{kind.given}{kind.family}{kind.common}" if piece.is_word else piece.low
    ordinary = "o" if kind.common > 3 else "r" if kind.common else "n"
    sort = f"{kind.given}{kind.family}{ordinary}{place}" if piece.is_word else piece.low
    return piece.low, name, str(kind.speech), form, piece.role or ("brand" if kind.brand else ""), sort


def _own(piece: Piece, seen: Seen, addresses: str) -> list[str]:
    low, name, speech, form, role, sort = seen
    found = ["b", "w=" + low, "n=" + name, "t=" + speech, "f=" + form, "r=" + role, "s=" + sort,
             "nf=" + name + form, "sf=" + sort + form, "tf=" + speech + form, "rf=" + role + form,
             "ts=" + speech + sort]  # fmt: skip
    if piece.is_word:
        found += ["a1" + low[:1], "a2" + low[:2], "a3" + low[:3], "z1" + low[-1:], "z2" + low[-2:], "z3" + low[-3:],
                  "z4" + low[-4:], "l" + str(min(len(low), 10)), "z2f" + low[-2:] + form,
                  "g" + str(piece.kind.given) + form, "fam" + str(piece.kind.family) + form]  # fmt: skip
        if piece.kind.common == 0:
            found.append(_compound(low) + form)
        if "-" in low:
            found.append("hyphen" + form)
        if addresses and len(low) > 2 and low in addresses:
            found.append("mailed")
    return found


@lru_cache(4096)
def _compound(low: str) -> str:
    """ "fieldloop" is two words in one, as products are called; "rooftrak" begins with one."""
    kinds, begins = word_kinds(), ""
    for cut in range(3, len(low) - 1):
        if kinds.of_word(low[:cut]).common > 1:
            if len(low) - cut > 2 and kinds.of_word(low[cut:]).common > 1:
                return "two"
            begins = "one" if cut > 3 else begins
    return begins or "none"


def _around(seen: list[Seen], at: int) -> list[str]:
    before3, before2, before, own, after, after2, after3 = seen[at - 3 : at + 4]
    own_class = own[5] + own[3]
    return [
        "-1w" + before[0], "-1s" + before[5], "-1t" + before[2], "-1f" + before[3], "-1r" + before[4],
        "-1sf" + before[5] + before[3],
        "+1w" + after[0], "+1s" + after[5], "+1t" + after[2], "+1f" + after[3], "+1r" + after[4],
        "+1sf" + after[5] + after[3],
        "-2w" + before2[0], "-2t" + before2[2], "-2f" + before2[3], "-2s" + before2[5],
        "+2w" + after2[0], "+2t" + after2[2], "+2f" + after2[3], "+2s" + after2[5], "+2r" + after2[4],
        "-3w" + before3[0], "+3w" + after3[0], "-3t" + before3[2], "+3t" + after3[2],
        "-1w0" + before[0] + "|" + own_class, "+1w0" + after[0] + "|" + own_class, "-1w0f" + before[0] + "|" + own[3],
        "+1w0f" + after[0] + "|" + own[3],
        "-1t0" + before[2] + "|" + own_class, "+1t0" + after[2] + "|" + own_class,
        "-1s0" + before[5] + before[3] + "|" + own_class, "+1s0" + after[5] + after[3] + "|" + own_class,
        "-1r0" + before[4] + "|" + own[4] + own[3], "+1r0" + after[4] + "|" + own[3] + own[4],
        "-1+1t" + before[2] + "|" + after[2], "-1+1w" + before[0] + "|" + after[0], "-2-1w" + before2[0] + "|" + before[0],
        "+1+2w" + after[0] + "|" + after2[0], "-1t+1r" + before[2] + "|" + after[4] + "|" + own[3],
        "f3" + before[3] + own[3] + after[3], "-2-1t" + before2[2] + "|" + before[2] + "|" + own[3],
    ]  # fmt: skip


def _ahead(pieces: list[Piece], at: int) -> list[str]:
    """A trade or a legal form up to three words on, with no mark between; where the line begins; what it is read with."""
    found = []
    for step in range(1, 4):
        if at + step >= len(pieces) or pieces[at + step].breaks:
            break
        after = pieces[at + step]
        if after.role in ("trade", "legal", "house"):
            found.append(f"ends{step}{after.role}{pieces[at].form}")
            break
        if not after.is_word and after.text not in "&+'":
            break
    if at == 0:
        found.append("first")
    if pieces[at].breaks:
        found.append("line")
    if at + 1 == len(pieces):
        found.append("last")
    return found


def _addresses(pieces: list[Piece]) -> str:
    return " ".join(piece.text.lower() for piece in pieces if piece.low in (EMAIL, LINK))


def _towns(pieces: list[Piece]) -> set[int]:
    """Pieces of towns that are written in two words."""
    found: set[int] = set()
    for at in range(len(pieces) - 1):
        one, two = pieces[at], pieces[at + 1]
        if one.is_word and two.is_word and word_kinds().of_word(f"{one.low} {two.low}").place:
            found |= {at, at + 1}
    return found
