"""A worker is suspended for longer than its lease and its group wait, and then goes on as if nothing had been."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from tests.faults.conftest import Person, database
from tests.faults.house import House
from tests.faults.seconds import second
from tests.faults.servers import has_apache_kafka
from tests.shared.conftest import until as until_so

# The embedded broker evicts nobody: only Apache Kafka can show it.
pytestmark = [pytest.mark.fault, pytest.mark.apache]


@pytest.fixture
async def admin(house: House) -> AsyncIterator[AIOKafkaAdminClient]:
    if not has_apache_kafka():
        pytest.skip("Apache Kafka needs Java 17 and Maven, which this machine has not")
    admin = AIOKafkaAdminClient(bootstrap_servers=house.kafka)
    await admin.start()
    yield admin
    await admin.close()


async def has_members(admin: AIOKafkaAdminClient, group: str, count: int) -> bool:
    """Whether the group has agreed on so many."""
    [answer] = await admin.describe_consumer_groups([group])
    _, _, state, _, _, members, *_ = answer.groups[0]
    return bool(state == "Stable" and len(members) == count)


@pytest.mark.parametrize("service", ["messaging", "actions"])
async def test_05_and_08_a_worker_stalls_it_is_replaced_what_it_does_late_is_refused_each_effect_once(
    house: House, admin: AIOKafkaAdminClient, people: Callable[[int], list[Person]], service: str
) -> None:
    """The lease of its relay is another's within ten seconds, and its share of the topics with its session's end."""
    crowd, worker = people(6), f"{service}-worker"
    async with database(house, service) as base:
        holder = "SELECT holder FROM leases WHERE name = 'relay'"
        with second(house, worker):
            await until_so(lambda: has_members(admin, service, 2), 30)
            for person in crowd:
                person.text_each(["Met Robin Reed, wants a quote"])
            before = await base.fetchval(holder)
            house.signal(worker, signal.SIGSTOP)
            try:
                await until_so(lambda: has_members(admin, service, 1), 20)
                assert await base.fetchval(holder) != before
                for person in crowd:
                    person.text_each(["Met Ana Ruiz, wants a demo"])
                await asyncio.sleep(1)  # The other one has the stalled one's share in its hands by now.
            finally:
                house.signal(worker, signal.SIGCONT)
            await until_so(lambda: has_members(admin, service, 2), 20)
            for person in crowd:
                person.until_heard(2)
    log = (house.stack.home / "logs" / f"{worker}.log").read_text()
    assert "offsets were not committed" in log or "not recognized" in log, "its late word to the group was not refused"
