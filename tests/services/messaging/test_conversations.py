"""Staff and concierge share a conversation: one talks, the other is silent."""

from typing import Any

import pytest

from services.messaging.sending.queries import TO_SEND
from shared.db.jobs import LeaseLost
from shared.ids import uuid7
from tests.services.messaging.scenes import know
from tests.services.messaging.stack import PERSON, Messaging
from tests.standins.issuer import Issuer


async def begin(messaging: Messaging, issuer: Issuer) -> tuple[str, dict[str, str]]:
    await messaging.text("Hello")
    (event,) = await messaging.events("message.received")
    return f"/api/v1/conversations/{event['conversation_id']}", issuer.bearer(messaging.account_id, "csm")


async def post(messaging: Messaging, path: str, headers: dict[str, str], **body: Any) -> dict[str, Any]:
    answer = await messaging.http.post(path, json=body or None, headers=headers)
    assert answer.status_code < 300, answer.text
    return dict(answer.json())


async def test_taking_over_drops_what_the_concierge_has_not_said_and_what_it_still_thinks(
    messaging: Messaging, issuer: Issuer
) -> None:
    path, headers = await begin(messaging, issuer)
    waiting = messaging.command("concierge, waiting", conversation_epoch=0)
    in_flight = messaging.command("concierge, in flight", conversation_epoch=0)
    without_epoch = messaging.command("concierge, of no epoch")
    await messaging.give(waiting)
    taken = await post(messaging, f"{path}/take-over", headers)
    assert (taken["mode"], taken["conversation_epoch"]) == ("staff", 1)
    await messaging.give(in_flight, without_epoch)
    await messaging.work()
    assert await messaging.bodies() == []
    assert [event["reason"] for event in await messaging.events("message.expired")] == ["taken_over"] * 3
    (event,) = await messaging.events("conversation.updated")
    assert (event["mode"], event["conversation_epoch"]) == ("staff", 1)


async def test_what_was_claimed_before_the_take_over_is_not_sent_after_it(messaging: Messaging, issuer: Issuer) -> None:
    path, headers = await begin(messaging, issuer)
    await messaging.give(messaging.command("too late", conversation_epoch=0))
    (lease,) = await TO_SEND.claim(messaging.worker, 1)
    await post(messaging, f"{path}/take-over", headers)
    with pytest.raises(LeaseLost):
        await messaging.sender.work(lease)
    assert await messaging.bodies() == []


async def test_staff_replies_and_hands_back_and_the_concierge_speaks_again(
    messaging: Messaging, issuer: Issuer
) -> None:
    path, headers = await begin(messaging, issuer)
    await post(messaging, f"{path}/take-over", headers)
    await messaging.text("anybody there?")
    assert (await messaging.events("message.received"))[1]["staff_has_taken_over"] is True
    reply = await post(messaging, f"{path}/messages", headers, body="This is Dana. How can I help?")
    assert (reply["purpose"], reply["status"], reply["address"]) == ("staff", "pending", PERSON)
    await messaging.work()
    back = await post(messaging, f"{path}/hand-back", headers)
    assert (back["mode"], back["conversation_epoch"], back["taken_over_by"]) == ("concierge", 1, None)
    await messaging.send("old thought", conversation_epoch=0)
    await messaging.send("new thought", conversation_epoch=1)
    assert await messaging.bodies() == ["This is Dana. How can I help?", "new thought"]


async def test_taking_over_twice_raises_the_epoch_once(messaging: Messaging, issuer: Issuer) -> None:
    path, headers = await begin(messaging, issuer)
    first = await post(messaging, f"{path}/take-over", headers)
    colleague = issuer.bearer(messaging.account_id, "owner")
    second = await post(messaging, f"{path}/take-over", colleague)
    assert (first["conversation_epoch"], second["conversation_epoch"]) == (1, 1)
    assert first["taken_over_by"] != second["taken_over_by"]


async def test_a_reply_with_the_same_idempotency_key_is_said_once(messaging: Messaging, issuer: Issuer) -> None:
    path, headers = await begin(messaging, issuer)
    headers |= {"Idempotency-Key": "k1"}
    first = await post(messaging, f"{path}/messages", headers, body="once")
    second = await post(messaging, f"{path}/messages", headers, body="once")
    assert first["id"] == second["id"]
    await messaging.work()
    assert await messaging.bodies() == ["once"]


async def test_lists_are_filtered_paged_and_newest_first(messaging: Messaging, issuer: Issuer) -> None:
    path, headers = await begin(messaging, issuer)
    for number in range(4):
        await messaging.text(f"note {number}")
    await messaging.send("an answer")
    first = (await messaging.http.get("/api/v1/messages?direction=inbound&limit=3", headers=headers)).json()
    assert [item["body"] for item in first["items"]] == ["note 3", "note 2", "note 1"]
    rest = (
        await messaging.http.get(
            f"/api/v1/messages?direction=inbound&limit=3&cursor={first['next_cursor']}", headers=headers
        )
    ).json()
    assert ([item["body"] for item in rest["items"]], rest["next_cursor"]) == (["note 0", "Hello"], None)
    outbound = (await messaging.http.get("/api/v1/messages?direction=outbound", headers=headers)).json()["items"]
    assert [item["body"] for item in outbound] == ["an answer"]
    one = (await messaging.http.get(f"/api/v1/messages/{outbound[0]['id']}", headers=headers)).json()
    assert one == outbound[0] | {"status": one["status"], "updated_at": one["updated_at"]} | {
        name: one[name] for name in ("delivered_at", "row_version")
    }
    talks = (await messaging.http.get("/api/v1/conversations?address=(214) 555-0123", headers=headers)).json()["items"]
    assert [f"/api/v1/conversations/{talk['id']}" for talk in talks] == [path]
    assert (await messaging.http.get(path, headers=headers)).json()["id"] == talks[0]["id"]


async def test_another_tenant_sees_nothing_and_an_absent_id_looks_the_same(
    messaging: Messaging, issuer: Issuer
) -> None:
    path, _ = await begin(messaging, issuer)
    (row,) = await messaging.messages()
    stranger = issuer.bearer(uuid7(), "owner")
    for seen, absent in (
        (path, f"/api/v1/conversations/{uuid7()}"),
        (f"/api/v1/messages/{row['id']}", f"/api/v1/messages/{uuid7()}"),
    ):
        theirs = await messaging.http.get(seen, headers=stranger)
        nobodys = await messaging.http.get(absent, headers=stranger)
        assert (theirs.status_code, theirs.content) == (404, nobodys.content)
    for action in ("take-over", "hand-back"):
        assert (await messaging.http.post(f"{path}/{action}", headers=stranger)).status_code == 404
    answer = await messaging.http.post(f"{path}/messages", json={"body": "x"}, headers=stranger)
    assert answer.status_code == 404
    for collection in ("conversations", "messages", "suppressions", "sender-numbers"):
        assert (await messaging.http.get(f"/api/v1/{collection}", headers=stranger)).json()["items"] == []
        assert (await messaging.http.get(f"/api/v1/{collection}")).status_code == 401


async def test_a_contractor_reads_own_messages_and_writes_nothing(messaging: Messaging, issuer: Issuer) -> None:
    mine, theirs = uuid7(), uuid7()
    await know(messaging, mine, PERSON)
    await know(messaging, theirs, "+12145550124")
    await messaging.text("mine")
    await messaging.text("theirs", from_="+12145550124")
    headers = issuer.bearer(messaging.account_id, "contractor", contractor_id=mine)
    listed = (await messaging.http.get("/api/v1/messages", headers=headers)).json()["items"]
    assert [item["body"] for item in listed] == ["mine"]
    talks = (await messaging.http.get("/api/v1/conversations", headers=headers)).json()["items"]
    assert [talk["address"] for talk in talks] == [PERSON]
    path = f"/api/v1/conversations/{talks[0]['id']}"
    assert (await messaging.http.post(f"{path}/take-over", headers=headers)).status_code == 403
    assert (await messaging.http.get("/api/v1/suppressions", headers=headers)).status_code == 403
