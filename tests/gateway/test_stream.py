"""The live stream: who sees what, how a listener comes back, and when it ends."""

import asyncio
import time
from uuid import UUID

import httpx
import jwt
import pytest

from gateway.feed import BACKLOG
from shared.bus.kafka import KafkaCluster
from shared.ids import uuid7
from tests.gateway.conftest import TICKET_KEY, Upstreams, gateway_before, serving
from tests.gateway.live import listening, publish
from tests.standins.issuer import Issuer

HOUR_MS = 3_600_000


async def ticket_of(gateway: httpx.AsyncClient, headers: dict[str, str]) -> str:
    answer = await gateway.post("/api/v1/stream/tickets", headers=headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["ticket"])


async def test_a_listener_sees_its_accounts_events_and_nobody_elses(
    gateway: httpx.AsyncClient, kafka: KafkaCluster, issuer: Issuer, account_id: UUID
) -> None:
    async with listening(gateway, headers=issuer.bearer(account_id)) as live:
        await publish(kafka, uuid7(), "note.created.v1")
        first, second = await publish(kafka, account_id, "note.created.v1", "action_item.updated.v1")
        event = await live.next()
        assert event is not None
        assert (event.name, event.data["type"], event.data["id"]) == ("note.created.v1", "note.created.v1", str(first))
        assert set(event.data) == {"type", "subject", "id", "time"}
        assert await live.ids(1) == [second]


@pytest.mark.parametrize(
    ("role", "scope", "seen"),
    [
        ("owner", "", ["event.created.v1", "note.created.v1", "contractor.updated.v1", "event.updated.v1"]),
        ("owner", "notes:read", ["note.created.v1"]),
        ("sales", "", ["event.created.v1", "event.updated.v1"]),
        ("csm", "", ["event.created.v1", "note.created.v1", "contractor.updated.v1", "event.updated.v1"]),
        ("service", "events:read", ["event.created.v1", "event.updated.v1"]),
    ],
)
async def test_a_listener_sees_only_what_its_role_and_scope_may_read(
    gateway: httpx.AsyncClient, kafka: KafkaCluster, issuer: Issuer, account_id: UUID, role: str, scope: str,
    seen: list[str],
) -> None:  # fmt: skip
    everything = [
        "event.created.v1",
        "note.created.v1",
        "note.snapshot.v1",
        "contractor.updated.v1",
        "ai.run_completed.v1",
    ]
    async with listening(gateway, headers=issuer.bearer(account_id, role, scope=scope)) as live:
        await publish(kafka, account_id, *everything, "event.updated.v1")
        found = [await live.next() for _ in seen]
        assert [event.name for event in found if event] == seen


async def test_a_listener_that_comes_back_is_told_what_it_missed(
    gateway: httpx.AsyncClient, kafka: KafkaCluster, issuer: Issuer, account_id: UUID
) -> None:
    headers = issuer.bearer(account_id)
    async with listening(gateway, headers=headers) as live:
        await publish(kafka, account_id, "note.created.v1")
        heard = await live.next()
        assert heard is not None
    missed = await publish(kafka, account_id, "note.updated.v1", "note.deleted.v1")
    by_header = {"headers": {**headers, "Last-Event-ID": heard.id}}
    by_query = {"headers": headers, "params": {"last_event_id": heard.id}}
    for how in (by_header, by_query):
        async with listening(gateway, **how) as live:
            assert await live.ids(1 + len(missed)) == [UUID(heard.data["id"]), *missed]
            later = await publish(kafka, account_id, "note.created.v1")
            assert await live.ids(1) == later
        missed += later


async def test_who_was_away_for_more_than_a_week_starts_again(
    gateway: httpx.AsyncClient, kafka: KafkaCluster, issuer: Issuer, account_id: UUID
) -> None:
    long_ago = int(time.time() * 1000) - 7 * 24 * HOUR_MS - HOUR_MS
    headers = {**issuer.bearer(account_id), "Last-Event-ID": f"{long_ago}-{uuid7()}"}
    async with listening(gateway, headers=headers) as live:
        event = await live.next()
        assert event is not None
        assert event.name == "reset"
        published = await publish(kafka, account_id, "note.created.v1")
        assert await live.ids(1) == published


@pytest.mark.parametrize("last", [b"x", b"\xb2-1", b"-5", b"1" * 16, b"\xd9\xa1-1"])
async def test_an_id_that_is_no_id_is_refused_with_a_sentence(
    gateway: httpx.AsyncClient, issuer: Issuer, account_id: UUID, last: bytes
) -> None:
    authorization = (b"authorization", issuer.bearer(account_id)["Authorization"].encode())
    answer = await gateway.get("/api/v1/stream", headers=[authorization, (b"last-event-id", last)])
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


async def test_a_ticket_works_once(gateway: httpx.AsyncClient, issuer: Issuer, account_id: UUID) -> None:
    ticket = await ticket_of(gateway, issuer.bearer(account_id))
    async with listening(gateway, params={"ticket": ticket}) as live:
        assert live.answer.status_code == 200
    gateway.cookies.clear()
    again = await gateway.get("/api/v1/stream", params={"ticket": ticket})
    assert (again.status_code, again.json()["detail"]) == (401, "This ticket was used before. Ask for another.")


async def test_a_ticket_that_is_late_or_not_ours_is_refused(
    gateway: httpx.AsyncClient, issuer: Issuer, account_id: UUID
) -> None:
    ticket = await ticket_of(gateway, issuer.bearer(account_id))
    claims = jwt.decode(ticket, options={"verify_signature": False})
    late = jwt.encode({**claims, "exp": int(time.time()) - 1}, TICKET_KEY, "HS256")
    foreign = jwt.encode(claims, "somebody else's key of thirty-two characters", "HS256")
    for wrong in (late, foreign, "nonsense"):
        assert (await gateway.get("/api/v1/stream", params={"ticket": wrong})).status_code == 401


async def test_a_browser_comes_back_to_the_same_address_and_goes_on_where_it_was(
    gateway: httpx.AsyncClient, kafka: KafkaCluster, issuer: Issuer, account_id: UUID
) -> None:
    """As EventSource does: the same URL, whose ticket is used, the cookies it was given, and Last-Event-ID."""
    address = {"params": {"ticket": await ticket_of(gateway, issuer.bearer(account_id))}}
    async with listening(gateway, **address) as live:
        cookie = live.answer.headers["set-cookie"]
        await publish(kafka, account_id, "note.created.v1")
        heard = await live.next()
        assert heard is not None
    assert all(word in cookie for word in ("HttpOnly", "SameSite=strict", "Path=/api/v1/stream"))
    missed = await publish(kafka, account_id, "note.updated.v1")
    async with listening(gateway, **address, headers={"Last-Event-ID": heard.id}) as live:
        assert await live.ids(2) == [UUID(heard.data["id"]), *missed]


async def test_the_cookie_of_one_ticket_opens_no_other(
    gateway: httpx.AsyncClient, issuer: Issuer, account_id: UUID
) -> None:
    first, second = [await ticket_of(gateway, issuer.bearer(account_id)) for _ in range(2)]
    async with listening(gateway, params={"ticket": first}) as live:
        name, value = live.answer.headers["set-cookie"].partition(";")[0].split("=", 1)
    async with listening(gateway, params={"ticket": second}) as live:
        other = live.answer.headers["set-cookie"].partition("=")[0]
    gateway.cookies.clear()
    assert name != other
    answer = await gateway.get("/api/v1/stream", params={"ticket": second}, headers={"Cookie": f"{other}={value}"})
    assert answer.status_code == 401
    answer = await gateway.get("/api/v1/notes", headers={"Cookie": f"{name}={value}"})
    assert answer.status_code == 401, "it opens nothing but the stream"


async def test_a_stream_ends_with_the_token_that_opened_it(
    gateway: httpx.AsyncClient, issuer: Issuer, account_id: UUID
) -> None:
    headers = issuer.bearer(account_id, exp=int(time.time()) + 4)
    ticket = await ticket_of(gateway, headers)
    async with (
        listening(gateway, headers=headers) as by_token,
        listening(gateway, params={"ticket": ticket}) as by_ticket,
    ):
        assert (by_token.answer.status_code, by_ticket.answer.status_code) == (200, 200)
        assert (await by_token.next(), await by_ticket.next()) == (None, None)
    again = await gateway.get("/api/v1/stream", params={"ticket": ticket})
    assert again.status_code == 401, "the cookie ended with it"


async def test_a_stream_of_an_api_key_goes_on_as_long_as_the_key_is_good(
    upstreams: Upstreams, kafka: KafkaCluster, issuer: Issuer, account_id: UUID
) -> None:
    upstreams.token_seconds = 3
    async with (
        serving(upstreams.app()) as upstream,
        gateway_before(upstream, issuer, kafka) as gateway,
        listening(gateway, headers={"X-API-Key": "good"}) as live,
    ):
        await asyncio.sleep(4)
        published = await publish(kafka, account_id, "note.created.v1")
        assert await live.ids(1) == published
        assert upstreams.exchanges >= 2
        upstreams.keys.clear()
        assert await live.next() is None


async def test_an_account_has_so_many_streams_and_gets_one_back_when_it_closes_one(
    upstreams: Upstreams, kafka: KafkaCluster, issuer: Issuer, account_id: UUID
) -> None:
    async with (
        serving(upstreams.app()) as upstream,
        gateway_before(upstream, issuer, kafka, streams_per_account=2) as gateway,
    ):
        mine = issuer.bearer(account_id)
        async with listening(gateway, headers=mine):
            async with listening(gateway, headers=mine):
                async with listening(gateway, headers=mine) as third:
                    assert third.answer.status_code == 429
                    assert "2 streams" in third.answer.json()["detail"]
                async with listening(gateway, headers=issuer.bearer(uuid7())) as other:
                    assert other.answer.status_code == 200
            assert await opens_within(gateway, mine, 5)


async def opens_within(gateway: httpx.AsyncClient, headers: dict[str, str], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        async with listening(gateway, headers=headers) as live:
            if live.answer.status_code == 200:
                return True
        await asyncio.sleep(0.1)
    return False


async def test_a_burst_longer_than_a_listeners_queue_reaches_who_reads(
    gateway: httpx.AsyncClient, kafka: KafkaCluster, issuer: Issuer, account_id: UUID
) -> None:
    async with listening(gateway, headers=issuer.bearer(account_id)) as live:
        reading = asyncio.create_task(live.ids(BACKLOG * 2))
        published = await publish(kafka, account_id, *["note.created.v1"] * (BACKLOG * 2))
        assert sorted(await reading) == sorted(published)
