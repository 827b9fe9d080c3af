"""How fast the consumer takes a topic that is full: inbox row and one upsert for each event, a hundred to a transaction.

    python -m benchmarks.consumer [--events 50000]

Producer and consumer have a process each. The handler is a real one: actions' copy of directory's contractors.
"""

import asyncio
import time
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import uvloop

from benchmarks.measure import Number, finish, options
from benchmarks.places import broker, brokers, choose_brokers, migrated, postgres, processes, superuser_dsn, until
from services.actions.replicas.models import Contractor
from shared.bus.consumer import Consumer
from shared.bus.envelope import Envelope
from shared.bus.kafka import KafkaCluster
from shared.bus.replicas import replica
from shared.bus.subscription import Subscription
from shared.contracts.directory import ContractorUpdated
from shared.db.database import Database
from shared.ids import uuid7

TOPIC = ContractorUpdated.topic_for("directory")
LEAST = 3_000
PEOPLE = 1_000


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--events", type=int, default=50_000, help="in the topic before the consumer starts")
    choose_brokers(parser)
    told = parser.parse_args()
    numbers = [measure(kind, told.events, accounts) for kind in brokers(told.broker) for accounts in (1, 10)]
    finish("consumer", "The consumer, with inbox and one upsert an event", numbers, told.results)


def measure(kind: str, events: int, accounts: int) -> Number:
    with postgres() as server, broker(kind) as kafka, processes(1) as producer, processes(1) as consumer:
        urls = asyncio.run(migrated(server, "actions"))
        producer.submit(produce, kafka, events, accounts).result()
        seconds = consumer.submit(consume, urls, kafka, events).result()
        edits = asyncio.run(copied(superuser_dsn(server, "actions")))
    assert edits == events, f"{edits} of {events} edits were copied"
    of = "one account" if accounts == 1 else f"{accounts} accounts, mixed"
    return Number(f"{kind} broker, {events:,} events of {of}", events / seconds, "events/s", LEAST, at_least=True)


def produce(kafka: KafkaCluster, events: int, accounts: int) -> None:
    uvloop.run(_produce(kafka, events, accounts))


async def _produce(kafka: KafkaCluster, events: int, accounts: int) -> None:
    await kafka.ensure_topics([TOPIC])
    people = [(uuid7(), uuid7()) for _ in range(PEOPLE)]
    tenants = [account for account, _ in people[:accounts]]
    producer = kafka.producer("benchmark")
    await producer.start()
    acks = []
    for n in range(events):
        sent = _envelope(tenants[n % PEOPLE % accounts], people[n % PEOPLE][1], version=n // PEOPLE + 1)
        key, value = sent.key.encode(), sent.payload.encode()
        acks.append(await producer.send(TOPIC, value, key=key, headers=sent.headers()))
    await asyncio.gather(*acks)
    await producer.stop()


def _envelope(account_id: UUID, contractor_id: UUID, version: int) -> Envelope:
    event = ContractorUpdated(
        id=contractor_id, row_version=version, full_name="Maria Lopez", phone="+12145550123", email="maria@example.com",
        company="Lopez Roofing", time_zone="America/Chicago", focus_areas=["roofing"], changed=["company"],
    )  # fmt: skip
    return Envelope(
        id=uuid7(), source="/services/directory", type=event.type, time=datetime.now(UTC), subject=event.subject,
        account_id=account_id, key=event.key, topic=TOPIC, payload=event.model_dump_json(),
    )  # fmt: skip


def consume(urls: dict[str, str], kafka: KafkaCluster, events: int) -> float:
    """Seconds from the consumer's start until every event is in the inbox."""
    return uvloop.run(_consume(urls, kafka, events))


async def _consume(urls: dict[str, str], kafka: KafkaCluster, events: int) -> float:
    app, owner = (Database(urls[role], service="actions", pool_size=1) for role in ("app", "owner"))
    subscription = Subscription({}, replica(Contractor, ContractorUpdated))
    consumer = Consumer(app, kafka, subscription, member="benchmark" if kafka.embedded else None)

    async def all_handled() -> bool:
        async with owner.connection() as connection:
            return bool(await connection.fetchval("SELECT count(*) FROM inbox") >= events)

    begin = time.monotonic()
    running = asyncio.create_task(consumer.run())
    await until(all_handled, pause=0.1)
    seconds = time.monotonic() - begin
    running.cancel()
    await asyncio.wait([running])
    await app.close()
    await owner.close()
    return seconds


async def copied(dsn: str) -> int:
    """Edits that the copies have seen, of all tenants: the last event of a person is the newest version."""
    connection = await asyncpg.connect(dsn)
    found: int = await connection.fetchval("SELECT sum(row_version) FROM contractors")
    await connection.close()
    return found


if __name__ == "__main__":
    main()
