"""The thin whole: a text in, an answer out, each told to the others."""

from tests.services.messaging.stack import PERSON, Messaging


async def test_a_text_is_stored_and_told(messaging: Messaging) -> None:
    sent = await messaging.text("Met John Smith, 214-555-0123")
    assert sent["webhook_status"] == 200
    (row,) = await messaging.messages()
    assert (row["body"], row["address"], row["our_address"], row["status"]) == (
        "Met John Smith, 214-555-0123",
        PERSON,
        messaging.number,
        "received",
    )
    (event,) = await messaging.events("message.received")
    assert (event["message_id"], event["key"]) == (str(row["id"]), str(row["conversation_id"]))
    assert (event["body"], event["contractor_id"], event.get("obeyed")) == (
        row["body"],
        None,
        None,
    )


async def test_a_wish_becomes_a_text_that_arrives(messaging: Messaging) -> None:
    message = await messaging.send("Hello there")
    assert await messaging.bodies() == ["Hello there"]
    assert message["status"] in ("sent", "delivered")
    await messaging.until("EXISTS (SELECT FROM messages WHERE status = 'delivered')")
    told = [event["type"] for event in await messaging.events()]
    assert told == ["message.sent", "message.status_changed"]
