"""Finds amounts of money: "$12k", "1.2 mil", "500 bucks", "about 8 grand", "EUR 3.000", "thirty five dollars", "150/mo"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from shared.text import lexicon
from shared.text.plain import MAX_READ, Place, lowered, overlaps
from shared.text.reachable import Reachable, find_reachable
from shared.text.spoken_amounts import AMOUNT_IN_WORDS, amount_in_words

MAX_FOUND = 20
_LEXICON = lexicon.load("money")
_SIGNS, _UNITS, _SCALES = (
    dict(line.split(" = ") for line in _LEXICON[section]) for section in ("sign", "unit", "scale")
)


def _longest_first(words: dict[str, str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def _one_of(section: str) -> str:
    return "|".join(word for line in _LEXICON[section] for word in re.split(r"(?<!\\) ", line))


_SIGN, _UNIT, _SCALE = map(_longest_first, (_SIGNS, _UNITS, _SCALES))
_AMOUNT = r"(?P<amount>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3})+(?:,\d\d)?(?!\d)|\d{1,9}(?:\.\d{1,2})?|\.\d\d)"
_NOT_COUNTED = rf"(?!\s?(?:{_one_of('counted')})\b)"
_BEGINS, _ENDS = r"(?<![\w.,/:#$€£-])", r"(?![\w%]|[.,:]\d|-\d)"
_BY = rf"(?=\s?/\s?(?:{_one_of('by')})\b|\s(?:an?|per|each)\s(?:{_one_of('by')})\b|\seach\b|\sapiece\b)"
_GOES_ON = "|".join(word for line in _LEXICON["behind_amount"] for word in line.split())
_END_OF_CLAUSE = rf"(?=\s*(?:$|[.;!?,\n)]|—|–|(?:{_GOES_ON})\b|\+))"
_SIGNED = re.compile(
    rf"(?<![\w$€£])(?P<sign>{_SIGN})\s?{_AMOUNT}(?:\s?[-–]\s?[\d.,]*\d)?(?:\s?(?P<scale>{_SCALE}))?(?![a-z\d])"
)
_WITH_UNIT = re.compile(rf"{_BEGINS}{_AMOUNT}(?:\s?(?P<scale>{_SCALE}))?\s?(?P<unit>{_UNIT})(?!\w)")
_SCALED = re.compile(rf"{_BEGINS}{_AMOUNT}\s?(?P<scale>k|grand|mil|mill|million|lakhs?|crores?){_ENDS}{_NOT_COUNTED}")
_BY_THE_PIECE = re.compile(rf"{_BEGINS}{_AMOUNT}{_ENDS}{_BY}")
_PAID = re.compile(
    rf"\b(?:{_one_of('paid')})(?:\s(?:{_one_of('between')})|:|\s?=|\s~){{0,4}}\s~?{_AMOUNT}{_ENDS}(?:{_BY}|{_END_OF_CLAUSE})"
)
_COMPARED = re.compile(
    rf"\b(?:{_one_of('compared')})\s(?:only |about |just )?{_AMOUNT}{_ENDS}(?:{_BY}|{_END_OF_CLAUSE})"
)
_WITH_COMMA = re.compile(
    rf"{_BEGINS}(?P<amount>\d{{1,3}},\d{{3}}(?:,\d{{3}})?(?:\.\d\d)?){_ENDS}(?=\s(?:{_one_of('price_behind')})(?!\w)|\s*$|\s?[.;!?\n])"
)
_SUM_IN_WORDS = re.compile(rf"(?<![\w-])(?P<words>{AMOUNT_IN_WORDS})\s(?P<unit>{_UNIT}|grand)(?!\w)")
_ARTICLE = re.compile(r"an? (?!couple|few|half|hundred|thousand|million)")
_ONE_OF_THEM = ("buck", "dollar", "euro", "grand")
_IN_CURRENCY = re.compile(rf"\bin (?P<unit>{_UNIT})(?: nearly| about| around| only)? $")
_SURELY_PAID = re.compile(r"charg|cost|pa(?:y|id)|rate|fee|rent|deposit|owe|price|spen")
_SMALLEST_BARE, _SMALLEST_UNSURE = 5, 100


@dataclass(frozen=True, slots=True)
class FoundMoney:
    """An amount as written, and its value: "12000 USD"."""

    start: int
    end: int
    text: str
    value: str


def find_money(text: str, *, reachable: Reachable | None = None) -> tuple[FoundMoney, ...]:
    """Up to 20 amounts of the first 2,000 characters, in order; a currency that is not told is that of the other amounts."""
    text = text[:MAX_READ]
    low = lowered(text)
    reach = find_reachable(text) if reachable is None else reachable
    taken: list[Place] = list(reach.places)
    found: list[tuple[int, int, Decimal, str]] = []
    for start, end, amount, currency in _candidates(low, found):
        if not overlaps(start, end, taken):
            taken.append((start, end))
            found.append((start, end, amount, currency))
    usual = next((currency for *_, currency in sorted(found) if currency), "USD")
    return tuple(
        FoundMoney(start, end, text[start:end], f"{_printed(amount)} {currency or usual}")
        for start, end, amount, currency in sorted(found)[:MAX_FOUND]
    )


def _candidates(low: str, found: list[tuple[int, int, Decimal, str]]) -> Iterator[tuple[int, int, Decimal, str]]:
    """The surest first; what is bare and compared only where something was `found` by then."""
    for match in _SUM_IN_WORDS.finditer(low):
        yield from _in_words(match)
    if not any(char.isdigit() for char in low):
        return
    for match in _SIGNED.finditer(low):
        yield _read(match, match.start(), _SIGNS[match["sign"]])
    for match in _WITH_UNIT.finditer(low):
        yield _read(match, match.start(), _UNITS[match["unit"]])
    for match in _SCALED.finditer(low):
        if _is_sum(low, match):
            yield _read(match, match.start(), "")
    for pattern in (_PAID, _BY_THE_PIECE, _WITH_COMMA):
        for match in pattern.finditer(low):
            if _is_price(low, match):
                yield _bare(match)
    if found:
        for match in _COMPARED.finditer(low):
            yield _bare(match)


def _in_words(match: re.Match[str]) -> Iterator[tuple[int, int, Decimal, str]]:
    words, unit = match["words"], match["unit"]
    start, amount = match.start(), amount_in_words(words)
    if _ARTICLE.match(words):
        start, amount = start + words.index(" ") + 1, amount_in_words(words.partition(" ")[2])
    if amount is not None and (words not in ("a", "an") or unit in _ONE_OF_THEM):
        times = Decimal(1000) if unit == "grand" else _part(unit)
        yield start, match.end(), amount * times, _UNITS.get(unit, "")


def _read(match: re.Match[str], start: int, currency: str) -> tuple[int, int, Decimal, str]:
    named = match.groupdict()
    scale, unit = named.get("scale"), named.get("unit") or ""
    amount = _amount(match["amount"]) * Decimal(_SCALES[scale] if scale else 1) * _part(unit)
    return start, match.end(), amount, currency


def _bare(match: re.Match[str]) -> tuple[int, int, Decimal, str]:
    named = _IN_CURRENCY.search(match.string, 0, match.start("amount"))
    return match.start("amount"), match.end("amount"), _amount(match["amount"]), _UNITS[named["unit"]] if named else ""


def _part(unit: str) -> Decimal:
    return Decimal("0.01") if unit.startswith("cent") else Decimal(1)


def _amount(printed: str) -> Decimal:
    """ "3.000" and "1.250,50" are thousands, "3.50" is not."""
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d\d)?", printed):
        return Decimal(printed.replace(".", "").replace(",", "."))
    return Decimal(printed.replace(",", ""))


def _is_sum(low: str, match: re.Match[str]) -> bool:
    """Not "401k", "each at 10k" (pieces), nor "3 million of them"."""
    return match["amount"] != "401" and not low[: match.start()].endswith(("each at ", "a ", "4 x "))


def _is_price(low: str, match: re.Match[str]) -> bool:
    """ "300 an hour" is as often what a robot lays: small or rated numbers need a word for paying, or a decimal point."""
    if match.re is _PAID:
        return _amount(match["amount"]) >= (_SMALLEST_BARE if _SURELY_PAID.match(match[0]) else _SMALLEST_UNSURE)
    if match.re is _BY_THE_PIECE and "." not in match["amount"]:
        return low[match.end() : match.end() + 1] == "/" and _amount(match["amount"]) >= _SMALLEST_BARE
    return True


def _printed(amount: Decimal) -> str:
    """ "12000", "31.5"."""
    plain = f"{amount:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain
