"""Zones, hours, daylight saving, recurrence: the decisions without a database."""

from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.followups.dispatch.rules import decide
from services.followups.planning.rules import Clock, first_check_in, plan_priorities
from services.followups.policies.rules import Policy
from services.followups.recurring.rules import Recurrence, next_run, run_after_completion
from services.followups.timing.rules import (
    Hours,
    at_local,
    closing,
    next_allowed,
    next_slot,
    same_clock_elsewhere,
    zones_for,
)
from shared.text.phones import time_zones_of

DALLAS, TOKYO, KOLKATA = ZoneInfo("America/Chicago"), ZoneInfo("Asia/Tokyo"), ZoneInfo("Asia/Kolkata")
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2040, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))  # noqa: DTZ001
ZONES = st.sampled_from(
    ("America/Chicago", "America/Los_Angeles", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia")
).map(ZoneInfo)
HOURS = Hours()


def shown(moment: datetime, zone: ZoneInfo) -> time:
    return moment.astimezone(zone).time().replace(fold=0)


@given(MOMENTS, st.lists(ZONES, min_size=1, max_size=3))
def test_what_is_allowed_is_never_early_and_never_at_night(moment: datetime, zones: list[ZoneInfo]) -> None:
    allowed = next_allowed(moment, zones, HOURS)
    assert allowed >= moment
    assert HOURS.opens <= shown(allowed, zones[0]) < HOURS.closes
    assert next_allowed(allowed, zones, HOURS) == allowed


@given(MOMENTS, ZONES)
def test_an_allowed_moment_is_not_moved_and_its_hours_end_the_same_day(moment: datetime, zone: ZoneInfo) -> None:
    allowed = next_allowed(moment, [zone], HOURS)
    end = closing(allowed, [zone], HOURS)
    assert allowed < end <= allowed + timedelta(hours=14)
    assert shown(end, zone) == HOURS.closes


def test_of_two_zones_the_stricter_decides() -> None:
    at_eight_in_dallas = at_local(date(2041, 1, 7), time(8), DALLAS)
    zones = [DALLAS, ZoneInfo("America/Los_Angeles")]
    assert next_allowed(at_eight_in_dallas, zones, HOURS) == at_local(date(2041, 1, 7), time(8), zones[1])


def test_zones_are_taken_in_the_order_of_the_ruling() -> None:
    assert zones_for("Asia/Tokyo", "America/Chicago", "Asia/Kolkata") == [TOKYO]
    assert zones_for(None, "America/Chicago", "Asia/Kolkata") == [DALLAS]
    assert zones_for("no such zone", None, "Asia/Kolkata") == [KOLKATA]
    assert zones_for(None) == [ZoneInfo("UTC")]
    toll_free = time_zones_of("+18005550123")
    by_prefix = zones_for(None, by_prefix=toll_free)
    assert len(toll_free) == len(by_prefix) > 3


@given(MOMENTS, ZONES, st.times().map(lambda at: at.replace(microsecond=0)))
def test_the_next_slot_is_within_a_day_and_a_changed_clock(moment: datetime, zone: ZoneInfo, at: time) -> None:
    slot = next_slot(moment, at, zone)
    assert moment <= slot <= moment + timedelta(days=2, hours=2)


def test_a_skipped_hour_moves_forward_and_a_repeated_one_is_the_first() -> None:
    assert at_local(date(2041, 3, 10), time(2, 30), DALLAS) == datetime(2041, 3, 10, 8, 30, tzinfo=UTC)
    assert shown(at_local(date(2041, 3, 10), time(2, 30), DALLAS), DALLAS) == time(3, 30)
    assert at_local(date(2041, 11, 3), time(1, 30), DALLAS) == datetime(2041, 11, 3, 6, 30, tzinfo=UTC)


def runs(recurrence: Recurrence, zone: ZoneInfo, count: int) -> list[datetime]:
    made = [recurrence.starts_at]
    while len(made) < count and (run := next_run(recurrence, zone, runs=len(made), after=made[-1])):
        made.append(run)
    return made


@pytest.mark.parametrize("first", [datetime(2041, 3, 7, 2, 30), datetime(2041, 10, 31, 1, 30)])  # noqa: DTZ001
def test_a_daily_run_happens_once_a_day_over_daylight_saving(first: datetime) -> None:
    made = runs(Recurrence(1, first.replace(tzinfo=DALLAS).astimezone(UTC)), DALLAS, 7)
    days = [run.astimezone(DALLAS).date() for run in made]
    assert days == [first.date() + timedelta(days=number) for number in range(7)]
    at = {shown(run, DALLAS) for run in made if run.astimezone(DALLAS).date() != date(2041, 3, 10)}
    assert at == {first.time()}


@given(MOMENTS, ZONES, st.integers(1, 40), st.integers(0, 400))
def test_missed_runs_are_one(starts_at: datetime, zone: ZoneInfo, interval: int, days_down: int) -> None:
    recurrence = Recurrence(interval, starts_at)
    woken = starts_at + timedelta(days=days_down, hours=1)
    run = next_run(recurrence, zone, runs=1, after=woken)
    assert run is not None
    assert woken < run <= woken + timedelta(days=interval + 2)
    apart = (run.astimezone(zone).date() - starts_at.astimezone(zone).date()).days
    assert apart % interval in (0, 1)  # one where the skipped day of a zone that crossed the date line moves it


def test_a_series_ends_by_count_or_by_date() -> None:
    first = at_local(date(2041, 5, 1), time(10), DALLAS)
    assert len(runs(Recurrence(7, first, count=3), DALLAS, 10)) == 3
    assert len(runs(Recurrence(7, first, ends_at=first + timedelta(days=14)), DALLAS, 10)) == 3


def test_a_series_that_counts_from_completion_keeps_its_hour() -> None:
    first = at_local(date(2041, 10, 20), time(10), DALLAS)
    late = at_local(date(2041, 10, 30), time(19, 12), DALLAS)
    run = run_after_completion(Recurrence(7, first), DALLAS, runs=1, completed_at=late)
    assert run == at_local(date(2041, 11, 6), time(10), DALLAS)


@given(MOMENTS, ZONES, ZONES)
def test_a_person_who_moves_keeps_the_hour(moment: datetime, old: ZoneInfo, new: ZoneInfo) -> None:
    moved = same_clock_elsewhere(moment, old, new)
    there = moved.astimezone(new).replace(tzinfo=None)
    here = moment.astimezone(old).replace(tzinfo=None)
    assert abs(there - here) <= timedelta(hours=24 if new.key == "Pacific/Apia" else 1)


def clock(now: datetime, zone: ZoneInfo = DALLAS, policy: Policy | None = None) -> Clock:
    return Clock([zone], policy or Policy(), now)


def item(made_at: datetime, due_date: datetime | None = None) -> SimpleNamespace:
    return SimpleNamespace(
        id=uuid4(), due_date=due_date, reminder_time=None, made_at=made_at, action_type="x", related_partner_id=None
    )


EVENT = SimpleNamespace(name="Power100 Dallas", ends_on=date(2041, 10, 7))


@given(st.integers(1, 400), st.integers(0, 23))
def test_the_first_check_in_is_never_later_than_the_morning_of_the_due_date(days: int, hour: int) -> None:
    now = at_local(date(2041, 10, 6), time(11), DALLAS)
    due = at_local(date(2041, 10, 6) + timedelta(days=days), time(hour), DALLAS)
    for event in (EVENT, None):
        at, _ = first_check_in(item(now, due), event, clock(now))
        assert now < at
        assert at.astimezone(DALLAS).date() <= due.astimezone(DALLAS).date()
        assert hour < 8 or at <= max(due, at_local(due.astimezone(DALLAS).date(), time(10), DALLAS))


@given(MOMENTS)
def test_a_check_in_is_planned_for_what_is_still_to_come(now: datetime) -> None:
    at, _ = first_check_in(item(now - timedelta(days=400)), EVENT, clock(now))
    assert at >= now


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("America/Chicago", "2041-10-08 10:00"),
        ("America/Los_Angeles", "2041-10-08 10:00"),
        ("Asia/Tokyo", "2041-10-09 10:00"),
    ],
)
def test_the_top_3_are_asked_for_when_the_event_is_over_where_it_was(zone: str, expected: str) -> None:
    now = at_local(date(2041, 10, 1), time(12), DALLAS)
    theirs = ZoneInfo(zone)
    plan = plan_priorities(uuid4(), uuid4(), EVENT.ends_on, DALLAS, clock(now, theirs))
    assert plan is not None
    assert f"{plan.at.astimezone(theirs):%Y-%m-%d %H:%M}" == expected


def row(planned_by: str = "policy", purpose: str = "check_in") -> SimpleNamespace:
    now = datetime(2041, 1, 7, 16, tzinfo=UTC)
    return SimpleNamespace(
        id=uuid4(),
        action_item_id=uuid4(),
        purpose=purpose,
        planned_by=planned_by,
        ends_when_completed=True,
        scheduled_time=now,
    )


NOON = datetime(2041, 1, 7, 18, tzinfo=UTC)


def decided(rows: list[SimpleNamespace], *, last: datetime | None = None, policy: Policy | None = None):  # type: ignore[no-untyped-def]
    clocks = [clock(NOON, policy=policy)] * len(rows)
    return decide(rows, ["pending"] * len(rows), clocks, stop=None, last_planned_text=last)


def test_what_is_due_together_is_one_text() -> None:
    assert decided([row(), row("caller"), row("person")]).texts == [[1, 2, 0]]


def test_without_digests_the_policy_still_says_one_thing_a_day() -> None:
    decision = decided([row(), row(), row("caller")], policy=Policy(digest=False))
    assert decision.texts == [[0], [2]]
    assert decision.later == {1: at_local(date(2041, 1, 8), time(10), DALLAS)}


def test_what_a_person_asked_for_goes_though_the_policy_spoke_today() -> None:
    decision = decided([row(), row("person")], last=NOON - timedelta(hours=3))
    assert decision.texts == [[1]]
    assert set(decision.later) == {0}


def test_the_top_3_question_stands_alone_and_the_rest_waits_a_day() -> None:
    decision = decided([row(), row(purpose="priorities")])
    assert decision.texts == [[1]]
    assert set(decision.later) == {0}


def test_a_digest_has_five_lines_and_the_rest_of_the_plan_waits() -> None:
    decision = decided([row() for _ in range(7)])
    assert [len(text) for text in decision.texts] == [5]
    assert len(decision.later) == 2
