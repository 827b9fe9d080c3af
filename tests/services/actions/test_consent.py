"""Who wishes to be left alone, is: no note, no answer."""

from shared.contracts.messaging import SuppressionRequested
from shared.ids import uuid7
from tests.services.actions.conftest import DAY_ONE, PHONE, Actions
from tests.services.actions.test_concierge import JOHN


async def test_consent_words_are_recorded_and_not_answered_again(actions: Actions) -> None:
    await actions.text("STOP", obeyed="opt_out", opted_out=True)
    [turn] = await actions.turns()
    assert (turn["status"], turn["intent"], turn["reply"]) == ("silent", "opt_out", None)
    assert await actions.published() == []


async def test_a_wish_to_be_left_alone_in_two_texts_is_obeyed_and_is_no_note(actions: Actions) -> None:
    """Each alone says nothing; read together they are told to messaging, which holds everything back."""
    actions.burst_seconds = 0.3
    first = actions.received("please don't ever")
    await actions.tell(first, actions.received("text me again"))
    await actions.rows("UPDATE concierge_lanes SET run_after = clock_timestamp() RETURNING 1")
    await actions.run()
    [turn] = await actions.turns()
    assert (turn["status"], turn["intent"], turn["reply"], await actions.notes()) == ("silent", "opt_out", None, [])
    [asked] = await actions.published()
    assert isinstance(asked, SuppressionRequested)
    assert (asked.addresses, asked.scope, asked.evidence_message_id) == ([PHONE], "everything", first.message_id)


async def test_an_opt_out_that_reaches_us_unrecognised_is_no_note_but_no_more_is_an_answer(actions: Actions) -> None:
    await actions.text("take me off your list")
    assert (len(await actions.published(SuppressionRequested)), await actions.notes()) == (1, [])
    asked = {"kind": "check_in", "ref": "s1", "origin": {"service": "followups", "type": "x", "id": str(uuid7())}}
    await actions.text("No more.", open_questions=[{**asked, "asked_at": DAY_ONE, "message_id": uuid7()}])
    assert len(await actions.published(SuppressionRequested)) == 1


async def test_what_an_opted_out_person_texts_is_kept_and_not_answered(actions: Actions) -> None:
    await actions.text(JOHN, opted_out=True)
    assert (len(await actions.notes()), len(await actions.items()), await actions.replies()) == (1, 1, [])
    [turn] = await actions.turns()
    assert (turn["status"], turn["intent"]) == ("silent", "note")
