"""What Twilio says afterwards: kept as it comes, and the status only rises."""

from itertools import permutations
from typing import Any

import pytest

from tests.services.messaging.stack import ACCOUNT_SID, Messaging


async def quiet_message(messaging: Messaging) -> dict[str, Any]:
    await messaging.fault("drop_callbacks")
    return await messaging.send()


@pytest.mark.parametrize("order", list(permutations(["queued", "sent", "delivered"])))
async def test_callbacks_in_any_order_end_in_the_same_status(messaging: Messaging, order: tuple[str, ...]) -> None:
    message = await quiet_message(messaging)
    for status in (*order, order[0]):
        assert (await messaging.callback(message, status)).status_code == 204
    row = await messaging.by_key(message["message_key"])
    assert (row["status"], row["delivered_at"] is not None) == ("delivered", True)
    updates = await messaging.rows("SELECT provider_status, raised FROM delivery_updates ORDER BY id")
    assert [update["provider_status"] for update in updates] == [*order, order[0]]
    assert [update["raised"] for update in updates].count(True) == 1
    assert [event["status"] for event in await messaging.events("message.status_changed")] == ["delivered"]


@pytest.mark.parametrize("fault", ["shuffle_callbacks", "repeat_callbacks"])
async def test_real_callbacks_out_of_order_or_twice(messaging: Messaging, fault: str) -> None:
    await messaging.fault(fault)
    await messaging.send()
    await messaging.until("(SELECT status FROM messages) = 'delivered'")
    assert len(await messaging.events("message.sent")) == 1
    assert len(await messaging.events("message.status_changed")) == 1


async def test_an_undelivered_text_failed_with_twilios_code(messaging: Messaging) -> None:
    await messaging.fault("undelivered")
    message = await messaging.send()
    await messaging.until("(SELECT status FROM messages) = 'failed'")
    row = await messaging.by_key(message["message_key"])
    assert (row["error_code"], row["failure_reason"]) == (30003, "Twilio: undelivered")
    assert [event["error_code"] for event in await messaging.events("message.status_changed")] == [30003]
    await messaging.callback(row, "sent")
    assert (await messaging.by_key(message["message_key"]))["status"] == "failed"


async def test_a_callback_that_is_not_signed_or_not_ours_changes_nothing(messaging: Messaging) -> None:
    message = await quiet_message(messaging)
    path = f"/webhooks/twilio/status?message_id={message['id']}&account_id={messaging.account_id}"
    form = {"MessageSid": message["provider_sid"], "AccountSid": ACCOUNT_SID, "MessageStatus": "delivered"}
    assert (await messaging.http.post(path, data=form)).status_code == 403
    assert (await messaging.callback(message, "delivered", AccountSid="AC" + "f" * 32)).status_code == 403
    assert (await messaging.callback(message, ["delivered", "sent"])).status_code == 403  # type: ignore[arg-type]
    assert (await messaging.callback(message, "delivered", MessageSid="SM" + "f" * 32)).status_code == 204
    assert (await messaging.by_key(message["message_key"]))["status"] == "sent"


async def test_a_callback_without_the_account_is_found_by_our_number(messaging: Messaging) -> None:
    message = await quiet_message(messaging)
    path = f"/webhooks/twilio/status?message_id={message['id']}"
    form = {"MessageSid": message["provider_sid"], "AccountSid": ACCOUNT_SID, "MessageStatus": "delivered"}
    form["From"] = message["our_address"]
    headers = {"X-Twilio-Signature": messaging.signature(path, form)}
    assert (await messaging.http.post(path, data=form, headers=headers)).status_code == 204
    assert (await messaging.by_key(message["message_key"]))["status"] == "delivered"
