"""RELIABILITY's statements about writes and the database, over real processes. The number is the statement's."""

import asyncio
import contextlib
import itertools
import time
from collections.abc import Callable

import asyncpg
import httpx
import pytest

from deploy.local.daytime import daytime_zone
from shared.ids import uuid7
from tests.faults.books import Auditor, version_of
from tests.faults.conftest import LONG_SECONDS, Person, database
from tests.faults.house import House
from tests.faults.storm import TERMINATE
from tests.shared.conftest import until as until_so
from tests.stack import until

pytestmark = pytest.mark.fault

phones = (f"+1903555{number:04d}" for number in itertools.count(100))


def post(house: House, body: dict[str, str], key: str) -> httpx.Response | None:
    """None where the connection was lost."""
    with contextlib.suppress(httpx.HTTPError):
        return house.stack.api.post("/api/v1/contractors", json=body, headers={"Idempotency-Key": key}, timeout=10)
    return None


def id_of(answer: httpx.Response | None) -> str | None:
    return str(answer.json()["id"]) if answer is not None and answer.is_success else None


@pytest.mark.parametrize("point", ["commit.before", "commit.after"])
async def test_01_a_service_is_killed_around_commit_and_the_client_repeats_its_key_one_row_one_event(
    house: House, auditor: Auditor, point: str
) -> None:
    place, phone, key = f"directory request {point}", next(phones), str(uuid7())
    body = {"full_name": "Kim Example", "phone": phone, "time_zone": daytime_zone()}
    with house.ending_at(place):
        first = post(house, body, key)
    assert first is None or first.status_code >= 500
    made = until(lambda: id_of(post(house, body, key)), 30, "an answer")
    async with database(house, "directory") as directory:
        assert await directory.fetchval("SELECT count(*) FROM contractors WHERE phone = $1", phone) == 1
    await auditor.drained()
    events = {each.id for each in await auditor.records() if each.subject == made}
    assert len(events) == 1
    async with database(house, "actions") as actions:
        assert await actions.fetchval("SELECT count(*) FROM contractors WHERE id = $1::uuid", made) == 1


async def test_03_eight_writers_on_five_keys_every_committed_event_is_relayed_in_commit_order_per_key(
    house: House, auditor: Auditor, people: Callable[[int], list[Person]]
) -> None:
    rows = [person.id for person in people(5)]
    demo = house.stack.demo
    async with httpx.AsyncClient(base_url=demo["gateway"], headers={"X-API-Key": demo["api_key"]}) as api:

        async def write(writer: int) -> None:
            for number in range(10):
                row = rows[(writer + number) % 5]
                answer = await api.patch(f"/api/v1/contractors/{row}", json={"company": f"Firm {writer} {number}"})
                assert answer.status_code == 200, answer.text

        await asyncio.gather(*(write(writer) for writer in range(8)))
    await auditor.drained()
    told: dict[str, list[int]] = {row: [] for row in rows}
    for record in await auditor.records():
        if record.type.startswith("contractor.") and record.subject in told:
            told[record.subject].append(version_of(record))
    assert all(versions == list(range(1, 18)) for versions in told.values()), told


async def test_04_a_transaction_rolls_back_while_the_relay_polls_no_phantom_event(
    house: House, auditor: Auditor, person: Person
) -> None:
    taken = {"full_name": "Kim Example", "phone": person.phone, "time_zone": daytime_zone()}
    for _ in range(20):
        refused = post(house, taken, str(uuid7()))
        assert refused is not None
        assert refused.status_code == 409, refused.text
    with house.ending_at("directory request commit.before"):
        post(house, {**taken, "phone": next(phones)}, str(uuid7()))
    house.until_ready()
    await auditor.drained()
    assert (await auditor.no_phantoms(await auditor.records())).holds


def test_11_postgresql_is_killed_and_restarted_every_service_recovers_without_a_restart_of_its_own(
    house: House, person: Person
) -> None:
    ours = [name for name in house.processes if name != "postgres"]
    before = {name: house.pid(name) for name in ours}
    assert house.kill("postgres")
    until(lambda: person.text("Met Robin Reed, wants a quote"), 20, "a text that is taken")
    taken = len(house.stack.outbound(person.phone))
    until(lambda: person.heard(), 20, "a reply")
    assert {name: house.pid(name) for name in ours} == before
    assert taken <= 1


async def test_12_connections_are_terminated_at_random_no_query_runs_under_another_tenants_settings(
    house: House,
) -> None:
    demo, stopping = house.stack.demo, asyncio.Event()
    seen: list[tuple[str, int, str]] = []

    async def read(api: httpx.AsyncClient, whose: str) -> None:
        while not stopping.is_set():
            with contextlib.suppress(httpx.HTTPError):
                answer = await api.get("/api/v1/account")
                seen.append((whose, answer.status_code, answer.json().get("id")))

    async with contextlib.AsyncExitStack() as stack:
        readers = []
        for whose in (demo["api_key"], demo["other_account"]["api_key"]) * 2:
            client = httpx.AsyncClient(base_url=demo["gateway"], headers={"X-API-Key": whose}, timeout=10)
            api = await stack.enter_async_context(client)
            readers.append(asyncio.create_task(read(api, whose)))
        await terminate_at_random(house, LONG_SECONDS)
        stopping.set()
        await asyncio.gather(*readers)
    read_as = {(whose, row_id) for whose, status, row_id in seen if status == 200}
    assert len(read_as) == 2, read_as
    house.until_ready()
    assert house.stack.api.get("/api/v1/account").status_code == 200


async def terminate_at_random(house: House, seconds: float) -> None:
    async with database(house, "postgres") as admin:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            await admin.execute(TERMINATE)
            await asyncio.sleep(0.05)


async def test_13_a_process_dies_while_it_holds_a_row_lock_the_lock_is_gone_within_a_second(
    house: House, people: Callable[[int], list[Person]]
) -> None:
    """It holds a contractor, and waits for a phone number that another transaction is about to take."""
    person, rival = people(2)
    phone = next(phones)
    async with database(house, "directory") as other, database(house, "directory") as admin, other.transaction():
        await other.execute("UPDATE contractors SET phone = $1 WHERE id = $2::uuid", phone, rival.id)
        patch = asyncio.create_task(asyncio.to_thread(_patch, house, person.id, phone))
        await until_so(lambda: is_locked(admin, person.id), 20)
        house.kill("directory")
        began = time.monotonic()
        await until_so(lambda: is_free(admin, person.id), 20)
        assert time.monotonic() - began < 1
        await patch


def _patch(house: House, row_id: str, phone: str) -> None:
    with contextlib.suppress(httpx.HTTPError):
        house.stack.api.patch(f"/api/v1/contractors/{row_id}", json={"phone": phone})


async def is_locked(admin: asyncpg.Connection, row_id: str) -> bool:
    return not await is_free(admin, row_id)


async def is_free(admin: asyncpg.Connection, row_id: str) -> bool:
    try:
        await admin.fetchval("SELECT 1 FROM contractors WHERE id = $1::uuid FOR UPDATE NOWAIT", row_id)
    except asyncpg.LockNotAvailableError:
        return False
    return True
