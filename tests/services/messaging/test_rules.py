"""Decisions without a database: hours, numbers, statuses, Twilio's errors."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.messaging.messages.rules import STATUSES, rises, status_of_twilio
from services.messaging.questions.rules import number_options, with_option_lines
from services.messaging.sending.outcomes import (
    LookFirst,
    Outcome,
    Refused,
    TryLater,
    Unsubscribed,
    outcome_of_error,
)
from services.messaging.sending.rules import is_taken_over, next_opening, zones_for
from shared.contracts.messaging import Option

NOT_BEFORE, NOT_AFTER = (datetime.fromisoformat(day) for day in ("2026-01-01", "2027-12-31"))
DALLAS, NEW_YORK, PHOENIX, TOKYO = (
    ZoneInfo(name) for name in ("America/Chicago", "America/New_York", "America/Phoenix", "Asia/Tokyo")
)


@pytest.mark.parametrize(
    ("local", "opens"),
    [
        ("07:59", "08:00"),
        ("08:00", "08:00"),
        ("12:30", "12:30"),
        ("20:59", "20:59"),
        ("21:00", "08:00"),
        ("23:00", "08:00"),
    ],
)
def test_texts_go_from_eight_to_nine_in_the_evening(local: str, opens: str) -> None:
    moment = datetime.fromisoformat(f"2026-10-07T{local}").replace(tzinfo=DALLAS)
    opening = next_opening(moment.astimezone(UTC), [DALLAS]).astimezone(DALLAS)
    assert opening.strftime("%H:%M") == opens
    assert (opening.date() > moment.date()) == (local >= "21:00")


def test_of_several_zones_the_strictest_holds() -> None:
    evening = datetime(2026, 10, 7, 20, 30, tzinfo=PHOENIX)  # 22:30 in Dallas
    assert next_opening(evening, [DALLAS, PHOENIX]).astimezone(PHOENIX) == datetime(2026, 10, 8, 8, 0, tzinfo=PHOENIX)


def test_where_no_hour_suits_all_zones_the_first_one_decides() -> None:
    night = datetime(2026, 10, 7, 23, 0, tzinfo=NEW_YORK)
    antipodes = [NEW_YORK, ZoneInfo("Asia/Kolkata"), TOKYO]
    assert next_opening(night, antipodes) == datetime(2026, 10, 8, 8, 0, tzinfo=NEW_YORK)


@given(
    st.datetimes(NOT_BEFORE, NOT_AFTER, timezones=st.just(UTC)),
    st.sampled_from(["America/Chicago", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Sao_Paulo"]),
)
def test_an_opening_is_never_earlier_and_never_outside_the_hours(moment: datetime, name: str) -> None:
    zone = ZoneInfo(name)
    opening = next_opening(moment, [zone])
    assert moment <= opening <= moment + timedelta(hours=13)
    assert 8 <= opening.astimezone(zone).hour < 21


def test_the_contractors_zone_comes_before_the_planned_one_the_prefix_and_utc() -> None:
    assert zones_for("America/Chicago", "America/New_York", ["Asia/Tokyo"]) == [DALLAS]
    assert zones_for(None, "America/New_York", ["Asia/Tokyo"]) == [NEW_YORK]
    assert zones_for("Mars/Base", "Mars/Crater", ["Asia/Tokyo"]) == [TOKYO]
    assert zones_for(None, None, ["America/Chicago", "America/New_York"]) == [DALLAS, NEW_YORK]
    assert zones_for(None, None, []) == [ZoneInfo("UTC")]


def test_options_get_the_lowest_free_numbers() -> None:
    options = number_options([Option(key="a", label="A"), Option(key="b", label="B")], taken=[1, 3])
    assert with_option_lines("Well?", options) == "Well?\n2 A\n4 B"


@given(st.lists(st.sampled_from(["queued", "sending", "sent", "delivered", "read", "failed", "undelivered"])))
def test_a_status_ends_the_same_whatever_the_order(told: list[str]) -> None:
    def end(statuses: list[str]) -> str:
        current = "pending"
        for status in statuses:
            new = status_of_twilio(status)
            if new and rises(current, new):
                current = new
        return current

    assert end(told) == end(sorted(told)) == end(told[::-1])


def test_what_ended_before_it_left_never_rises() -> None:
    assert not any(
        rises(ended, new) for ended in ("suppressed", "expired", "cancelled", "received") for new in STATUSES[1:8]
    )


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (429, 20429, TryLater),
        (429, None, TryLater),
        (503, 20503, TryLater),
        (400, 21611, TryLater),
        (500, 20500, LookFirst),
        (502, None, LookFirst),
        (400, 21610, Unsubscribed),
        (400, 21211, Refused),
        (401, 20003, Refused),
    ],
)
def test_each_of_twilios_errors_has_its_consequence(status: int, code: int | None, kind: type[Outcome]) -> None:
    assert isinstance(outcome_of_error(status, code, "words"), kind)


@pytest.mark.parametrize(
    ("purpose", "epoch", "staff_mode", "dropped"),
    [
        ("reply", 1, False, True),
        ("reply", 2, False, False),
        ("reply", 2, True, True),
        ("reply", None, True, True),
        ("staff", None, True, False),
        ("consent", None, True, False),
        ("check_in", None, True, False),
        ("check_in", 1, False, True),
    ],
)
def test_who_is_silent_after_a_take_over(purpose: str, epoch: int | None, staff_mode: bool, dropped: bool) -> None:
    assert is_taken_over(purpose, epoch, 2, staff_mode) is dropped
