"""A service that lost its replicas is filled again by their owner, and does nothing twice."""

from uuid import UUID

from sqlalchemy import select, text

from shared.bus.consumer import Consumer
from shared.bus.kafka import KafkaCluster
from shared.bus.relay import Relay
from shared.bus.replicas import replica
from shared.bus.subscription import Subscription
from shared.db.database import Database, Db, Tenant
from shared.db.listen import Wakeups
from tests.conftest import Urls, client_of
from tests.shared.conftest import running, until
from tests.shared.http.things_app import build
from tests.shared.sample import ThingCopy, ThingCreated, ThingSnapshot, ThingUpdated
from tests.standins.issuer import Issuer

THINGS = "/api/v1/things"
NAMES = {f"thing {number}" for number in range(4)} | {"renamed"}


async def test_an_emptied_replica_is_full_again_after_a_republish_and_nothing_acts_twice(
    app: Database, worker: Database, kafka: KafkaCluster, urls: Urls, issuer: Issuer, account_id: UUID
) -> None:
    acted: list[UUID] = []

    async def on_created(db: Db, event: ThingCreated) -> None:
        if db.account_id == account_id:  # other tests use the same broker
            acted.append(event.id)

    copies = replica(ThingCopy, ThingCreated, ThingUpdated, ThingSnapshot)
    consumer = Consumer(app, kafka, Subscription({ThingCreated: on_created}, copies), member="test-member")
    relay = Relay(worker, kafka, Wakeups(worker.url))
    async with (
        client_of(build(urls, issuer.jwks_url), issuer.bearer(account_id)) as client,
        running(relay.run, consumer.run),
    ):
        made = [(await client.post(THINGS, json={"name": f"thing {number}"})).json()["id"] for number in range(5)]
        await until(lambda: _has(app, account_id, {f"thing {number}" for number in range(5)}), 20)
        await client.patch(f"{THINGS}/{made[4]}", json={"name": "renamed"})  # nothing tells of it: a lost event
        async with app.begin(Tenant(account_id)) as db:
            await db.execute(text("DELETE FROM thing_copies"))
        answer = await client.post("/internal/republish", params={"type": "thing"})
        assert answer.json() == {"type": "thing", "count": 5}
        await until(lambda: _has(app, account_id, NAMES), 20)
    await relay.close()
    assert sorted(acted) == sorted(map(UUID, made))


async def _has(app: Database, account_id: UUID, names: set[str]) -> bool:
    async with app.begin(Tenant(account_id)) as db:
        return {copy.name for copy in (await db.scalars(select(ThingCopy))).all()} == names
