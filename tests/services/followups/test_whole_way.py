"""From a promise to a kept promise: planned, handed over, sent, answered."""

from shared.contracts.actions import ReplyInterpreted, ReplyPart
from shared.ids import uuid7
from tests.services.followups.conftest import World, dallas, local

SAID = (
    "Hey! Just checking in. Have you had a chance to connect with John Smith from the Power100 Dallas event?"
    " I know you were interested in his insights on AI automation."
)
NOTE = "Met John Smith - amazing insights on AI automation. 555-1234, john@example.com"


async def test_the_example_of_the_document(world: World) -> None:
    person, event = await world.contractor(), await world.event()
    item = await world.item(person, event, topic="AI automation", note_text=NOTE)
    row = await world.one(action_item_id=item.id)
    assert (row.followup_type, row.status, row.message_tone) == ("check_in", "scheduled", "friendly")
    assert local(row.scheduled_time) == "2041-10-10 10:00"
    assert row.message_template == "Hey! Just checking in. Have you reached out to John Smith yet?"
    assert row.ai_context_hints == {"mention_event": "Power100 Dallas", "reference_note": "AI automation discussion"}
    assert (row.ai_should_personalize, row.skip_if_completed) == (True, True)

    await world.clock_to(dallas(10, 10, 9, 59))
    assert await world.dispatch() == []
    await world.clock_to(dallas(10, 10, 10))
    (message,) = await world.dispatch()
    assert message["body"] == SAID
    assert (message["purpose"], message["contractor_id"]) == ("check_in", str(person))
    assert message["question"]["ref"] == str(row.id)
    assert [option["key"] for option in message["question"]["options"]] == ["done", "not_yet", "later"]
    assert await world.dispatch() == []


async def test_sent_and_answered(world: World) -> None:
    person, event = await world.contractor(), await world.event()
    item = await world.item(person, event)
    await world.clock_to(dallas(10, 10, 10))
    (message,) = await world.dispatch()
    handed_over = await world.one(action_item_id=item.id)
    assert (handed_over.status, handed_over.sent_at) == ("scheduled", None)
    assert handed_over.handed_over_at is not None
    message_id = await world.sent(message)
    first = (await world.schedules(action_item_id=item.id))[0]
    assert (first.status, first.message_id) == ("sent", message_id)
    await world.tell(
        ReplyInterpreted(
            message_id=uuid7(),
            contractor_id=person,
            intent="done",
            confidence=1,
            text="done",
            parts=[ReplyPart(question_ref=str(first.id), schedule_id=first.id, action_item_id=item.id, intent="done")],
            received_at=dallas(10, 10, 10, 5),
        )
    )
    await world.update(item, status="completed", completed_at=dallas(10, 10, 10, 5))
    first, *others = await world.schedules(action_item_id=item.id)
    assert (first.status, first.response_text) == ("responded", "done")
    assert first.response_received_at == dallas(10, 10, 10, 5)
    assert [(row.status, row.cancel_reason) for row in others] == [("cancelled", "item_completed")]
