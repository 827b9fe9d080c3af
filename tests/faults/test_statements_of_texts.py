"""RELIABILITY's statements about texts and check-ins, counted in Twilio's ledger. The number is the statement's."""

import asyncio
import re
import signal
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from tests.faults.books import Auditor
from tests.faults.conftest import LONG_SECONDS, NOTE, QUOTES, Person, database
from tests.faults.house import House
from tests.faults.seconds import second
from tests.shared.conftest import until as until_so
from tests.stack import until

pytestmark = pytest.mark.fault


def now(later: float = 0) -> str:
    return (datetime.now(UTC) + timedelta(seconds=later)).isoformat()


async def test_16_a_process_is_killed_after_twilio_accepted_and_before_we_recorded_it_never_sent_again(
    house: House, person: Person
) -> None:
    with house.ending_at("messaging-worker Sender.work provider.after"):
        assert person.text(NOTE)
    person.until_heard(1)
    async with database(house, "messaging") as messaging:
        status = "SELECT status IN ('sent', 'delivered') FROM messages WHERE address = $1 AND direction = 'outbound'"
        await until_so(lambda: messaging.fetchval(status, person.phone), 60)
    person.until_heard(1)


async def test_16_a_process_is_killed_before_twilio_was_asked_in_doubt_and_never_sent_blindly(
    house: House, person: Person
) -> None:
    with house.ending_at("messaging-worker Sender.work provider.before"):
        assert person.text(NOTE)
    async with database(house, "messaging") as messaging:
        status = "SELECT status = 'in_doubt' FROM messages WHERE address = $1 AND direction = 'outbound'"
        await until_so(lambda: messaging.fetchval(status, person.phone), 60)
    await asyncio.sleep(3)
    assert person.heard() == []


def test_21_stop_arrives_while_a_check_in_is_being_sent_nothing_is_leased_after_that_commit(
    house: House, person: Person
) -> None:
    """The first is with Twilio, which takes its time to say so; the second waits behind it."""
    for fault in ({"kind": "slow_after", "seconds": 2}, {"kind": "drop_callbacks"}):
        asked = house.stack.twilio.post("/standin/faults", json={**fault, "count": 1, "to": person.phone})
        assert asked.status_code == 201
    person.check_in("How is the roof?", now())
    until(lambda: person.heard(), 20, "the first one")
    person.check_in("How is the pump?", now())
    time.sleep(0.5)
    assert person.text("STOP")
    time.sleep(4)
    assert [body.splitlines()[0] for body in person.heard()] == ["How is the roof?"]


async def test_17_two_dispatchers_and_many_check_ins_due_at_once_each_is_said_once(
    house: House, people: Callable[[int], list[Person]]
) -> None:
    """A hundred here; `python -m benchmarks.checkins` hands over ten thousand."""
    crowd = people(20)
    with second(house, "followups-worker"), house.stopped("followups-worker"):
        due = now(4)
        for number in range(100):
            crowd[number % 20].check_in(f"How is job {number} going?", due)
        house.signal("followups-worker", signal.SIGCONT)
        until(lambda: len(_jobs(crowd)) >= 100, 40, "all check-ins")
        await asyncio.sleep(1)
    assert _jobs(crowd) == Counter(map(str, range(100)))


def _jobs(crowd: list[Person]) -> Counter[str]:
    bodies = [body for person in crowd for body in person.heard()]
    return Counter(number for body in bodies for number in re.findall(r"How is job (\d+)", body))


async def test_18_a_workers_clock_is_two_hours_wrong_nothing_is_early(
    house: House, people: Callable[[int], list[Person]]
) -> None:
    early, due = people(2)
    with second(house, "followups-worker", hours_wrong=2), house.stopped("followups-worker"):
        early.check_in("How is the roof?", now(3600))
        due.check_in("How is the pump?", now())
        due.until_heard(1)
        await asyncio.sleep(2)
        assert early.heard() == []


async def test_21_done_is_obeyed_within_two_seconds_what_waits_is_cancelled(house: House, person: Person) -> None:
    assert person.text("Send Robin Reed the plans by Friday")
    person.until_heard(1)
    async with database(house, "followups") as followups:
        waiting = (
            "SELECT count(*) > 0 FROM contractor_followup_schedules"
            " WHERE contractor_id = $1::uuid AND status = 'scheduled' AND action_item_id IS NOT NULL"
        )
        await until_so(lambda: followups.fetchval(waiting, person.id), 10)
        assert person.text("I sent Robin Reed the plans, all done")
        began = time.monotonic()

        async def nothing_waits() -> bool:
            return not await followups.fetchval(waiting, person.id)

        await until_so(nothing_waits, 10)
        assert time.monotonic() - began < 2


def test_22_the_same_webhook_arrives_five_times_at_once_one_note_one_reply(house: House, person: Person) -> None:
    sent = house.stack.text(person.phone, NOTE, deliver=False)
    again = house.stack.twilio.post(f"/standin/texts/{sent['sid']}/deliver", params={"times": "5"})
    assert again.status_code == 200
    person.until_heard(1)
    assert len(house.stack.items("/api/v1/notes", contractor_id=person.id)) == 1


def test_23_killed_right_after_answering_the_webhook_the_message_is_durable_and_gets_processed(
    house: House, person: Person
) -> None:
    assert person.text(NOTE)
    house.kill("messaging")
    house.kill("messaging-worker")
    person.until_heard(1)


async def test_24_delivery_callbacks_arrive_in_any_order_the_same_final_status(house: House, person: Person) -> None:
    for kind in ("shuffle_callbacks", "repeat_callbacks"):
        fault = {"kind": kind, "count": 4, "to": person.phone}
        assert house.stack.twilio.post("/standin/faults", json=fault).status_code == 201
    person.text_each(QUOTES[:4])
    person.until_heard(4)
    async with database(house, "messaging") as messaging:
        delivered = "SELECT bool_and(status = 'delivered') FROM messages WHERE address = $1 AND direction = 'outbound'"
        await until_so(lambda: messaging.fetchval(delivered, person.phone), 30)


async def test_29_messaging_is_down_while_texts_arrive_afterwards_every_text_is_stored_once(
    house: House, auditor: Auditor, person: Person
) -> None:
    end = time.monotonic() + LONG_SECONDS
    with house.down("messaging"):
        while time.monotonic() < end:
            assert not person.text(NOTE)
            await asyncio.sleep(0.5)
    person.until_heard(len(person.said), 60)
    async with database(house, "messaging") as messaging:
        rows = await messaging.fetch(
            "SELECT provider_sid FROM messages WHERE address = $1 AND direction = 'inbound'", person.phone
        )
    assert sorted(row["provider_sid"] for row in rows) == sorted(person.said)


def test_28_postgresql_takes_nobody_in_for_a_while_nothing_is_lost(house: House, person: Person) -> None:
    """What a full disk does is shown in test_full_disk."""
    with house.cut("postgres"):
        refused = house.stack.api.patch(f"/api/v1/contractors/{person.id}", json={"company": "A"})
        assert refused.status_code == 503, refused.text
        assert not person.text(NOTE)
    house.until_ready()
    person.until_heard(1)
