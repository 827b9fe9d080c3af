"""What `make clock TO=…` understands."""

from datetime import UTC, datetime, timedelta

import pytest

from deploy.local.clock import shift_to

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("to", "present", "shift"),
    [
        ("+3d", timedelta(0), 3 * DAY),
        ("+3d", 2 * DAY, 5 * DAY),
        ("+2h", DAY, DAY + timedelta(hours=2)),
        ("-30m", timedelta(0), -timedelta(minutes=30)),
        ("2026-11-25T06:00:00-06:00", 9 * DAY, 3 * DAY),
        ("2026-11-23T12:00:00Z", timedelta(0), DAY),
        ("now", 4 * DAY, timedelta(0)),
    ],
)
def test_a_time_is_a_shift_of_the_real_one(to: str, present: timedelta, shift: timedelta) -> None:
    assert shift_to(to, present, NOW) == shift


@pytest.mark.parametrize("to", ["", "tomorrow", "+3", "3d", "2026-11-25T10:00:00", "2026-13-01T00:00:00Z"])
def test_what_is_not_a_time_with_its_zone_is_refused(to: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        shift_to(to, timedelta(0), NOW)
