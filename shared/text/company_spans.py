"""Companies that show by a rule where the name model is unsure: family firms, and "towns" that one is "with"."""

from collections.abc import Iterable, Iterator

from shared.text.name_model import NameSpan
from shared.text.name_words import Piece
from shared.text.word_kinds import word_kinds

_AND = frozenset(("and", "&", "+", "n"))
_KIN = frozenset(("sons", "daughters", "brothers", "bros", "sisters"))
_ONE_OF_KIN = frozenset(("son", "daughter", "brother", "sister"))
_FROM = frozenset(("from", "of", "at", "@", "de", "for"))
_PLAIN, _SURE = 0.85, 0.95
_ORDINARY = 4


def with_family_firms(pieces: list[Piece], spans: list[NameSpan]) -> Iterator[NameSpan]:
    """ "vasquez and daughters plumbing" is one company, whatever the model took its parts for."""
    firms = list(_family_firms(pieces, spans))
    free = [one for one in spans if not any(firm.first <= one.last and one.first <= firm.last for firm in firms)]
    yield from sorted([*free, *firms], key=lambda one: one.first)


def _family_firms(pieces: list[Piece], spans: Iterable[NameSpan]) -> Iterator[NameSpan]:
    named = {one.last: one.first for one in spans if one.kind == "person"}
    whole = [(one.first, one.last) for one in spans if one.kind == "company"]
    for at in range(2, len(pieces)):
        if not _is_kin(pieces, at) or pieces[at - 1].low not in _AND or not _is_surname(pieces[at - 2]):
            continue
        if any(first <= at - 2 and at <= last for first, last in whole):
            continue
        last = at
        while last + 1 < len(pieces) and pieces[last + 1].role in ("trade", "legal") and not pieces[last + 1].breaks:
            last += 1
        yield NameSpan("company", named.get(at - 2, at - 2), last, _SURE)


def _is_kin(pieces: list[Piece], at: int) -> bool:
    return pieces[at].low in _KIN or (pieces[at].low in _ONE_OF_KIN and pieces[at].form == "Xx")


def _is_surname(piece: Piece) -> bool:
    return piece.is_word and (piece.form[0] == "X" or (piece.kind.family > 0 and piece.kind.common < _ORDINARY))


def is_company_after_all(pieces: list[Piece], town: NameSpan) -> bool:
    """One is "with" a company; and "from" a town that no list has only where it is one word, and plain."""
    before = [piece.low for piece in pieces[max(0, town.first - 2) : town.first]]
    if before[-1:] in (["with"], ["w"]) or before == ["w", "/"]:
        return True
    words = [piece.low for piece in pieces[town.first : town.last + 1]]
    if not before or before[-1] not in _FROM or before == ["out", "of"]:
        return False
    if any(word_kinds().of_word(word).place for word in [*words, " ".join(words)]):
        return False
    return len(words) > 1 or town.confidence < _PLAIN
