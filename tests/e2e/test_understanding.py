"""What people text, as they text it, over real processes and webhooks."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.stack import Stack, running_stack, until

pytestmark = pytest.mark.e2e

PENTABARF = """<?xml version="1.0" encoding="utf-8"?>
<schedule><conference><title>Power100</title><start>{day}</start><end>{day}</end></conference>
<day index="1" date="{day}"><room name="Main Stage"><event id="77">
<start>00:00</start><duration>23:59</duration><room>Main Stage</room><title>Heat pumps for every roof</title>
<track>Roofing</track><type>lecture</type><persons><person id="5">Bettina Okonkwo</person></persons>
</event></room></day></schedule>"""
RIDGETOP = "chatted w/ Priya Nair, Ridgetop Solar - needs a bid for 12 skylights, her cell 720-555-0146 🙌"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running_stack(tmp_path_factory.mktemp("stack")) as stack:
        yield stack


def turn_of(stack: Stack, contractor: dict[str, Any]) -> dict[str, Any]:
    """The last one."""
    return stack.items("/api/v1/concierge-turns", contractor_id=contractor["id"])[0]


def items_of(stack: Stack, contractor: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {item["title"]: item for item in stack.items("/api/v1/action-items", contractor_id=contractor["id"])}


def test_a_note_as_people_write_it_is_read_with_its_spans(stack: Stack, contractor: dict[str, Any]) -> None:
    stack.ask(contractor["phone"], RIDGETOP)
    (note,) = stack.items("/api/v1/notes", contractor_id=contractor["id"])
    read = note["extracted_entities"]
    assert (note["note_type"], read["names"], read["companies"], read["phone_numbers"]) == (
        *("contact", ["Priya Nair"], ["Ridgetop Solar"]),
        ["720-555-0146"],
    )
    assert all(RIDGETOP[span["start"] : span["end"]] == span["text"] for span in read["spans"])
    turn = turn_of(stack, contractor)
    assert (turn["intent"], [part["intent"] for part in turn["parts"]]) == ("note", ["note"])
    assert 0 < turn["confidence"] <= 1


def test_several_people_and_several_promises_of_one_text(stack: Stack, contractor: dict[str, Any]) -> None:
    stack.ask(
        contractor["phone"],
        "Met Sara Lopez and Omar Diaz at the Acme booth. Need to send Sara the price list, and call Omar about the mixers.",
    )
    (note,) = stack.items("/api/v1/notes", contractor_id=contractor["id"])
    assert set(note["extracted_entities"]["names"]) == {"Sara Lopez", "Omar Diaz"}
    people = {item["person_name"] for item in items_of(stack, contractor).values()}
    assert people == {"Sara Lopez", "Omar Diaz"}


def test_a_digest_is_answered_item_by_item(stack: Stack, contractor: dict[str, Any]) -> None:
    for text in ("Need to call Omar Diaz about the mixers", RIDGETOP, "Send Lee Wong the catalog"):
        stack.ask(contractor["phone"], text)
    assert len(items_of(stack, contractor)) == 3
    listed = stack.ask(contractor["phone"], "what do i still owe people?")
    assert listed.count("\n- ") == 3
    stack.ask(contractor["phone"], "done with Omar, Priya next week, drop the catalog")
    turn = turn_of(stack, contractor)
    assert [part["intent"] for part in turn["parts"]] == ["done", "defer", "cancel"]
    status = {title: item["status"] for title, item in items_of(stack, contractor).items()}
    assert sorted(status.values()) == ["cancelled", "completed", "pending"]


@pytest.mark.parametrize(
    ("answer", "intent", "status"),
    [
        ("done, sent it this morning", "done", "completed"),
        ("half of it is done", "in_progress", "in_progress"),
        ("not yet", "not_done", "pending"),
        ("next Tuesday at 3pm", "defer", "pending"),
        ("they went with someone else, drop it", "cancel", "cancelled"),
    ],
)
def test_a_check_in_is_answered_as_people_answer(
    stack: Stack, contractor: dict[str, Any], answer: str, intent: str, status: str
) -> None:
    stack.ask(contractor["phone"], RIDGETOP)
    (item,) = items_of(stack, contractor).values()
    wanted = {"contractor_id": contractor["id"], "action_item_id": item["id"], "followup_type": "check_in",
              "scheduled_time": datetime.now(UTC).isoformat()}  # fmt: skip
    until(lambda: stack.api.post("/api/v1/followup-schedules", json=wanted).status_code == 201, what="a check-in")
    until(lambda: len(stack.outbound(contractor["phone"])) == 2, what="the check-in")
    stack.ask(contractor["phone"], answer)
    assert turn_of(stack, contractor)["intent"] == intent
    assert [item["status"] for item in items_of(stack, contractor).values()] == [status]


def test_a_later_text_about_the_same_person_is_hers_and_closes_nothing(
    stack: Stack, contractor: dict[str, Any]
) -> None:
    stack.ask(contractor["phone"], RIDGETOP)
    assert "Priya Nair" in stack.ask(contractor["phone"], "Priya called back, she wants two more")
    assert len(stack.items("/api/v1/notes", contractor_id=contractor["id"])) == 2
    assert {item["status"] for item in items_of(stack, contractor).values()} == {"pending"}


def test_a_promised_introduction_is_drafted_without_being_asked(stack: Stack, contractor: dict[str, Any]) -> None:
    stack.ask(
        contractor["phone"], "Met John Smith of Acme, john@example.com. Send him an intro email about AI automation"
    )
    (draft,) = until(
        lambda: stack.items("/api/v1/email-intro-drafts", contractor_id=contractor["id"]), what="the draft"
    )
    assert (draft["status"], draft["to_name"], draft["to_email"]) == ("draft", "John Smith", "john@example.com")


def test_somebody_is_found_and_why_and_undo_and_correct_are_answered(stack: Stack, contractor: dict[str, Any]) -> None:
    stack.ask(contractor["phone"], RIDGETOP)
    assert "Priya Nair" in stack.ask(contractor["phone"], "which one was the guy who does skylights?")
    assert turn_of(stack, contractor)["intent"] == "find"
    stack.ask(contractor["phone"], "how come you texted me?")
    assert turn_of(stack, contractor)["intent"] == "why"
    assert "Nayar" in stack.ask(contractor["phone"], "no, it's Nayar not Nair")
    (note,) = stack.items("/api/v1/notes", contractor_id=contractor["id"])
    assert note["extracted_entities"]["names"] == ["Priya Nayar"]
    stack.ask(contractor["phone"], "undo that")
    (note,) = stack.items("/api/v1/notes", contractor_id=contractor["id"])
    assert note["extracted_entities"]["names"] == ["Priya Nair"]


def test_priorities_in_one_breath_are_ranked(stack: Stack, contractor: dict[str, Any]) -> None:
    stack.ask(contractor["phone"], RIDGETOP)
    question = {"contractor_id": contractor["id"], "event_id": stack.demo["event_id"]}
    assert stack.api.post("/api/v1/priority-questions", json=question).status_code in (201, 202)
    until(lambda: len(stack.outbound(contractor["phone"])) == 2, what="the question")
    stack.ask(contractor["phone"], "first get Priya her bid, then call Omar Diaz, and last look at a new CRM")
    items = [item for item in items_of(stack, contractor).values() if item["contractor_priority"]]
    ranked = sorted(items, key=lambda item: item["contractor_priority"])
    assert [item["person_name"] for item in ranked] == ["Priya Nair", "Omar Diaz", None]
    assert all(item["ai_suggested_priority"] for item in ranked)
    assert turn_of(stack, contractor)["intent"] == "priorities"


def test_a_talk_of_a_pentabarf_programme_is_recognised(stack: Stack, contractor: dict[str, Any]) -> None:
    event = stack.api.get(f"/api/v1/events/{stack.demo['event_id']}").json()
    file = PENTABARF.format(day=event["date"]).encode()
    answer = stack.api.post(
        f"/api/v1/events/{event['id']}/programme", content=file, headers={"Content-Type": "application/xml"}
    )
    assert answer.status_code in (200, 201, 202), answer.text
    speakers = until(
        lambda: [s for s in stack.items("/api/v1/speakers", event_id=event["id"]) if "Okonkwo" in s["full_name"]]
    )

    def recognised() -> dict[str, Any] | None:
        """Asked again until the concierge has heard of the speaker."""
        stack.ask(contractor["phone"], "Bettina Okonkwo says half of all roofs could carry a heat pump by 2030")
        notes = stack.items("/api/v1/notes", contractor_id=contractor["id"])
        return next((note for note in notes if note["speaker_id"] == speakers[0]["id"]), None)

    assert until(recognised, what="a note about the speaker")["note_type"] == "speaker_note"


def test_a_booked_demo_becomes_its_preparation_the_day_before(stack: Stack, contractor: dict[str, Any]) -> None:
    day = date.fromisoformat(stack.api.get(f"/api/v1/events/{stack.demo['event_id']}").json()["date"]) + timedelta(
        days=7
    )
    body = {"contractor_id": contractor["id"], "event_id": stack.demo["event_id"], "company": "Acme Corp",
            "starts_at": datetime.combine(day, time(12), ZoneInfo(contractor["time_zone"])).isoformat()}  # fmt: skip
    booked = stack.api.post("/api/v1/demo-bookings", json=body)
    assert booked.status_code == 201, booked.text
    item = until(lambda: items_of(stack, contractor).get("Prepare for Acme Corp demo"), what="the preparation")
    assert item["action_type"] == "demo_prep"
    assert item["due_date"][:10] == str(day - timedelta(days=1))


def test_what_is_unsure_is_kept_and_asked_and_closes_nothing(stack: Stack, contractor: dict[str, Any]) -> None:
    stack.ask(contractor["phone"], RIDGETOP)
    reply = stack.ask(contractor["phone"], "purple monkey dishwasher tango")
    assert "?" in reply
    assert [item["status"] for item in items_of(stack, contractor).values()] == ["pending"]


def test_staff_correct_a_turn(stack: Stack, contractor: dict[str, Any]) -> None:
    stack.ask(contractor["phone"], RIDGETOP)
    turn = turn_of(stack, contractor)
    note = {"note_type": "insight", "entities": {"names": ["Priya Nair"]}, "requires_followup": False}
    answer = stack.api.put(
        f"/api/v1/concierge-turns/{turn['id']}/reading", json={"intent": "note", "confidence": 1, "note": note}
    )
    assert answer.status_code == 200, answer.text
    (note,) = stack.items("/api/v1/notes", contractor_id=contractor["id"])
    assert note["note_type"] == "insight"
    assert [item["status"] for item in items_of(stack, contractor).values()] == ["cancelled"]
    assert len(stack.outbound(contractor["phone"])) == 1


def test_a_draft_is_shown_and_kept_on_approval_only(stack: Stack, contractor: dict[str, Any]) -> None:
    stack.ask(contractor["phone"], "Met John Smith of Acme, promised him a quote. john@example.com")
    sent = stack.text(contractor["phone"], "can you write the mail to John for me?")
    _promised, draft = stack.replies(contractor["phone"], sent["accepted_at"], count=2)
    assert turn_of(stack, contractor)["intent"] == "help_with_item"
    assert "A draft to John Smith <john@example.com>" in draft["body"]
    (waiting,) = stack.items("/api/v1/email-intro-drafts", contractor_id=contractor["id"])
    assert waiting["status"] == "draft"
    assert "Approved" in stack.ask(contractor["phone"], "yes")
    (approved,) = stack.items("/api/v1/email-intro-drafts", contractor_id=contractor["id"])
    assert approved["status"] == "approved"
