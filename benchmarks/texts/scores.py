"""Precision, recall and F1 by field and intent, and how far confidence is from being right."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.texts.corpus import Example
from benchmarks.texts.readers import Read, dates_of, wish_of

Reader = Callable[[Example], Read]
BINS = 10
ENTITIES = ("name", "company", "phone", "email", "link", "place", "money")


@dataclass
class Count:
    """Found and right, found and wrong, missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def add(self, found: Iterable[Any], told: Iterable[Any]) -> bool:
        """Whether both are the same."""
        found, told = set(found), set(told)
        self.right += len(found & told)
        self.wrong += len(found - told)
        self.missed += len(told - found)
        return found == told

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass
class Mistake:
    id: str
    text: str
    what: str
    found: str
    told: str


@dataclass
class Scores:
    """By name of a field. `sure` is what was claimed and whether it was so."""

    counts: dict[str, Count] = field(default_factory=dict)
    sure: list[tuple[float, bool]] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)

    def compare(self, example: Example, what: str, found: Iterable[Any], told: Iterable[Any]) -> bool:
        found, told = set(found), set(told)
        same = self.counts.setdefault(what, Count()).add(found, told)
        if not same:
            self.mistakes.append(Mistake(example.id, example.text, what, _list(found), _list(told)))
        return same

    @property
    def calibration_error(self) -> float:
        """Expected calibration error over ten bins of equal width."""
        return sum(abs(claimed - was) * share for claimed, was, share in curve(self.sure))


def curve(sure: Sequence[tuple[float, bool]]) -> list[tuple[float, float, float]]:
    """Of each bin that has any: mean confidence, share that was right, share of all."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for claimed, was in sure:
        bins.setdefault(min(int(claimed * BINS), BINS - 1), []).append((claimed, was))
    return [
        (sum(c for c, _ in members) / len(members), sum(w for _, w in members) / len(members), len(members) / len(sure))
        for _, members in sorted(bins.items())
    ]


def score_notes(examples: Sequence[Example], read: Reader) -> Scores:
    scores = Scores()
    for example in examples:
        found = read(example)
        for kind in ENTITIES:
            same = str if kind == "money" else _fold
            scores.compare(example, kind, map(same, found.fields.get(kind, ())), map(same, example.values(kind)))
        right = scores.compare(example, "type", [found.note_type], [example.labels["type"]])
        scores.compare(example, "intent", [found.intent], ["note"])
        scores.compare(example, "follow-up", [found.follow_up], [example.labels["follow_up"]])
        promised = [each.get("person") or "" for each in example.labels["promises"]]
        scores.compare(example, "promises", _counted(found.promised_to), _counted(promised))
        scores.compare(example, "date", dates_of(example), example.values("date"))
        scores.sure.append((found.confidence, right and found.intent == "note"))
    return scores


def score_turns(examples: Sequence[Example], read: Reader) -> Scores:
    scores = Scores()
    for example in examples:
        found = read(example)
        right = scores.compare(example, "intent", [found.intent], [example.labels["intent"]])
        scores.compare(example, f"= {example.labels['intent']}", [found.intent], [example.labels["intent"]])
        told = {(part["intent"], frozenset(part.get("items", []))) for part in example.labels["parts"]}
        scores.compare(example, "parts", {(part.intent, part.items) for part in found.parts}, told)
        until = {part["until"] for part in example.labels["parts"] if part.get("until")}
        scores.compare(example, "until", {part.until for part in found.parts if part.until}, until)
        scores.sure.append((found.confidence, right))
    return scores


def score_priorities(examples: Sequence[Example], read: Reader) -> Scores:
    scores = Scores()
    for example in examples:
        found, told = read(example).priorities, example.labels["priorities"]
        scores.compare(example, "how many", [len(found)], [len(told)])
        pairs = list(zip(found, told, strict=False)) if len(found) == len(told) else []
        in_order = bool(pairs) and all(_same_words(f["text"], t["words"]) for f, t in pairs)
        scores.compare(example, "ranked", ["in order" if in_order else "not"], ["in order"])
        for name, theirs in (("action_type", "action_type"), ("person", "person_name"), ("company", "company")):
            given = [(n, _fold(str(t[name]))) for n, t in enumerate(told) if t.get(name)]
            got = [(n, _fold(str(f[theirs]))) for n, f in enumerate(found) if f.get(theirs)]
            scores.compare(example, name, got, given)
    return scores


def score_consent(examples: Sequence[Example]) -> Scores:
    scores = Scores()
    for example in examples:
        found, told = wish_of(example), example.labels["wish"]
        for kind in ("opt_out", "opt_in", "help"):
            scores.compare(example, kind, [kind] if found == kind else [], [kind] if told == kind else [])
    return scores


def score_dates(examples: Sequence[Example]) -> Scores:
    scores = Scores()
    for example in examples:
        scores.compare(example, "date", dates_of(example), example.values("date"))
    return scores


def _fold(value: str) -> str:
    return "".join(char for char in value.casefold() if char.isalnum() or char == "@")


def _counted(names: Iterable[str]) -> set[tuple[str, int]]:
    """A second promise to the same person is another one."""
    return {(name, n) for name, most in Counter(map(_fold, names)).items() for n in range(most)}


def _same_words(found: str, told: str) -> bool:
    """Mostly the same words: a list's own "and" or "first" may be on either side."""
    ours, theirs = set(found.lower().split()), set(told.lower().split())
    return len(ours & theirs) >= 0.6 * len(ours | theirs)


def _list(values: Iterable[Any]) -> str:
    return ", ".join(sorted(map(str, values))) or "-"
