"""RELIABILITY's statements about events and workers, over real processes. The number is the statement's."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.structs import OffsetAndMetadata

from tests.faults.books import Auditor
from tests.faults.conftest import LONG_SECONDS, NOTE, QUOTES, Person, database
from tests.faults.house import House
from tests.shared.conftest import until as until_so
from tests.stack import until

pytestmark = pytest.mark.fault

DEAD_LETTERS = "/api/v1/services/actions/dead-letters"


async def test_02_the_relay_is_killed_after_kafkas_acknowledgement_published_again_effect_once(
    house: House, auditor: Auditor, person: Person
) -> None:
    await auditor.drained()
    before = Counter(record.id for record in await auditor.records())
    with house.ending_at("messaging-worker Relay.run publish.acknowledged"):
        assert person.text(NOTE)
    person.until_heard(1)
    await auditor.drained()
    after = Counter(record.id for record in await auditor.records())
    assert [event for event, times in after.items() if times == 2 and event not in before]
    assert max(times for event, times in after.items() if event not in before) == 2


async def test_06_kafka_is_down_writes_answer_and_the_backlog_drains(
    house: House, auditor: Auditor, person: Person
) -> None:
    with house.down("kafka"):
        end = time.monotonic() + LONG_SECONDS
        while time.monotonic() < end:
            assert person.text(NOTE)
            assert house.stack.api.patch(f"/api/v1/contractors/{person.id}", json={"company": "A"}).status_code == 200
            assert house.stack.api.get("/readyz").status_code == 200
            await asyncio.sleep(0.5)
        assert person.heard() == []
    person.until_heard(len(person.said), 60)
    await auditor.drained()


@pytest.mark.parametrize("point", ["commit.before", "commit.after", "offsets.before"])
async def test_07_a_consumer_is_killed_between_its_effect_and_the_offsets_commit_the_effect_happens_once(
    house: House, person: Person, point: str
) -> None:
    with house.ending_at(f"actions-worker Consumer.run {point}"):
        assert person.text(NOTE)
    person.until_heard(1)
    async with database(house, "actions") as actions:
        count = "SELECT count(*) FROM {} WHERE contractor_id = $1::uuid"
        assert await actions.fetchval(count.format("concierge_turns"), person.id) == 1
        assert await actions.fetchval(count.format("event_notes"), person.id) == 1


async def test_09_consumer_offsets_are_reset_to_the_beginning_no_new_effects(
    house: House, auditor: Auditor, person: Person
) -> None:
    assert person.text(NOTE)
    person.until_heard(1)
    await auditor.drained()
    sent, group = len(house.stack.twilio.get("/standin/ledger", params={"limit": "100000"}).json()["items"]), "actions"
    async with database(house, group) as actions:
        turns = await actions.fetchval("SELECT count(*) FROM concierge_turns")
        with house.down(f"{group}-worker"):
            await _set_back(house, group)
        await auditor.drained()
        assert await actions.fetchval("SELECT count(*) FROM concierge_turns") == turns
    now = len(house.stack.twilio.get("/standin/ledger", params={"limit": "100000"}).json()["items"])
    assert now == sent


async def _set_back(house: House, group: str) -> None:
    """Once Kafka has given up the member that died."""
    admin = AIOKafkaAdminClient(bootstrap_servers=house.kafka)
    reader = AIOKafkaConsumer(bootstrap_servers=house.kafka, group_id=group, enable_auto_commit=False)
    await admin.start()
    await reader.start()
    try:
        committed = await admin.list_consumer_group_offsets(group)
        await until_so(lambda: _is_empty(admin, group), 30)
        first = {tp: OffsetAndMetadata(0, "") for tp in committed}
        reader.assign([TopicPartition(tp.topic, tp.partition) for tp in committed])
        await reader.commit(first)
    finally:
        await reader.stop()
        await admin.close()


async def _is_empty(admin: AIOKafkaAdminClient, group: str) -> bool:
    [described] = await admin.describe_consumer_groups([group])
    return bool(described.groups[0][2] == "Empty")


async def test_10_a_poison_message_is_dead_lettered_its_key_parked_in_order_others_flow_a_replay_works_once(
    house: House, people: Callable[[int], list[Person]]
) -> None:
    """A trigger that refuses one person's turns is the poison, and taking it away the fix."""
    poisoned, other = people(2)
    async with database(house, "actions") as actions:
        await actions.execute(
            f"""CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE 'poison' USING ERRCODE = 'check_violation'; END $$;
            CREATE TRIGGER poison BEFORE INSERT ON concierge_turns FOR EACH ROW
            WHEN (NEW.address = '{poisoned.phone}') EXECUTE FUNCTION poison()"""
        )
        try:
            poisoned.text_each(QUOTES[:3])
            assert other.text(NOTE)
            other.until_heard(1)
            until(lambda: len(_letters(house)) == 3, 60, "a dead letter and two parked")
            letters = _letters(house)
            assert sorted(letter["state"] for letter in letters) == ["dead", "parked", "parked"]
        finally:
            await actions.execute("DROP TRIGGER poison ON concierge_turns; DROP FUNCTION poison()")
        assert poisoned.heard() == []
        dead = next(letter for letter in letters if letter["state"] == "dead")
        assert house.stack.api.post(f"{DEAD_LETTERS}/{dead['id']}/replay").status_code in (200, 202)
        poisoned.until_heard(3)
    assert await said_in_order(house, poisoned) == QUOTES[:3]
    assert _letters(house) == []


async def said_in_order(house: House, person: Person) -> list[str]:
    """What they said, in the order in which it was dealt with."""
    query = "SELECT messages -> 0 ->> 'body' FROM concierge_turns WHERE contractor_id = $1::uuid ORDER BY finished_at"
    async with database(house, "actions") as actions:
        return [row[0] for row in await actions.fetch(query, person.id)]


def _letters(house: House) -> list[dict[str, str]]:
    return [letter for letter in house.stack.items(DEAD_LETTERS) if letter["state"] in ("dead", "parked")]


async def test_14_notify_is_lost_polling_still_finds_the_work(house: House, person: Person) -> None:
    async with database(house, "postgres") as admin:

        async def nobody_hears() -> None:
            while True:
                await admin.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'wakeups'"
                )
                await asyncio.sleep(0.02)

        deaf = asyncio.create_task(nobody_hears())
        await asyncio.sleep(0.2)
        assert person.text(NOTE)
        await until_so(lambda: bool(person.heard()), 20)
        deaf.cancel()


async def test_15_a_worker_is_killed_after_claiming_its_job_is_picked_up_within_30_seconds(
    house: House, person: Person
) -> None:
    with house.ending_at("actions-worker JobLoop.run claim.after"):
        assert person.text(NOTE)
    person.until_heard(1, 30)


async def test_30_two_turns_of_one_contractor_are_due_they_run_one_after_the_other_in_order(
    house: House, person: Person
) -> None:
    with house.stopped("actions-worker"):
        person.text_each(QUOTES)
    person.until_heard(8)
    assert await said_in_order(house, person) == QUOTES


async def test_31_a_service_lost_its_replicas_filled_again_by_republishing_no_effect_repeated(
    house: House, auditor: Auditor, person: Person
) -> None:
    assert person.text(NOTE)
    person.until_heard(1)
    await auditor.drained()
    sent = len(house.stack.outbound(person.phone))
    async with database(house, "messaging") as messaging:
        known = await messaging.fetchval("SELECT count(*) FROM contractors")
        await messaging.execute("SET session_replication_role = replica; DELETE FROM contractors")
        await asyncio.to_thread(_republish, house)
        full = "SELECT count(*) >= $1 FROM contractors WHERE row_version > 0"
        await until_so(lambda: messaging.fetchval(full, known), 20)
    await auditor.drained()
    assert len(house.stack.outbound(person.phone)) == sent
    assert person.text("Met Ana Ruiz, wants a demo")
    person.until_heard(sent + 1)


def _republish(house: House) -> None:
    """Account by account, as their owners."""
    for account in house.accounts:
        bearer = {"Authorization": f"Bearer {house.token(account)}"}
        url = f"{house.url('directory')}/internal/republish"
        answer = house.stack.api.post(url, params={"type": "contractor"}, headers=bearer)
        assert answer.status_code == 202, answer.text
