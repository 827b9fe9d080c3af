"""What the local stack's embedded broker, noida-db, needs besides: it does not long-poll, and writes its whole log every second."""

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from aiokafka.errors import KafkaError

from shared.contracts.base import REGISTRY

log = logging.getLogger(__name__)

POLL_SECONDS = 1.0
UNHURRIED_SECONDS = 0.1
MOST_BYTES = 4_096
KEPT = 500
TRIM_SECONDS = 5.0
TRIM_AFTER = 200


def poll_long(consumer: AIOKafkaConsumer, woken: asyncio.Event) -> None:
    """Pause after an empty fetch, as a real broker would: without it an idle consumer makes 5,000 fetches a second.

    One pause a fetch: the next one asks for the partitions of then. Repeating the same would starve those left out of it."""
    fetcher = consumer._fetcher
    fetch = fetcher._proc_fetch_request

    async def fetch_then_pause(assignment: Any, node_id: int, request: Any) -> Any:
        woken.clear()
        found = await fetch(assignment, node_id, request)
        if not found and assignment.active and not consumer._closed:
            with contextlib.suppress(asyncio.CancelledError, TimeoutError):
                await asyncio.wait_for(woken.wait(), POLL_SECONDS)
        return found

    fetcher._proc_fetch_request = fetch_then_pause


@contextlib.contextmanager
def hear(bootstrap: str, name: str, urgent: Collection[str]) -> Iterator[asyncio.Event]:
    """An event that is set when a relay of this machine rings: at once for an `urgent` type, otherwise a little later."""
    loop, woken = asyncio.get_running_loop(), asyncio.Event()
    hurry = {kind.encode() for kind in urgent}
    later: asyncio.TimerHandle | None = None
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as bell:

        def heard() -> None:
            nonlocal later
            with contextlib.suppress(BlockingIOError):
                while told := bell.recv(MOST_BYTES):
                    if not hurry.isdisjoint(told.split()):
                        woken.set()
                    elif later is None or later.when() < loop.time():
                        later = loop.call_later(UNHURRIED_SECONDS, woken.set)

        try:
            bell.bind(_address(bootstrap, name))
        except OSError as error:
            log.warning("the broker is polled: %s", error)
        loop.add_reader(bell, heard)
        try:
            yield woken
        finally:
            loop.remove_reader(bell)


def ring(bootstrap: str, types: Iterable[str]) -> None:
    """Tell everybody that messages of `types` were published; who does not listen finds them by polling."""
    told = " ".join(sorted(types)).encode()[:MOST_BYTES]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as rope:
        for name in _listeners():
            with contextlib.suppress(OSError):
                rope.sendto(told, _address(bootstrap, name))


@cache
def _listeners() -> frozenset[str]:
    return frozenset({"gateway", *(kind.of for kind in REGISTRY.values())})


def _address(bootstrap: str, name: str) -> str:
    """An abstract address: gone with its process, no file."""
    return f"\0followthrough {bootstrap} {name}"


class Trim:
    """Cuts from the log of `topics` what every group has committed, but for the newest; `published` counts what went there.

    `run` ends only by cancellation."""

    def __init__(self, bootstrap: str, topics: Iterable[str], published: Callable[[], int]) -> None:
        self._bootstrap = bootstrap
        self._topics = set(topics)
        self._published = published
        self._cut: dict[TopicPartition, int] = {}

    async def run(self) -> None:
        seen = 0
        while True:
            await asyncio.sleep(TRIM_SECONDS)
            if self._published() - seen < TRIM_AFTER:
                continue
            try:
                await self._trim()
                seen = self._published()
            except (KafkaError, OSError, TimeoutError) as error:
                log.warning("the log is not trimmed: %s", type(error).__name__)

    async def _trim(self) -> None:
        admin = AIOKafkaAdminClient(bootstrap_servers=self._bootstrap, request_timeout_ms=5_000)
        try:
            await admin.start()
            groups = [name for name, _ in await admin.list_consumer_groups()]
            behind = _least([await admin.list_consumer_group_offsets(group) for group in groups])
            cuts = {tp: offset - KEPT for tp, offset in behind.items() if self._is_worth_cutting(tp, offset - KEPT)}
            if cuts:
                await admin.delete_records({tp: RecordsToDelete(before_offset=cut) for tp, cut in cuts.items()})
                self._cut |= cuts
        finally:
            await admin.close()

    def _is_worth_cutting(self, partition: TopicPartition, cut: int) -> bool:
        return partition.topic in self._topics and cut > self._cut.get(partition, 0)


def _least(groups: Sequence[dict[TopicPartition, Any]]) -> dict[TopicPartition, int]:
    """The smallest offset that any of the groups has committed, by partition."""
    found: dict[TopicPartition, int] = {}
    for group in groups:
        for partition, committed in group.items():
            found[partition] = min(committed.offset, found.get(partition, committed.offset))
    return found
