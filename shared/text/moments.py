"""Joins the days and times of a text that belong together: "Friday" and "3pm", "tues dec 1" and "@ 1:30"."""

import re
from dataclasses import dataclass, replace
from datetime import date, time

from shared.text.calendar_words import day_of
from shared.text.date_phrases import DayPhrase
from shared.text.time_phrases import TimePhrase, in_part

_BETWEEN = frozenset((
    "", "at", "@", "by", "around", "about", "in the", "on", "of", "the", "-", "–", "for", "until", "from", "at about", "at around",
    "starting", "starting at", "sharp", "is", "say", "like", "early", "bright and early", "before", "after", "not", "anytime",
    "um", "à", "est", "cst", "mst", "pst", "et", "ct", "mt", "pt", "eastern", "central", "mountain", "pacific", "my time",
    "their time",
))  # fmt: skip
_RANGE = frozenset(
    ("-", "–", "to", "thru", "through", "until", "to the", "until the", "through the", "thru the", "and the")
)
_DAYS_MORE = re.compile(r"(?:(?:-|–| ?to ?)\d{1,2})?")
_MOVED = re.compile(r"\b(?:mov|push|chang|shift|bump|switch|resched|postpon)\w*\b[^.!?\n]*$")
_SENTENCE = re.compile(r"[.!?](?:\s|$)|\n")
_LISTED = re.compile(
    r"(?:^|\s)1[.):] ?[^\d].*\s2[.):]|(?:^|[,;&\n]|and )\s*\d (?:&|and|[a-z]).*[,;&\n] ?\d (?:&|and|[a-z])", re.DOTALL
)
_FARTHEST = 22


@dataclass(frozen=True, slots=True)
class Moment:
    """What one phrase names: a day, a time, a part of the day, or several. `of_day`: the day that another phrase of the
    sentence names, where this one has none."""

    start: int
    end: int
    day: DayPhrase | None = None
    clock: TimePhrase | None = None
    part: TimePhrase | None = None
    of_day: date | None = None

    @property
    def time(self) -> time | None:
        if self.clock is not None:
            return in_part(self.clock, self.part.part) if self.part is not None else self.clock.at
        return self.part.at if self.part is not None else None

    @property
    def can_stand(self) -> bool:
        return self.day is not None or any(one is not None and one.alone for one in (self.clock, self.part))


def joined(low: str, days: list[DayPhrase], times: list[TimePhrase]) -> list[Moment]:
    """In order. The first of a range of days stands for all; a time alone belongs to the day that its sentence names."""
    phrases: list[DayPhrase | TimePhrase] = sorted(
        [*_without_doubles(low, days), *times], key=lambda one: (one.start, one.end)
    )
    moments: list[Moment] = []
    for index, phrase in enumerate(phrases):
        follower = phrases[index + 1] if index + 1 < len(phrases) else None
        with_last = _with(low, moments[-1], phrase, follower) if moments else None
        if with_last is not None:
            moments[-1] = with_last
        else:
            moments.append(_alone(phrase))
    standing = [moment for moment in moments if moment.can_stand]
    return [_on_the_day_of_its_sentence(low, moment, standing) for moment in standing]


def _without_doubles(low: str, days: list[DayPhrase]) -> list[DayPhrase]:
    """ "Friday, Dec 4" is one day, of "the 3rd to the 5th" the first counts, of "moved from Monday to Friday" the second."""
    kept: list[DayPhrase] = []
    for day in days:
        one = _one_day(low, kept[-1], day) if kept else None
        if one is not None:
            kept[-1] = one
        else:
            kept.append(day)
    return kept


def _one_day(low: str, last: DayPhrase, day: DayPhrase) -> DayPhrase | None:
    """What two phrases beside each other name together."""
    gap = low[last.end : day.start].strip(" (")
    same = last.day.weekday() == day.day.weekday()
    if last.rule == "weekday" and _is_printed(day) and (gap in ("", "the") or (same and gap in (",", ", the"))):
        return replace(day, start=last.start)
    if day.rule == "weekday" and _is_printed(last) and same and gap in ("", ","):
        return replace(last, end=day.end)
    if low[day.start : day.end] == "next year" and _is_printed(last) and _DAYS_MORE.fullmatch(gap):
        return replace(last, end=day.end, day=day_of(day.day.year, last.day.month, last.day.day) or last.day)
    if gap == "and" and low[: last.start].endswith("between "):
        return last
    if gap in _RANGE and last.at is None:
        return day if _MOVED.search(low[max(0, last.start - 40) : last.start]) else last
    return None


def _is_printed(day: DayPhrase) -> bool:
    return day.rule in ("month_day", "day_month", "iso", "slashed", "dotted", "dashed", "ordinal")


def _alone(phrase: DayPhrase | TimePhrase) -> Moment:
    if isinstance(phrase, DayPhrase):
        return Moment(phrase.start, phrase.end, day=phrase)
    if phrase.part:
        return Moment(phrase.start, phrase.end, part=phrase)
    return Moment(phrase.start, phrase.end, clock=phrase)


def _with(
    low: str, last: Moment, phrase: DayPhrase | TimePhrase, follower: DayPhrase | TimePhrase | None
) -> Moment | None:
    """The last moment with this phrase in it, where it has room for it and stands beside it."""
    between = low[last.end : phrase.start]
    gap = between.strip(" ,(") if len(between) <= _FARTHEST else "far"
    if gap == "t" and last.day is not None and last.day.rule == "iso":
        gap = ""
    if gap not in _BETWEEN or phrase.start < last.end or (isinstance(phrase, DayPhrase) and phrase.at is not None):
        return None
    if last.day is not None and last.day.at is not None:
        return None
    if not _is_an_hour(low, last, phrase, between):
        return None
    if "," in between and isinstance(follower, DayPhrase) and low[phrase.end : follower.start].strip() in ("", "on"):
        return None
    if isinstance(phrase, DayPhrase):
        return replace(last, end=phrase.end, day=phrase) if last.day is None else None
    if phrase.part:
        return replace(last, end=phrase.end, part=phrase) if last.part is None and gap != "before" else None
    return replace(last, end=phrase.end, clock=phrase) if last.clock is None else None


def _is_an_hour(low: str, last: Moment, phrase: DayPhrase | TimePhrase, between: str) -> bool:
    """A bare number is one directly beside a definite day, unless it numbers the lines of a list: "1 done, 2 tomorrow"."""
    if isinstance(phrase, DayPhrase):
        return (
            last.clock is None
            or not last.clock.bare
            or (between == " " and _takes_hours(phrase) and not _LISTED.search(low))
        )
    if not phrase.bare or last.clock is not None:
        return True
    return last.day is not None and between == " " and _takes_hours(last.day) and not _LISTED.search(low)


def _takes_hours(day: DayPhrase) -> bool:
    return day.rule not in (
        "week",
        "month",
        "quarter",
        "year",
        "after_next",
        "amount",
        "end_of_period",
        "start_of_period",
    )


def _on_the_day_of_its_sentence(low: str, moment: Moment, moments: list[Moment]) -> Moment:
    if moment.day is not None:
        return moment
    days = [other for other in moments if other.day is not None and other.day.at is None]
    before = [
        other for other in days if other.end <= moment.start and not _SENTENCE.search(low[other.end : moment.start])
    ]
    after = [
        other for other in days if other.start >= moment.end and not _SENTENCE.search(low[moment.end : other.start])
    ]
    nearest = before[-1] if before else after[0] if after else None
    return replace(moment, of_day=nearest.day.day) if nearest is not None and nearest.day is not None else moment
