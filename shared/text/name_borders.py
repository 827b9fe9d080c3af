"""Where a person ends and a company begins, where the name model lost the border between names that touch."""

from collections.abc import Iterable, Iterator

from shared.text import lexicon
from shared.text.name_model import NameSpan
from shared.text.name_words import Piece

_PAIRS = frozenset(tuple(line.split()) for line in lexicon.load("brands")["brand_of_two"])
_SURE = 0.95
_LONGEST = 4


def with_borders(pieces: list[Piece], spans: Iterable[NameSpan]) -> Iterator[NameSpan]:
    """In order: brands of two words are companies, halves of a name are one, "Ann Lee Acme" is a person and a company."""
    brands = [
        NameSpan("company", at, at + 1, _SURE)
        for at in range(len(pieces) - 1)
        if (pieces[at].low, pieces[at + 1].low) in _PAIRS and not pieces[at + 1].breaks
    ]
    free = [part for one in spans for part in _outside(one, brands)]
    yield from sorted([*_bordered(pieces, _joined(pieces, free)), *brands], key=lambda one: one.first)


def _outside(one: NameSpan, brands: Iterable[NameSpan]) -> Iterator[NameSpan]:
    """What a brand leaves of a name: all, a person before it, or nothing."""
    brand = next((brand for brand in brands if brand.first <= one.last and one.first <= brand.last), None)
    if brand is None:
        yield one
    elif one.first < brand.first:
        yield NameSpan("person", one.first, brand.first - 1, one.confidence)


def _joined(pieces: list[Piece], spans: Iterable[NameSpan]) -> list[NameSpan]:
    """ "Ann" and "Lee" side by side are Ann Lee."""
    found: list[NameSpan] = []
    for one in spans:
        last = found[-1] if found else None
        touch = last is not None and last.last + 1 == one.first and not pieces[one.first].breaks
        if last and touch and last.kind == one.kind == "person" and one.last - last.first < _LONGEST - 1:
            found[-1] = NameSpan("person", last.first, one.last, min(last.confidence, one.confidence))
        else:
            found.append(one)
    return found


def _bordered(pieces: list[Piece], spans: list[NameSpan]) -> Iterator[NameSpan]:
    before: NameSpan | None = None
    for one in spans:
        parts = list(_parts(pieces, one, before))
        if before and len(parts) == 2 and parts[0].first == before.last + 1:
            before, parts = NameSpan("person", before.first, parts[0].last, before.confidence), parts[1:]
        if before:
            yield before
        yield from parts[:-1]
        before = parts[-1]
    if before:
        yield before


def _parts(pieces: list[Piece], one: NameSpan, before: NameSpan | None) -> Iterator[NameSpan]:
    """A name whole, or as the person and the company that it is."""
    border = _border(pieces, one, before)
    if border is None:
        yield one
    else:
        yield NameSpan("person", one.first, border - 1, one.confidence)
        yield NameSpan("company", border, one.last, one.confidence)


def _border(pieces: list[Piece], one: NameSpan, before: NameSpan | None) -> int | None:
    words = pieces[one.first : one.last + 1]
    if (
        one.kind == "person"
        and len(words) > 1
        and (words[-1].form == "XxX" or words[-1].kind.brand)
        and not _is_name(words[-1])
    ):
        return one.last
    if one.kind != "company" or not all(word.is_word for word in words[:3]):
        return None
    goes_on = before is not None and before.kind == "person" and before.last + 1 == one.first == before.first + 1
    if goes_on and len(words) > 2 and words[0].kind.family > 0 and not words[0].kind.brand:
        return one.first + 1
    is_full_name = words[0].kind.given > 2 and not words[0].kind.brand and len(words) > 3 and words[1].kind.family > 0
    return one.first + 2 if is_full_name and words[1].role not in ("trade", "legal") else None


def _is_name(piece: Piece) -> bool:
    return (
        piece.kind.given > 0
        or piece.kind.family > 0
        or piece.text.startswith(("Mc", "Mac", "De", "Di", "La", "Le", "O'", "O’", "Fitz", "Van"))
    )
