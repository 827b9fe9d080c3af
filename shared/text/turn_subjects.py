"""Which open promises a part of a text is about: by number, by place in the list, or by words of their titles."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from shared.text import lexicon
from shared.text.plain import Place, overlaps

_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
_RANGE = re.compile(r"(?<![\w/:.$-])#?(\d{1,2}) ?(?:-|–|to|thru|through) ?(\d{1,2})(?![\w/-])")
_NUMBER = re.compile(
    r"(?<![\w/:.$-])(?<!other )(?<!all )(?<!first )(?<!last )#?(\d{1,2})"
    r"(?![\w/-]|:\d|\.\d|,\d{3}| ?(?:am|pm|days?|weeks?|wks?|hours?|hrs?|minutes?|mins?|months?|%)\b| ?(?:of|by|out of|x) \d)"
)
_PLACES = {
    "first": 0,
    "1st": 0,
    "second": 1,
    "2nd": 1,
    "third": 2,
    "3rd": 2,
    "fourth": 3,
    "4th": 3,
    "fifth": 4,
    "last": -1,
}
_ORDINAL = re.compile(
    r"\b(first|1st|second|2nd|third|3rd|fourth|4th|fifth|last)(?:'?s\b)?"
    r"(?! (?:week|month|time|day|name|saturday|thing i|of))"
)
_SEVERAL = re.compile(r"\b(first|last) (two|three|four|2|3|4)\b(?! (?:weeks?|days?|months?))")
_NUMBERED = re.compile(
    r"\b(?:number|no\.?|nr|item) (one|two|three|four|five)\b|^(one|two|three|four|five)\b(?= (?:is|was|yes|no|done))"
)
_SPELLED = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
_LEXICON = lexicon.load("turns")
EVERYDAY = lexicon.words(_LEXICON["everyday"])
CHOICE = lexicon.words(_LEXICON["choice"])
_CLOSED, _CLOSED_UNASKED = (
    [re.compile(rf"\b{lexicon.any_of((line,), _LEXICON['closed_macros']).pattern}") for line in _LEXICON[title]]
    for title in ("closed", "closed_unasked")
)
_FORMS = {
    **dict.fromkeys(("sent", "sending"), "send"), **dict.fromkeys(("gave", "given"), "give"),
    **dict.fromkeys(("got", "gotten"), "get"), "paid": "pay", "spoke": "talk", "spoken": "talk", "bought": "buy",
    "met": "meet", "wrote": "write", "written": "write", "took": "take", "told": "tell", "brought": "bring", "made": "make",
    "found": "find", "pics": "photo", "pic": "photo", "photos": "photo", "picture": "photo", "pictures": "photo",
    "introduction": "intro", "introduce": "intro", "introduced": "intro", "appt": "appointment", "quoted": "quote",
    "emailed": "email", "e-mail": "email", "mailed": "email", "ordered": "order", "rang": "call", "phoned": "call",
}  # fmt: skip
ALIKE = 0.7


@dataclass(frozen=True)
class Promises:
    """Open promises by number, and those that were `asked` about; `numbers` is what the text may call them by."""

    titles: Mapping[int, str]
    asked: Sequence[int] = ()
    numbers: Mapping[int, int] = field(default_factory=dict)

    def listed(self) -> Sequence[int]:
        """In the order in which "the second one" counts."""
        return self.asked or list(self.titles)


def named_in(low: str, promises: Promises, taken: Iterable[Place] = (), offset: int = 0) -> tuple[int, ...]:
    """The promises that a lower-case text names; `taken` are places of the whole text (its dates) that are no numbers."""
    counted = by_number(low, promises, [(start - offset, end - offset) for start, end in taken])
    return counted or by_words(low, promises)


def by_number(low: str, promises: Promises, taken: Sequence[Place] = ()) -> tuple[int, ...]:
    numbers, listed = promises.numbers, promises.listed()
    found: list[int] = []
    for match in _RANGE.finditer(low):
        if not overlaps(*match.span(), taken):
            found += [numbers[n] for n in range(int(match[1]), int(match[2]) + 1) if n in numbers]
    for match in _NUMBER.finditer(low):
        if int(match[1]) in numbers and not overlaps(*match.span(1), taken):
            found.append(numbers[int(match[1])])
    for match in _NUMBERED.finditer(low):
        number = _SPELLED[match[1] or match[2]]
        found += [numbers[number]] if number in numbers else []
    for match in _SEVERAL.finditer(low):
        many = _SPELLED.get(match[2]) or int(match[2])
        found += listed[:many] if match[1] == "first" else listed[-many:]
    for match in _ORDINAL.finditer(_SEVERAL.sub(" ", low)):
        place = _PLACES[match[1]]
        if len(listed) > 1 and place < len(listed) and not overlaps(*match.span(), taken):
            found.append(listed[place])
    return tuple(dict.fromkeys(found))


def by_words(low: str, promises: Promises) -> tuple[int, ...]:
    """Those that were asked about first. A word that two of them share tells nothing; one for a deed does only where no other
    word tells, and only of what was asked."""
    said = stems(low)
    for group in (promises.asked, [number for number in promises.titles if number not in promises.asked]):
        titles = {number: stems(promises.titles[number]) - EVERYDAY for number in group if number in promises.titles}
        often = Counter(word for words in titles.values() for word in words)
        told = {number: {word for word in words & said if often[word] == 1} for number, words in titles.items()}
        named = tuple(number for number, words in told.items() if words - DEEDS)
        if named or group is not promises.asked:
            return named
        done = tuple(number for number, words in told.items() if words)
        if done and not shared_by(low, promises):
            return done
    return ()


def shared_by(low: str, promises: Promises) -> tuple[int, ...]:
    """Promises that a text speaks of without telling them apart."""
    said = stems(low)
    return tuple(n for n, title in promises.titles.items() if (stems(title) - EVERYDAY - DEEDS) & said)


def unlisted(low: str, promises: Promises, asked: bool) -> str | None:
    """What a text says is over, where no open promise has a word of it: "done with the heat pumps"."""
    for pattern in _CLOSED if asked else (*_CLOSED, *_CLOSED_UNASKED):
        for match in pattern.finditer(low):
            words = stems(match["what"]) - EVERYDAY - _VAGUE - DEEDS
            if words and not any(words & stems(title) for title in promises.titles.values()):
                return match["what"]
    return None


def spelled_like(low: str, promises: Promises) -> tuple[int, ...]:
    """Promises with a word that looks like one of the text: what a correction corrects."""
    said = [word for word in words_of(low) if len(word) > 3 and word not in EVERYDAY]
    return tuple(
        number
        for number, title in promises.titles.items()
        if any(_alike(word, other) for other in words_of(title.lower()) if len(other) > 3 for word in said)
    )


def _alike(one: str, other: str) -> bool:
    return (
        one[:2] == other[:2] and abs(len(one) - len(other)) < 3 and SequenceMatcher(None, one, other).ratio() >= ALIKE
    )


def words_of(text: str) -> list[str]:
    return _WORD.findall(text)


def is_deed_done(word: str) -> bool:
    """ "ordered", "sent": a word for a deed that says whether it is done."""
    return word in _FORMS or word in ("set", "put", "cut") or word.endswith(("ed", "ing"))


def stems(text: str) -> set[str]:
    return {stem(word) for word in words_of(text.lower())}


def stem(word: str) -> str:
    word = word.removesuffix("'s").removesuffix("’s").replace("-", "").replace("'", "")
    word = _FORMS.get(word, word)
    if len(word) < 4:
        return word
    for ending in ("ing", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) > 2 and not word.endswith("ss"):
            word = word.removesuffix(ending)
            break
    return word if len(word) < 4 or word[-1] != word[-2] else word[:-1]


_VAGUE = frozenset(stem(word) for word in lexicon.words(_LEXICON["vague"]))
DEEDS = frozenset(stem(word) for word in lexicon.words(_LEXICON["deeds"]))
