"""How fast the relay takes committed events from a full outbox to Kafka.

    python -m benchmarks.relay [--rows 100000]

The relay has a process of its own. What it published is counted in the broker.
"""

import asyncio
import time

import asyncpg
import uvloop

from benchmarks.measure import Number, finish, options
from benchmarks.places import broker, brokers, choose_brokers, migrated, postgres, processes, until
from shared.bus.kafka import KafkaCluster, TopicPartition
from shared.bus.relay import Relay
from shared.contracts.directory import ContractorUpdated
from shared.db.database import Database, asyncpg_dsn
from shared.db.listen import Wakeups
from shared.ids import uuid7

TOPIC = ContractorUpdated.topic_for("directory")
LEAST = 20_000
KEYS = 1_000
KEPT_SECONDS = {"embedded": 5.0, "apache": 0.0}  # as deploy/topology.py sets them
_FILL = """
INSERT INTO outbox (account_id, topic, key, type, subject, payload)
SELECT $1, $2, 'key ' || n % $3, $4, 'key ' || n % $3, $5 FROM generate_series(1, $6) AS n
"""


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--rows", type=int, default=100_000, help="waiting in the outbox")
    choose_brokers(parser)
    told = parser.parse_args()
    numbers = [measure(kind, told.rows) for kind in brokers(told.broker)]
    finish("relay", "The relay, from a full outbox", numbers, told.results)


def measure(kind: str, rows: int) -> Number:
    with postgres() as server, broker(kind) as kafka, processes(1) as pool:
        urls = asyncio.run(migrated(server, "directory"))
        asyncio.run(fill(urls["worker"], rows))
        seconds = pool.submit(relay_all, urls["worker"], kafka, rows, KEPT_SECONDS[kind]).result()
        published = asyncio.run(in_kafka(kafka))
    assert published == rows, f"{published} events of {rows} are in Kafka"
    return Number(f"{kind} broker, {rows:,} waiting", rows / seconds, "events/s", LEAST, at_least=True)


async def fill(url: str, rows: int) -> None:
    event = ContractorUpdated(
        id=uuid7(), row_version=2, full_name="Maria Lopez", phone="+12145550123", email="maria@example.com",
        company="Lopez Roofing", time_zone="America/Chicago", focus_areas=["roofing"], changed=["company"],
    )  # fmt: skip
    connection = await asyncpg.connect(asyncpg_dsn(url))
    given = (uuid7(), TOPIC, KEYS, event.type, event.model_dump_json(), rows)
    await connection.execute(_FILL, *given)
    await connection.close()


def relay_all(url: str, kafka: KafkaCluster, rows: int, keep_seconds: float) -> float:
    """Seconds from the relay's start until nothing waits."""
    return uvloop.run(_relay_all(url, kafka, rows, keep_seconds))


async def _relay_all(url: str, kafka: KafkaCluster, rows: int, keep_seconds: float) -> float:
    database = Database(url, service="directory", pool_size=1)
    relay = Relay(database, kafka, Wakeups(url), keep_seconds=keep_seconds)

    async def all_gone() -> bool:
        return relay.published >= rows and not await relay.depth()

    begin = time.monotonic()
    running = asyncio.create_task(relay.run())
    await until(all_gone, pause=0.01)
    seconds = time.monotonic() - begin
    running.cancel()
    await asyncio.wait([running])
    await relay.close()
    await database.close()
    return seconds


async def in_kafka(kafka: KafkaCluster) -> int:
    consumer = kafka.consumer("benchmark", group=None)
    await consumer.start()
    try:
        partitions = [TopicPartition(TOPIC, number) for number in range(kafka.partitions)]
        return sum((await consumer.end_offsets(partitions)).values())
    finally:
        await consumer.stop()


if __name__ == "__main__":
    main()
