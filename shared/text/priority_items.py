"""Where the items of a list stand, however people write lists: numbers, bullets, lines, "first … then …", one sentence."""

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass

from shared.text import lexicon
from shared.text.plain import lowered
from shared.text.word_kinds import SPEECH, fold_word, word_kinds

MAX_ITEMS = 10

_WORDS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
_ORDINALS = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "fifth": 5,
    "1st": 1,
    "2nd": 2,
    "3rd": 3,
    "4th": 4,
    "5th": 5,
}
_MEDALS = {"🥇": 1, "🥈": 2, "🥉": 3}
_FILL = r"(?: (?:one|thing|priority|would|probably|maybe|just|definitely|i|want|wanna|need|have|will|to|is|be|gotta|get to|up|off)\b)*"
_NUMBER = re.compile(
    r"(?:^|(?<=[\s,;.(]))(?:#|no\.? ?|nr\.? ?|num(?:ber)? |prio(?:rity)? ?)?\(?(?P<digit>\d{1,2})\ufe0f?\u20e3?"
    r"(?:[.):]+(?!\d)|\s?[-–—=](?=\s)|(?= is\b)|(?<=\u20e3)|(?<=#\d)|(?<=[a-z.] \d)(?=\s))\s*(?=\S)"
    r"|(?P<medal>[🥇🥈🥉])\s*"
    rf"|\bnum(?:ber)? (?P<word>{'|'.join(_WORDS)})\b{_FILL}[,:]?\s*",
    re.IGNORECASE,
)
_BARE = re.compile(r"(?:^|(?<=[\s,;:]))(?P<digit>\d)\s+(?=[^\W\d])")
_ORDINAL = re.compile(
    rf"(?:^|(?<=[\s,;.:-]))(?:and |then |my |the |so )*(?P<ordinal>{'|'.join(_ORDINALS)})(?:ly)?\b(?! time| step| floor| choice| aid| class| year)"
    rf"{_FILL}[,:-]*\s*|(?:^|(?<=[\s,;.:-]))(?:and |then |but )*(?P<last>lastly|finally|last(?= (?:is|one|thing|but|look|get|call|send|find|buy|order|set|ask|talk|meet|hire|fix|email|try|learn|check|write)\b|[:,])|low(?=:))(?: but not least)?{_FILL}[,:]?\s*"
    rf"|(?:^|(?<=[\s,;.:-]))(?P<top>top (?:one|priority|of (?:the|my) list)|most important(?:ly)?(?: (?:thing|one))?|main (?:one|thing)|biggest(?: one)?|top(?=:))"
    rf"{_FILL}[,:]?\s*"
    rf"|(?:^|(?<=[\s,;.:-]))(?P<next>after that|next up|next(?! (?:week|month|year|mon|tue|wed|thu|fri|sat|sun|spring|summer|fall|winter|time))|then|mid(?=:)|followed by){_FILL}[,:]?\s*",
    re.IGNORECASE,
)
_SPELLED = re.compile(rf"(?:^|(?<=\s))(?P<word>{'|'.join(_WORDS)})[.,:]?\s+(?=[^\W\d])", re.IGNORECASE)
_BEGINS_WITH_ONE = re.compile(r"\W*one\b", re.IGNORECASE)
_WANTS = re.compile(
    r"(?:i|we)(?:'d|'ll)?\s+(?:want|need|like|would|have|should|must|plan|really|also|gotta|will)\b", re.IGNORECASE
)
_FINITE = re.compile(r"(?:[^\W\d_][\w'’]*\s+){1,3}(?:is|are|was|were|has|will)\b", re.IGNORECASE)
_LETTER = re.compile(r"(?:^|(?<=\s))\(?(?P<letter>[a-e])[.)]\s+(?=\S)", re.IGNORECASE)
_RANKED_BY = re.compile(r"(?:(?!\s+(?:>|->|→)\s+).)+")
_PICTURES = re.compile(r"[^\U0001F300-\U0001FAFF\u2600-\u27BF\uFE0F\n]+")
_LINE = re.compile(r"[^\n]+")
_SEPARATOR = re.compile(
    r"\s*[;,]\s*(?:(?:and|then|also|plus|oh and|maybe|finally|lastly|y|luego)\s+)*|\s*[.!]+\s+(?:(?:and|then|also|plus|oh and|finally|lastly)\s+)*"
    r"|\s+(?:and then|and also|and finally|and lastly|and|y luego|y|then|luego|plus|also|period)(?:\s+|$)"
    r"|\s+[&+/]\s+|\s+[-–—]\s+(?=and |then )",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"(?:\s*(?:ok(?:ay)?|sure|well|hi|hey|hello|so|um+|uh+|honestly|thanks|thank you|great (?:event|show)|good (?:morning|question|one)|yes|hmm|alright|there|all)\b[\s,.!:-]*)*"
    r"(?:(?:here (?:are|is|goes?)|these are|i'?d say|i would say|i think|probably|definitely|in order|my|the|our|they are|it'?s|just|only|one|main|big|top)\b[\s,:]*)*"
    r"(?:(?:3|three|5|five|few)\b\s*)?(?:(?:things?|priorit(?:y|ies)|prios?|goals?|list|to-?dos?|items?|takeaways?)\b\s*)?"
    r"(?:(?:from|for|of|after) (?:the |this )?(?:event|show|conference|week|expo|trip)\b\s*)?(?:(?:are|is|would be|in order|today|now)\b\s*)*[:\-–—]*\s*",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"[^:\n]{0,40}\b(?:things?|priorit(?:y|ies)|prios|top|list|goals?|want|focus|plan|order)\b[^:\n]{0,25}:\s+",
    re.IGNORECASE,
)
_HEAD = re.compile(
    r"\W*(?:ok|so|here (?:are|goes|you go)|my|the|our|top|3|three|five|5|priorit(?:y|ies)|prios?|list|to-?dos?|things?|goals?|takeaways|in order|of|is|are|from|for|event|hi|hey|there|thanks|thank you|thx|good|morning|\W)*",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"[\s,.!-]*\b(?:thanks?(?: you)?(?: so much| again)?|thx|ty|cheers|that'?s (?:it|all)|thats (?:it|all)|lol|haha+|have a (?:good|great) \w+|for now|i guess|i think|please|pls|and so on|etc)\b[\s.!🙏😂🙂😅👍]*$",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"(?:\s+(?:because|cause|cuz|coz|bc|since (?:its|it's|it|he|she|they|we|that)|so that|so we|so i|as (?:he|she|they|we|its))\b|[,.;]\s*(?:[^\W\d_][\w'’]*\s+){1,3}(?:is|are|was|were|has|will)\b|[,.;]\s*(?:it'?s|its|he|she|they|we|i|that|this|which|who|there|those|otherwise)\b(?!\w)|\s+[-–—]\s+(?:it'?s|he|she|they|we|i|wants?|needs?|bald|asap|overdue|urgent)\b).*$",
    re.IGNORECASE | re.DOTALL,
)
_INTENT = re.compile(
    r"(?:(?:i|we|i'm|we're|we'll|i'll|i'd|we'd|id)\s+)?(?:(?:like to|love to|plan to|really|just|also|still|definitely|probably|maybe|gonna|going to|have got to|got to|gotta|have to|need to|needs to|want to|wanna|would like to|should|must|will|would be to|is to|be to|to)\s+)*",
    re.IGNORECASE,
)
_LATER = re.compile(r"(?P<who>[^,.;]+?)\s+(?P<ordinal>first|second|third|last)$", re.IGNORECASE)
_LAST_IS_FIRST = re.compile(r"^[^:,]*\bmost important\b[^:,]*\blast\b[^:]*:\s*", re.IGNORECASE)
_COURTESY = re.compile(
    r"(?:(?<=^)|(?<=[.!\n]\s)|(?<=[.!\n]))(?:thanks?(?: you| u)?(?: (?:so much|again|for \w+(?: \w+)?))?|thx|ty|cheers|have a (?:good|great|nice) \w+|"
    r"(?:great|good|awesome|nice) (?:event|show|question|one|day|morning)|that'?s (?:it|all)(?: for now)?)(?:[.!]+(?=\s|$)|\s*$)",
    re.IGNORECASE,
)
_NOISE = re.compile(
    r"\W*(?:bye|first|second|third|last|nothing (?:else|more)(?: really| for now| yet)*|(?:everything|anything) else (?:can wait|is .*)|the rest (?:can wait|is .*)|(?:not|hard) (?:sure|to say)(?: yet)?|no idea|(?:hmm+ )?good question|ok(?:ay)?|thanks?|thats? (?:it|all|about it)|not much else|else|only (?:one|two|three)(?: really)?|(?:one|two|three)(?: things?)? really"
    r"|hello|hi|hey|yes|sure|lol|haha|good night|see (?:you|ya)|talk soon|done|pls|please|hope that helps|in that order)\W*",
    re.IGNORECASE,
)
_EDGES = " \t\r\n-*•–—,;:.!>·➡→✅☑()'\"😂🙏🙂👍💪🔥"
_CLAUSE = re.compile(r"[.;,!?:\n]")
_PRONOUN = re.compile(
    r"(?:because|cause|cuz|since|he|she|they|it|it's|its|we|i|that|this|which|who|those|there|not|but|or)\b",
    re.IGNORECASE,
)
_POSSESSIVE = re.compile(r"(?:his|her|their)\b", re.IGNORECASE)
_NOUNS = re.compile(r"(?:his|her|their|its|the|a|an|some|my|our|your)\b", re.IGNORECASE)
_DEEDS = frozenset(
    ("order", "mail", "email", "e-mail", "text", "price", "book", "clean", "chase", "nail", "train", "card", "vet", "ring", "demo", "prep", "intro",
     "bid", "quote", "research", "schedule", "plan", "measure", "practice", "wash", "hire", "fire", "bill", "invoice", "phone", "reply", "restock", "redo",
     "automate", "switch", "sort", "pick", "lunch", "google", "dm", "ping", "cc", "interview", "recruit", "nap", "market", "budget", "fix", "touch", "circle",
     "set", "read", "tell", "sign", "let", "put", "cut", "sell", "close", "narrow", "post", "land", "back", "ship", "drop", "double", "host", "film", "shoot",
     "follow", "reconnect", "onboard", "rework", "finalise", "finalize", "loop", "link", "connect", "review", "install", "implement", "llamar", "enviar", "mandar", "comprar")
)  # fmt: skip


_LEXICON = lexicon.load("orders")
_ORDERS = lexicon.words(_LEXICON["orders"])
_NO_END = lexicon.words(_LEXICON["no_end"])


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a list where it stands, without its number."""

    rank: int
    start: int
    end: int


def items_of(text: str, whole: Iterable[tuple[int, int]] = ()) -> list[Item]:
    """Up to ten, in the order of their ranks. What stands at `whole` (names, dates, addresses) is not parted."""
    kept, text = list(whole), _without_courtesy(text)
    flipped = _LAST_IS_FIRST.match(text)
    found = _ranked(text, flipped.end() if flipped else 0, kept)
    spans = [(rank, *_trimmed(text, start, end, kept)) for rank, start, end in found]
    spans = [span for span in spans if text[span[1] : span[2]].strip(_EDGES) and not _NOISE.fullmatch(text, *span[1:])]
    if flipped:
        spans = [spans[-1], *spans[:-1]]
        spans = [(rank, start, end) for rank, (_, start, end) in enumerate(spans, 1)]
    ordered = sorted(spans, key=lambda span: span[0])[:MAX_ITEMS]
    return [Item(rank, start, end) for rank, (_, start, end) in enumerate(ordered, 1)]


def _without_courtesy(text: str) -> str:
    """Blanks where it greets and thanks, so that all else stays in its place."""
    return _COURTESY.sub(lambda match: " " * len(match[0]), text)


def _ranked(text: str, begin: int, whole: list[tuple[int, int]]) -> list[tuple[int, int, int]]:
    spelled = (_SPELLED,) if _BEGINS_WITH_ONE.match(text, begin) else ()
    for pattern in (_NUMBER, _BARE, _LETTER, *spelled):
        if marks := _marks(pattern, text, begin, whole):
            return _between(text, marks, begin, whole)
    for split in (_LINE, _RANKED_BY, _PICTURES):
        lines = [match.span() for match in split.finditer(text, begin) if match[0].strip(_EDGES)]
        lines = [span for span in lines if not (_HEAD.fullmatch(text, *span) and len(lines) > 1)]
        if len(lines) > 1 and not (split is _PICTURES and len(lines) * 2 > len(text.split())):
            return [(rank, start, end) for rank, (start, end) in enumerate(lines, 1)]
    if marks := _worded(text, begin, whole):
        return _between(text, marks, begin, whole)
    return [(rank, start, end) for rank, (start, end) in enumerate(parted(text, begin, len(text), whole), 1)]


def _marks(pattern: re.Pattern[str], text: str, begin: int, whole: list[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """Rank, where the mark begins, where the item begins: only when they count from one, in whatever order."""
    found: list[tuple[int, int, int]] = []
    for match in pattern.finditer(text, begin):
        told = match.groupdict()
        if any(start < match.start() + 1 <= end for start, end in whole) and not told.get("medal"):
            continue
        if told.get("letter"):
            found.append((ord(told["letter"].lower()) - ord("a") + 1, match.start(), match.end()))
            continue
        rank = (
            int(told["digit"])
            if told.get("digit")
            else _MEDALS.get(told.get("medal") or "", 0) or _WORDS.get((told.get("word") or "").lower(), 0)
        )
        found.append((rank, match.start(), match.end()))
    ranks = [rank for rank, *_ in found]
    if len(found) > 1 and sorted(ranks) == list(range(1, len(ranks) + 1)):
        return found
    rising: list[tuple[int, int, int]] = []
    for mark in found:
        if mark[0] == len(rising) + 1:
            rising.append(mark)
    alone = len(rising) == 1 and not text[: rising[0][1]].strip(_EDGES) and pattern is _NUMBER
    return rising if len(rising) > 1 or alone else []


def _worded(text: str, begin: int, whole: list[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """ "first … then … last": at least two, or one that begins the text."""
    found: list[tuple[int, int, int]] = []
    reached = 0
    for match in _ORDINAL.finditer(text, begin):
        if any(start < match.start() + 1 <= end for start, end in whole):
            continue
        told = match.groupdict()
        if (
            told["ordinal"]
            and match[0].rstrip()[-1:] in ",;"
            and _CLAUSE.split(text[: match.start()])[-1].strip(_EDGES)
        ):
            continue  # "the marketing lady first; then …" names it behind
        rank = _ORDINALS.get((told["ordinal"] or "").lower(), 0) or (1 if told["top"] else 0)
        if told["last"]:
            rank = 99
        if found and not text[found[-1][2] : match.start()].strip(_EDGES):
            found[-1] = (found[-1][0] if rank in (0, 99) else rank, found[-1][1], match.end())  # "then finally" is one
            continue
        reached += 1
        found.append((rank or reached, match.start(), match.end()))
    if len(found) < 2 and not (found and found[0][1] - begin < 12 and found[0][0] == 1):
        return []
    return found


def _between(
    text: str, marks: list[tuple[int, int, int]], begin: int, whole: list[tuple[int, int]]
) -> list[tuple[int, int, int]]:
    """From mark to mark. What stands before the first is an item when it does something; the last may be several."""
    ends = [mark[1] for mark in marks[1:]] + [len(text)]
    found: list[tuple[int, int, int]] = [(rank, start, end) for (rank, _, start), end in zip(marks, ends, strict=True)]
    before = _begin(text, begin, marks[0][1])
    is_counted = all(mark[0] == number for number, mark in enumerate(marks, 1))
    is_first = text[marks[0][1] : marks[0][2]].strip(" ,:").lower() not in ("then", "next", "after that", "next up")
    if text[before : marks[0][1]].strip(_EDGES) and (
        not is_first or (is_deed(text, before, marks[0][1]) and marks[0][0] != 1)
    ):
        found.insert(0, (0, before, marks[0][1]))
    elif found and is_counted and not any(char.isdigit() for char in text[marks[0][1] : marks[0][2]]):
        rank, start, end = found.pop()
        found += [(rank + extra, *span) for extra, span in enumerate(parted(text, start, end, whole))]
    return found


def parted(text: str, begin: int, end: int, whole: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """One sentence: parted at commas, "and", "then" where something new is to be done, or where it is a list of things."""
    begin = _begin(text, begin, end)
    pieces: list[tuple[int, int, str]] = []
    start, mark = begin, ""
    for match in _SEPARATOR.finditer(text, begin, end):
        if any(s < match.end() and match.start() < e for s, e in whole):
            continue
        pieces.append((start, match.start(), mark))
        start, mark = match.end(), match[0].strip().lower()
    pieces = [piece for piece in [*pieces, (start, end, mark)] if text[piece[0] : piece[1]].strip(_EDGES)]
    deeds = [is_deed(text, one, two) for one, two, _ in pieces]
    joined: list[tuple[int, int]] = []
    for at, (one, two, _) in enumerate(pieces):
        if joined and _continues(text, pieces, deeds, at):
            joined[-1] = (joined[-1][0], two)
        else:
            joined.append((one, two))
    return [run for span in joined for run in _run_on(text, *span, whole)] if len(joined) == 1 else joined


def _run_on(text: str, start: int, end: int, whole: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """ "send cass the bid call bruno monday": parted before each verb that begins an order; "dana luis priya": at each name."""
    words = list(re.finditer(r"[^\s]+", text[start:end]))
    kinds = [word_kinds().of_word(fold_word(match[0].lower().strip(_EDGES))) for match in words]
    if 1 < len(words) <= 5 and all(kind.given > 1 for kind in kinds):
        return [(start + match.start(), start + match.end()) for match in words]
    cuts = [start]
    for before, match in itertools.pairwise(words):
        at = start + match.start()
        if (
            match[0].lower() in _ORDERS
            and before[0].lower() not in _NO_END
            and at - cuts[-1] > 6
            and not any(s < at < e for s, e in whole)
        ):
            cuts.append(at)
    return list(zip(cuts, [*cuts[1:], end], strict=True))


def _continues(text: str, pieces: list[tuple[int, int, str]], deeds: list[bool], at: int) -> bool:
    """ "lead, radon and mold rules" goes on with what was begun; "the Acme demo" in a list of things is a thing."""
    start, end, mark = pieces[at]
    words, marks = text[start:end], [piece[2] for piece in pieces]
    is_and = mark in ("and", "&", "+", "y", "/")
    if deeds[at] and _WANTS.match(words):
        return False
    if _PRONOUN.match(words) or (not deeds[at] and _FINITE.match(words)):
        return True
    if all(len(text[one:two].split()) < 3 for one, two, _ in pieces) and len(pieces) > 2:
        return False
    if deeds[at]:
        return is_and and re.search(r"\b(?:it|them|one)\W*$", words) is not None
    if not any(deeds):
        return is_and and at + 1 < len(pieces) and any(mark.startswith(",") for mark in marks)
    if _POSSESSIVE.match(words):
        return True
    if not any(deeds[:at]) or not mark.startswith((",", "and", "&", "+", "y", "/")) or "then" in mark:
        return False
    following = next(
        (place for place in range(at, len(pieces)) if deeds[place] or not marks[place].startswith(",")), None
    )
    is_enumerated = following is not None and not deeds[following] and marks[following] in ("and", "&")
    return is_and or is_enumerated


def is_deed(text: str, start: int, end: int) -> bool:
    """Whether it begins with something to do."""
    low = lowered(text[start:end]).strip(_EDGES)
    low = low[(lead.end() if (lead := _INTENT.match(low)) else 0) :]
    first = re.match(r"[^\W\d_]+(?:-[^\W\d_]+)?", low)
    if first is None or _NOUNS.match(low):
        return False
    word = first[0]
    if word in _DEEDS:
        return True
    return SPEECH[word_kinds().of_word(fold_word(word)).speech] in ("verb", "ing")


def _begin(text: str, start: int, end: int) -> int:
    """Past a greeting, "my top 3 are:", "three things i want:"."""
    if named := _NAMED.match(text, start, end):
        return named.end()
    lead = _LEAD.match(text, start, end)
    return lead.end() if lead else start


def _trimmed(text: str, start: int, end: int, whole: list[tuple[int, int]]) -> tuple[int, int]:
    """Without its marks, what introduces it, its reason and a thank you."""
    while start < end and text[start] in _EDGES:
        start += 1
    if (lead := _INTENT.match(text, start, end)) and lead.end() < end:
        start = lead.end()
    for pattern in (_REASON, _TAIL):
        cut = pattern.search(text, start, end)
        if cut and cut.start() > start and not any(s < cut.start() < e for s, e in whole):
            end = cut.start()
    if later := _LATER.fullmatch(text, start, end):
        end = later.end("who")
    while end > start and text[end - 1] in _EDGES.replace(")", ""):
        end -= 1
    return start, end
