"""RELIABILITY's statements that need other days or a model, in a house whose clock is moved. The number is the statement's."""

import asyncio
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.faults.chaos import SETTINGS
from tests.faults.conftest import Person
from tests.faults.house import House, running_house
from tests.stack import until
from tests.standins.anthropic import KEY, AnthropicStandin, Fault, anthropic_standin

pytestmark = pytest.mark.fault

CHICAGO = ZoneInfo("America/Chicago")


@contextmanager
def in_a_thread() -> Iterator[AnthropicStandin]:
    """So that it answers while the test waits."""
    ready: Future[AnthropicStandin] = Future()
    loop, over = asyncio.new_event_loop(), asyncio.Event()

    async def serve() -> None:
        async with anthropic_standin() as standin:
            ready.set_result(standin)
            await over.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    yield ready.result(10)
    loop.call_soon_threadsafe(over.set)
    thread.join()
    loop.close()


@pytest.fixture(scope="module")
def model() -> Iterator[AnthropicStandin]:
    with in_a_thread() as standin:
        standin.fault = "overloaded"
        yield standin


@pytest.fixture(scope="module")
def house(model: AnthropicStandin, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    told = {"FT_ANTHROPIC_API_KEY": KEY, "FT_ANTHROPIC_BASE_URL": model.url, "FT_AI_TIMEOUT": "1"}
    with running_house(tmp_path_factory.mktemp("days"), **SETTINGS, **told) as house:
        yield house


def invite(house: House, number: int) -> Person:
    phone = f"+1940555{100 + number:04d}"
    body = {"full_name": "Pat Example", "phone": phone, "time_zone": "America/Chicago"}
    answer = house.stack.api.post("/api/v1/contractors", json=body)
    assert answer.status_code == 201, answer.text
    person = Person(house, answer.json()["id"], phone)
    time.sleep(1)
    return person


def move(house: House, moment: datetime) -> None:
    done = house.stack.command("clock", TO=moment.isoformat())
    assert done.returncode == 0, done.stderr


FAULTS: tuple[Fault, ...] = ("overloaded", "hang", "cut", "error_event", "truncated")


def test_25_anthropic_is_overloaded_hangs_cuts_errs_or_truncates_the_offline_provider_answers(
    house: House, model: AnthropicStandin
) -> None:
    person = invite(house, 0)
    for number, fault in enumerate(FAULTS, 1):
        model.fault, asked = fault, len(model.requests)
        assert person.text(f"Met Robin Reed {number}, wants a quote")
        bodies = person.until_heard(number, 30)
        assert "Robin Reed" in bodies[-1], fault
        assert len(model.requests) > asked or number > 3, f"nobody asked the model while it had {fault}"
    model.fault = "overloaded"
    notes = house.stack.items("/api/v1/notes", contractor_id=person.id)
    assert len(notes) == len(FAULTS)


def test_19_daylight_saving_begins_a_daily_check_in_happens_once_at_the_local_time(house: House) -> None:
    """On 14 March 2027 Chicago's clocks go from 2:00 to 3:00."""
    person = invite(house, 1)
    ten = datetime(2027, 3, 13, 10, tzinfo=CHICAGO)
    move(house, ten - timedelta(minutes=30))
    body = {
        "contractor_id": person.id,
        "scheduled_time": ten.isoformat(),
        "message_template": "How is the roof?",
        "ai_should_personalize": False,
        "is_recurring": True,
        "recurrence_interval_days": 1,
        "recurrence_count": 3,
    }
    assert house.stack.api.post("/api/v1/followup-schedules", json=body).status_code == 201
    for days in range(3):
        day = ten.date() + timedelta(days=days)
        move(house, datetime(day.year, day.month, day.day, 9, 58, tzinfo=CHICAGO))
        time.sleep(1.5)
        assert len(person.heard()) == days
        move(house, datetime(day.year, day.month, day.day, 10, 0, tzinfo=CHICAGO))
        person.until_heard(days + 1)


def test_20_the_scheduler_was_down_for_six_hours_one_catch_up_per_schedule_outside_quiet_hours(house: House) -> None:
    person = invite(house, 2)
    evening = datetime(2027, 4, 6, 20, tzinfo=CHICAGO)
    move(house, evening)
    for job in ("roof", "pump"):
        person.check_in(f"How is the {job}?", (evening + timedelta(minutes=30)).isoformat())
    with house.down("followups-worker"):
        move(house, evening + timedelta(hours=6))
    time.sleep(3)
    assert person.heard() == []
    move(house, datetime(2027, 4, 7, 9, tzinfo=CHICAGO))
    until(lambda: person.heard(), 20, "the catch-up")
    time.sleep(2)
    said = "\n".join(person.heard())
    assert (said.count("roof"), said.count("pump")) == (1, 1)
