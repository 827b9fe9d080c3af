"""Every IANA time zone and every day of a year: allowed hours, what recurs, and "three days after the event at 10:00"."""

from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace
from uuid import uuid4
from zoneinfo import ZoneInfo, available_timezones

import pytest

from services.followups.planning.rules import Clock, first_check_in
from services.followups.policies.rules import Policy
from services.followups.recurring.rules import Recurrence, next_run
from services.followups.timing.rules import Hours, next_allowed

YEAR = 2027
DAYS = [date(YEAR, 1, 1) + timedelta(days=number) for number in range(365)]
# Every rule there is once: the other names are links, and `localtime` is the machine's.
ZONES = sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC")
LETTERS = sorted({zone[:6] for zone in ZONES})
TEN, HOURS = time(10), Hours()


def zones_of(letters: str) -> list[ZoneInfo]:
    return [ZoneInfo(zone) for zone in ZONES if zone.startswith(letters)]


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), UTC)


@pytest.mark.parametrize("letters", LETTERS)
def test_three_days_after_the_event_is_at_ten_where_the_person_is(letters: str) -> None:
    item = SimpleNamespace(
        id=uuid4(), due_date=None, reminder_time=None, made_at=midnight(DAYS[0]), action_type="x",
        related_partner_id=None,
    )  # fmt: skip
    for zone in zones_of(letters):
        clock = Clock([zone], Policy(), midnight(DAYS[0]) - timedelta(days=9))
        for day in DAYS:
            at, _ = first_check_in(item, SimpleNamespace(name="Expo", ends_on=day), clock)
            assert at.astimezone(zone).replace(tzinfo=None) == datetime.combine(day + timedelta(days=3), TEN), (
                zone,
                day,
            )


@pytest.mark.parametrize("letters", LETTERS)
def test_whenever_something_is_due_it_waits_for_the_day_and_for_nothing_else(letters: str) -> None:
    for zone in zones_of(letters):
        for number, day in enumerate(DAYS):
            due = midnight(day) + timedelta(hours=number * 7 % 24, minutes=number * 13 % 60)
            at, was = next_allowed(due, [zone], HOURS), due.astimezone(zone).time()
            shown = at.astimezone(zone).time()
            if HOURS.opens <= was < HOURS.closes:
                assert at == due
            else:
                assert timedelta() < at - due < timedelta(hours=13)
                assert shown == HOURS.opens, (zone, due)


@pytest.mark.parametrize("letters", LETTERS)
@pytest.mark.parametrize("hour", [TEN, time(2, 30)])
def test_what_is_daily_happens_once_on_every_day_at_its_hour(letters: str, hour: time) -> None:
    for zone in zones_of(letters):
        start = datetime.combine(DAYS[0], hour, zone)
        series = Recurrence(1, start.astimezone(UTC))
        run, seen = series.starts_at, [DAYS[0]]
        for runs in range(1, 365):
            following = next_run(series, zone, runs=runs, after=run)
            assert following is not None
            run = following
            local = run.astimezone(zone)
            seen.append(local.date())
            assert local.time() == hour or _skips(zone, local.date(), hour), (zone, local)
        assert seen == DAYS, zone


def _skips(zone: ZoneInfo, day: date, hour: time) -> bool:
    """Whether the zone's clocks never show that hour on that day."""
    there = datetime.combine(day, hour, zone)
    return there.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != there.replace(tzinfo=None)
