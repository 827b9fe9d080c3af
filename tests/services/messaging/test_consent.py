"""What people say about being texted holds at once."""

import asyncio
from typing import Any

import pytest

from services.messaging.questions.queries import close_refs
from services.messaging.sending.queries import TO_SEND
from shared.contracts.messaging import SuppressionRequested
from shared.db.database import Tenant
from shared.db.jobs import LeaseLost
from shared.ids import uuid7
from tests.services.messaging.scenes import question
from tests.services.messaging.stack import PERSON, Messaging
from tests.standins.issuer import Issuer

WIDE = ["OPT OUT", "no more texts from you, thanks", "delete my number from this"]
ANSWERED_BY_TWILIO = ["STOP", "stopall", "Unsubscribe", "END", "quit", "CANCEL", "Revoke", "OPTOUT"]


async def received(messaging: Messaging) -> dict[str, Any]:
    return (await messaging.events("message.received"))[-1]


@pytest.mark.parametrize("body", WIDE)
async def test_a_wish_in_their_own_words_is_obeyed_and_confirmed_once(messaging: Messaging, body: str) -> None:
    for _ in range(2):
        await messaging.text(body)
        await messaging.work()
    assert len(await messaging.bodies()) == 1
    assert "unsubscribed" in (await messaging.bodies())[0]
    assert (await received(messaging))["obeyed"] == "opt_out"
    (told,) = await messaging.events("suppression.changed")
    assert (told["address"], told["scope"], told["active"]) == (PERSON, "everything", True)
    assert told["evidence_message_id"] == str((await messaging.messages())[0]["id"])


@pytest.mark.parametrize("body", ANSWERED_BY_TWILIO)
async def test_words_that_twilio_answers_are_obeyed_in_silence(messaging: Messaging, body: str) -> None:
    await messaging.text(body)
    await messaging.work()
    assert await messaging.bodies() == []
    assert len(await messaging.bodies(mine=False)) == 1
    assert (await received(messaging))["obeyed"] == "opt_out"
    assert len(await messaging.events("suppression.changed")) == 1


@pytest.mark.parametrize("body", ["nonstop flights", "stop at the Ortiz site Friday"])
async def test_an_ordinary_note_stays_one(messaging: Messaging, body: str) -> None:
    await messaging.text(body)
    assert (await received(messaging)).get("obeyed") is None
    assert await messaging.events("suppression.changed") == []


@pytest.mark.parametrize("body", ["YES", "START", "UNSTOP", "yes"])
async def test_a_bare_yes_is_an_answer_unless_they_are_out(messaging: Messaging, body: str) -> None:
    await messaging.text(body)
    event = await received(messaging)
    assert (event.get("obeyed"), event["opted_out"]) == (None, False)
    assert await messaging.events("suppression.changed") == []


async def test_start_after_stop_is_answered_by_twilio_alone(messaging: Messaging) -> None:
    await messaging.text("STOP")
    await messaging.text("START")
    await messaging.work()
    assert await messaging.bodies() == []
    assert [event["active"] for event in await messaging.events("suppression.changed")] == [True, False]
    event = await received(messaging)
    assert (event["obeyed"], event["opted_out"]) == ("opt_in", False)
    await messaging.send("welcome back")
    assert await messaging.bodies() == ["welcome back"]


async def test_start_after_a_wish_of_their_own_words_is_answered_by_us(messaging: Messaging) -> None:
    await messaging.text(WIDE[1])
    await messaging.work()
    await messaging.text("YES")
    await messaging.work()
    assert len(await messaging.bodies()) == 2
    assert "again" in (await messaging.bodies())[1]


@pytest.mark.parametrize("body", ["HELP", "info"])
async def test_help_is_recorded_and_answered_by_twilio(messaging: Messaging, body: str) -> None:
    await messaging.text(body)
    await messaging.work()
    assert (await received(messaging))["obeyed"] == "help"
    assert await messaging.bodies() == []
    assert len(await messaging.bodies(mine=False)) == 1


async def test_what_an_opted_out_person_says_is_kept_and_says_so(messaging: Messaging) -> None:
    await messaging.text("STOP")
    await messaging.text("Met Ann Lee")
    event = await received(messaging)
    assert (event["body"], event["opted_out"], event.get("obeyed")) == ("Met Ann Lee", True, None)
    message = await messaging.send("we should not")
    assert message["status"] == "suppressed"
    assert await messaging.bodies() == []
    assert [event["reason"] for event in await messaging.events("message.expired")] == ["suppressed"]


async def test_what_waits_is_suppressed_with_the_stop(messaging: Messaging) -> None:
    command = messaging.command("later")
    await messaging.give(command)
    await messaging.text("STOP")
    assert (await messaging.by_key(command.message_key))["status"] == "suppressed"
    assert [event["message_key"] for event in await messaging.events("message.expired")] == [command.message_key]
    assert await messaging.work() == 0


async def test_nothing_is_leased_for_sending_after_the_stop_is_committed(messaging: Messaging) -> None:
    """Twenty texts of several services are being handed over while STOP comes in: whatever left began before it."""
    for number in range(20):
        await messaging.give(messaging.command(f"text {number}"))
    sending = asyncio.create_task(messaging.work())
    await asyncio.sleep(0.05)
    await messaging.text("STOP")
    await sending
    (stop,) = await messaging.rows("SELECT created_at FROM suppressions")
    late = await messaging.sql("SELECT id FROM messages WHERE calling_at > $1", stop["created_at"])
    assert late == []
    rows = await messaging.messages("outbound")
    assert {row["status"] for row in rows} <= {"sent", "delivered", "suppressed"}
    assert len(await messaging.bodies()) == sum(row["status"] != "suppressed" for row in rows)


async def test_the_check_is_in_the_transaction_that_leases(messaging: Messaging) -> None:
    """The message was claimed before the STOP; the provider was not asked yet."""
    command = messaging.command("too late")
    await messaging.give(command)
    (lease,) = await TO_SEND.claim(messaging.worker, 1)
    await messaging.text("no more texts from you, thanks")
    with pytest.raises(LeaseLost):
        await messaging.sender.work(lease)
    assert (await messaging.by_key(command.message_key))["status"] == "suppressed"
    await messaging.work()
    assert "too late" not in await messaging.bodies()


async def test_twilios_21610_suppresses(messaging: Messaging) -> None:
    await messaging.fault("error:21610")
    message = await messaging.send("hello?")
    assert (message["status"], message["error_code"]) == ("suppressed", 21610)
    assert (await messaging.send("again"))["status"] == "suppressed"
    assert len(await messaging.events("suppression.changed")) == 1
    assert await messaging.bodies() == []


async def test_a_command_suppresses_once_and_bulk_lets_conversation_through(messaging: Messaging) -> None:
    for _ in range(2):
        await messaging.give(
            SuppressionRequested(request_id=uuid7(), addresses=[PERSON], scope="bulk", reason="bounced")
        )
    assert len(await messaging.events("suppression.changed")) == 1
    assert (await messaging.send("offer", purpose="outreach"))["status"] == "suppressed"
    assert (await messaging.send("your note is kept"))["status"] in ("sent", "delivered")


async def test_a_wish_that_another_service_reads_in_their_words_is_confirmed_once(messaging: Messaging) -> None:
    """As the concierge does in several texts together, each of which says nothing."""
    await messaging.text("please don't ever")
    await messaging.text("text me again")
    first = (await messaging.messages())[0]["id"]
    for evidence in (first, first, None):
        asked = {"addresses": [PERSON], "scope": "everything", "reason": "texted: opt_out"}
        await messaging.give(SuppressionRequested(request_id=uuid7(), evidence_message_id=evidence, **asked))
    await messaging.work()
    (said,) = await messaging.bodies()
    assert "unsubscribed" in said


async def test_nobody_is_told_of_an_opt_out_that_somebody_elses_words_are_shown_for(messaging: Messaging) -> None:
    await messaging.text("Ann is on holiday", from_="+12145550177")
    evidence = (await messaging.messages())[0]["id"]
    asked = {"addresses": [PERSON], "scope": "everything", "reason": "bounced", "evidence_message_id": evidence}
    await messaging.give(SuppressionRequested(request_id=uuid7(), **asked))
    await messaging.work()
    assert await messaging.messages("outbound") == []


async def test_staff_suppresses_looks_and_lifts(messaging: Messaging, issuer: Issuer) -> None:
    headers = issuer.bearer(messaging.account_id, "csm")
    new = {"address": "(214) 555-0123", "reason": "asked on the phone"}
    created = await messaging.http.post("/api/v1/suppressions", json=new, headers=headers)
    assert (created.status_code, created.json()["address"], created.json()["active"]) == (201, PERSON, True)
    assert (await messaging.http.post("/api/v1/suppressions", json=new, headers=headers)).status_code == 200
    assert (await messaging.send("no"))["status"] == "suppressed"
    lifted = await messaging.http.post("/api/v1/suppressions", json={**new, "active": False}, headers=headers)
    assert lifted.status_code == 201
    listed = await messaging.http.get("/api/v1/suppressions", params={"address": PERSON}, headers=headers)
    assert [item["active"] for item in listed.json()["items"]] == [False, True]
    assert (await messaging.send("yes"))["status"] in ("sent", "delivered")
    other = issuer.bearer(uuid7(), "owner")
    assert (await messaging.http.get("/api/v1/suppressions", headers=other)).json()["items"] == []
    analyst = issuer.bearer(messaging.account_id, "analytics")
    assert (await messaging.http.get("/api/v1/suppressions", headers=analyst)).status_code == 403


@pytest.mark.parametrize("body", ["STOP.", "Help?"])
async def test_what_twilio_does_not_answer_we_do(messaging: Messaging, body: str) -> None:
    await messaging.text(body)
    await messaging.work()
    assert (len(await messaging.bodies()), len(await messaging.bodies(mine=False))) == (1, 1)
    assert (await received(messaging))["obeyed"] in ("opt_out", "help")


async def test_after_stop_only_start_helps_and_we_say_so(messaging: Messaging) -> None:
    """Twilio holds back what we send: our own yes would be a lie."""
    await messaging.text("STOP")
    await messaging.text("please resume texts")
    event = await received(messaging)
    assert (event["obeyed"], event["opted_out"]) == ("opt_in", True)
    await messaging.work()
    assert [event["active"] for event in await messaging.events("suppression.changed")] == [True]
    (told,) = await messaging.messages("outbound")
    assert "Text START" in told["body"]
    await messaging.text("START")
    assert (await messaging.send("welcome back"))["status"] in ("sent", "delivered")


async def test_stop_after_a_wish_of_their_own_words_makes_start_twilios_to_answer(messaging: Messaging) -> None:
    await messaging.text("no more texts from you, thanks")
    await messaging.work()
    await messaging.text("STOP")
    await messaging.text("START")
    await messaging.work()
    assert len(await messaging.bodies()) == 1, "the confirmation of the first wish"
    assert [event["active"] for event in await messaging.events("suppression.changed")] == [True, False]


async def test_staff_cannot_lift_what_a_person_told_twilio(messaging: Messaging, issuer: Issuer) -> None:
    await messaging.text("STOP")
    lift = {"address": PERSON, "reason": "they said so on the phone", "active": False}
    headers = issuer.bearer(messaging.account_id, "csm")
    answer = await messaging.http.post("/api/v1/suppressions", json=lift, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "stopped_at_provider")
    assert "START" in answer.text


async def test_six_at_once_suppress_an_address_without_a_conversation_once(
    messaging: Messaging, issuer: Issuer
) -> None:
    new = {"address": "+12145550188", "reason": "asked on the phone"}
    headers = issuer.bearer(messaging.account_id, "owner")
    answers = await asyncio.gather(
        *(messaging.http.post("/api/v1/suppressions", json=new, headers=headers) for _ in range(6))
    )
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [201]
    assert len(await messaging.events("suppression.changed")) == 1


async def test_what_is_no_address_does_not_keep_the_others_from_being_left_alone(messaging: Messaging) -> None:
    addresses = ["555-1234", PERSON, "ann@example.com", ""]
    await messaging.give(
        SuppressionRequested(request_id=uuid7(), addresses=addresses, scope="everything", reason="erasure")
    )
    told = await messaging.events("suppression.changed")
    assert sorted(event["address"] for event in told) == [PERSON, "ann@example.com"]


async def test_no_more_is_an_answer_where_something_was_asked(messaging: Messaging) -> None:
    await messaging.send("How many shingles does Ann need?", question=question("s1"))
    await messaging.text("No more.")
    assert (await received(messaging)).get("obeyed") is None
    async with messaging.database.begin(Tenant(messaging.account_id)) as db:
        await close_refs(db, ["s1"])
    await messaging.text("No more.")
    assert (await received(messaging))["obeyed"] == "opt_out"
