"""When people mean, from where they stand."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.text.dates import find_dates, find_recurrences

DALLAS = ZoneInfo("America/Chicago")
NOW = datetime(2026, 10, 7, 14, 30, tzinfo=DALLAS)  # a Wednesday

DAYS = [
    ("wants a quote by friday", "friday", date(2026, 10, 9)),
    ("today", "today", date(2026, 10, 7)),
    ("call him tomorrow", "tomorrow", date(2026, 10, 8)),
    ("tmrw pls", "tmrw", date(2026, 10, 8)),
    ("the day after tomorrow", "the day after tomorrow", date(2026, 10, 9)),
    ("due end of week", "end of week", date(2026, 10, 9)),
    ("end of month", "end of month", date(2026, 10, 31)),
    ("by EOM", "EOM", date(2026, 10, 31)),
    ("end of next month", "end of next month", date(2026, 11, 30)),
    ("next week", "next week", date(2026, 10, 12)),
    ("later this week", "later this week", date(2026, 10, 9)),
    ("next Tuesday", "next Tuesday", date(2026, 10, 13)),
    ("Tuesday", "Tuesday", date(2026, 10, 13)),
    ("next Friday", "next Friday", date(2026, 10, 16)),
    ("this Wednesday", "this Wednesday", date(2026, 10, 7)),
    ("Wednesday", "Wednesday", date(2026, 10, 14)),
    ("remind me on wed", "wed", date(2026, 10, 14)),
    ("this weekend", "this weekend", date(2026, 10, 10)),
    ("in 3 days", "in 3 days", date(2026, 10, 10)),
    ("in two weeks", "in two weeks", date(2026, 10, 21)),
    ("in a couple of days", "in a couple of days", date(2026, 10, 9)),
    ("3 weeks from now", "3 weeks from now", date(2026, 10, 28)),
    ("a week from Friday", "a week from Friday", date(2026, 10, 16)),
    ("Oct 16", "Oct 16", date(2026, 10, 16)),
    ("October 16th, 2027", "October 16th, 2027", date(2027, 10, 16)),
    ("16 October", "16 October", date(2026, 10, 16)),
    ("Jan 5", "Jan 5", date(2027, 1, 5)),
    ("10/16", "10/16", date(2026, 10, 16)),
    ("due 10/16/2026.", "10/16/2026", date(2026, 10, 16)),
    ("on 16/10/26", "16/10/26", date(2026, 10, 16)),
    ("by 3/4", "3/4", date(2027, 3, 4)),
    ("2026-10-16", "2026-10-16", date(2026, 10, 16)),
    ("by the 16th", "the 16th", date(2026, 10, 16)),
    ("the 3rd", "the 3rd", date(2026, 11, 3)),
    ("next month", "next month", date(2026, 11, 1)),
]

MOMENTS = [
    ("at 3pm", "2026-10-07T15:00"),
    ("9am", "2026-10-08T09:00"),
    ("tomorrow at 3pm", "2026-10-08T15:00"),
    ("Friday at 10", "2026-10-09T10:00"),
    ("at 2 on Friday", "2026-10-09T14:00"),
    ("3:30pm on Oct 16", "2026-10-16T15:30"),
    ("Oct 16, 3 p.m.", "2026-10-16T15:00"),
    ("monday morning", "2026-10-12T09:00"),
    ("tomorrow afternoon", "2026-10-08T14:00"),
    ("tomorrow 15:00", "2026-10-08T15:00"),
    ("noon tomorrow", "2026-10-08T12:00"),
    ("by eod", "2026-10-07T17:00"),
    ("EOD Friday", "2026-10-09T17:00"),
    ("end of day tomorrow", "2026-10-08T17:00"),
    ("this afternoon", "2026-10-07T14:00"),
    ("in an hour", "2026-10-07T15:30"),
    ("in 45 minutes", "2026-10-07T15:15"),
    ("tomorrow at 3p", "2026-10-08T15:00"),
    ("12am tomorrow", "2026-10-08T00:00"),
]

NONE = [
    "",
    "555-1234",
    "(214) 555-0123",
    "214-555-0123 10",
    "nothing here",
    "a 3/4 inch sheet",
    "1/2 price",
    "open 24/7",
    "room 10",
    "booth 3a",
    "sat with John",
    "sun room",
    "may I call",
    "March of Dimes",
    "booth 312",
    "2/30",
    "john.may5@example.com",
    "at 3 companies",
    "$10/16",
    "second floor",
    "the 16th floor",
    "good morning",
    "he is in sales",
    "every Friday",
    "I am 5 a",
    "13/32",
    "last Friday",
    "yesterday",
    "Oct 1",
]


@pytest.mark.parametrize(("text", "phrase", "day"), DAYS)
def test_a_day_is_understood(text: str, phrase: str, day: date) -> None:
    (found,) = find_dates(text, NOW, DALLAS)
    assert (found.text, found.when, found.kind) == (phrase, day, "date")
    assert text[found.start : found.end] == phrase


@pytest.mark.parametrize(("text", "moment"), MOMENTS)
def test_a_moment_is_understood_in_the_persons_zone(text: str, moment: str) -> None:
    (found,) = find_dates(text, NOW, DALLAS)
    assert isinstance(found.when, datetime)
    assert (found.when.isoformat()[:16], found.when.tzinfo, found.kind) == (moment, DALLAS, "datetime")


@pytest.mark.parametrize("text", NONE)
def test_other_words_and_digits_are_no_date(text: str) -> None:
    assert find_dates(text, NOW, DALLAS) == ()


def test_the_persons_day_counts_not_the_servers() -> None:
    late = datetime.fromisoformat("2026-10-08T03:00+00:00")
    (found,) = find_dates("tomorrow", late, DALLAS)
    assert found.when == date(2026, 10, 8)


def test_a_time_that_dst_skips_moves_forward_and_the_first_of_a_repeated_one_is_meant() -> None:
    spring = datetime(2026, 3, 7, 12, tzinfo=DALLAS)
    (skipped,) = find_dates("tomorrow 2:30am", spring, DALLAS)
    assert isinstance(skipped.when, datetime)
    assert skipped.when.isoformat() == "2026-03-08T03:30:00-05:00"
    autumn = datetime(2026, 10, 31, 12, tzinfo=DALLAS)
    (repeated,) = find_dates("tomorrow 1:30am", autumn, DALLAS)
    assert isinstance(repeated.when, datetime)
    assert repeated.when.isoformat() == "2026-11-01T01:30:00-05:00"


def test_hours_from_now_are_real_hours_across_dst() -> None:
    (found,) = find_dates("in 3 hours", datetime(2026, 3, 8, 0, 30, tzinfo=DALLAS), DALLAS)
    assert isinstance(found.when, datetime)
    assert found.when.isoformat() == "2026-03-08T04:30:00-05:00"


def test_vague_words_are_marked_fuzzy() -> None:
    assert [find_dates(text, NOW, DALLAS)[0].fuzzy for text in ("next week", "at 3", "Oct 16", "tomorrow")] == [
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("text", "days", "weekday"),
    [
        ("every week", 7, None),
        ("remind me daily", 1, None),
        ("every other week", 14, None),
        ("every 3 days", 3, None),
        ("every Friday", 7, 4),
        ("on mondays", 7, 0),
        ("biweekly", 14, None),
        ("once a month", 30, None),
    ],
)
def test_a_recurrence_is_told_apart_from_a_date(text: str, days: int, weekday: int | None) -> None:
    (found,) = find_recurrences(text)
    assert (found.interval_days, found.weekday) == (days, weekday)
    assert find_dates(text, NOW, DALLAS) == ()


def _examples() -> list[tuple[str, datetime, list[str]]]:
    examples = []
    for line in (Path(__file__).parent / "date_examples.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            text, told = line.rsplit(" => ", 1)
            place, text = text[1:].split("} ", 1) if text.startswith("{") else ("", text)
            zone = ZoneInfo(next((word for word in place.split() if "/" in word), "America/Chicago"))
            now = next((word for word in place.split() if "/" not in word), "2026-11-18T14:05")
            examples.append(
                (text, datetime.fromisoformat(now).replace(tzinfo=zone), [when for when in told.split() if when != "-"])
            )
    return examples


@pytest.mark.parametrize(("text", "now", "told"), _examples())
def test_what_people_text_names_the_days_they_mean(text: str, now: datetime, told: list[str]) -> None:
    assert isinstance(now.tzinfo, ZoneInfo)
    found = {one.when for one in find_dates(text, now, now.tzinfo)}
    assert {f"{when:%Y-%m-%dT%H:%M}" if isinstance(when, datetime) else when.isoformat() for when in found} == set(told)


_PARTS = (
    "monday tuesday next friday this weekend last week end of the month tomorrow at 3 9am noon tonight morning q1 q4 christmas "
    "after thanksgiving jan 5 december 31st 2/29 12/3 4.12. the 31st 3rd in two weeks an hour month march may early mid late to - ,"
)
_WHOLE_YEARS = st.integers(0, 4 * 366 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
_ZONES = st.sampled_from(sorted(available_timezones())).map(ZoneInfo)


@settings(max_examples=400)
@given(text=st.lists(st.sampled_from(_PARTS.split()), max_size=8).map(" ".join), now=_WHOLE_YEARS, zone=_ZONES)
def test_in_every_zone_on_every_day_of_the_year_no_day_found_is_past(text: str, now: datetime, zone: ZoneInfo) -> None:
    for one in find_dates(text, now, zone):
        assert one.day >= now.astimezone(zone).date(), text


@settings(max_examples=100)
@given(now=_WHOLE_YEARS, zone=_ZONES)
def test_what_is_printed_is_what_is_read_in_every_zone(now: datetime, zone: ZoneInfo) -> None:
    day = now.date()
    ways = (
        f"{day}",
        f"{day:%B} {day.day}, {day.year}",
        f"{day.day} {day:%b} {day.year}",
        f"{day:%A}, {day:%B} {day.day}, {day.year}",
    )
    assert [[one.when for one in find_dates(f"due {way}", now, zone)] for way in ways] == [[day]] * len(ways)


@settings(max_examples=200)
@given(now=_WHOLE_YEARS, zone=_ZONES, weekday=st.integers(0, 6), edit=st.integers(0, 50))
def test_a_mistyped_weekday_is_still_that_day(now: datetime, zone: ZoneInfo, weekday: int, edit: int) -> None:
    name = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")[weekday]
    at = 1 + edit % (len(name) - 2)
    swapped = f"{name[:at]}{name[at + 1]}{name[at]}{name[at + 2 :]}"
    (found,) = find_dates(f"call Bob {swapped} about the bid", now, zone)
    assert found.day.weekday() == weekday
    assert 0 < (found.day - now.astimezone(zone).date()).days <= 7
