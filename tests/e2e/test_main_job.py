"""The main job over real processes: a text becomes a kept promise."""

import itertools
import re
import time
from typing import Any

import httpx
import pytest

from tests.stack import Stack, until

pytestmark = pytest.mark.e2e

NOTE = "Met John Smith - amazing insights on AI automation. 555-1234, john@example.com"
numbers = itertools.count(1)


def notes_of(stack: Stack, contractor: dict[str, Any]) -> list[dict[str, Any]]:
    return stack.items("/api/v1/notes", contractor_id=contractor["id"])


def test_the_documents_text_becomes_a_note_a_promise_and_a_check_in(stack: Stack, contractor: dict[str, Any]) -> None:
    reply = stack.ask(contractor["phone"], NOTE)
    assert "John" in reply
    (note,) = notes_of(stack, contractor)
    assert note["note_text"] == NOTE
    assert note["note_type"] == "contact"
    entities = note["extracted_entities"]
    assert entities["names"] == ["John Smith"]
    assert entities["phone_numbers"] == ["555-1234"]
    assert entities["emails"] == ["john@example.com"]
    assert {"networking", "follow-up-required", "ai-topic"} <= set(note["ai_tags"])
    assert note["requires_followup"] is True
    assert note["event_id"] == stack.demo["event_id"]
    (item,) = stack.items("/api/v1/action-items", contractor_id=contractor["id"])
    assert item["title"] == "Follow up with John Smith"
    assert item["related_note_id"] == note["id"]
    (schedule,) = until(lambda: stack.items("/api/v1/followup-schedules", action_item_id=item["id"]))
    assert schedule["contractor_id"] == contractor["id"]
    assert schedule["status"] == "scheduled"
    preview = stack.api.get(f"/api/v1/followup-schedules/{schedule['id']}/preview").json()
    assert "John Smith" in str(preview)


def test_the_same_webhook_five_times_makes_one_note_and_one_reply(stack: Stack, contractor: dict[str, Any]) -> None:
    sent = stack.text(contractor["phone"], "Met Sara Lopez of Acme Corp, wants a quote", deliver=False)
    delivered = stack.twilio.post(f"/standin/texts/{sent['sid']}/deliver", params={"times": "5"})
    assert delivered.status_code == 200, delivered.text
    stack.replies(contractor["phone"], sent["accepted_at"])
    stack.ask(contractor["phone"], "The coffee here is great")
    assert [note["note_text"][:8] for note in notes_of(stack, contractor)].count("Met Sara") == 1
    assert len(stack.outbound(contractor["phone"])) == 2


def test_a_stranger_becomes_a_contractor_once_and_is_told_who_we_are(stack: Stack) -> None:
    phone = f"+1469555{100 + next(numbers):04d}"
    reply = stack.ask(phone, "Met Ana Ruiz from Lone Star Plumbing")
    assert "STOP" in reply
    assert "HELP" in reply
    found = stack.items("/api/v1/contractors", phone=phone)
    assert len(found) == 1
    assert len(stack.items("/api/v1/notes", contractor_id=found[0]["id"])) == 1


def test_stop_is_obeyed_and_start_opens_again(stack: Stack, contractor: dict[str, Any]) -> None:
    stack.ask(contractor["phone"], NOTE)
    stack.text(contractor["phone"], "no more texts from you, thanks")
    until(lambda: len(stack.outbound(contractor["phone"])) == 2, what="the one confirmation")
    suppressions = stack.items("/api/v1/suppressions", address=contractor["phone"])
    assert suppressions[0]["scope"] == "everything"
    stack.text(contractor["phone"], "Met Lee Wong, roofing")
    until(lambda: len(notes_of(stack, contractor)) == 2, what="the note, kept in silence")
    assert len(stack.outbound(contractor["phone"])) == 2
    sent = stack.text(contractor["phone"], "START")
    assert stack.replies(contractor["phone"], sent["accepted_at"])
    assert stack.ask(contractor["phone"], "Met Kim Park, electrician")


def test_staff_take_over_silences_the_concierge_until_they_hand_back(stack: Stack, contractor: dict[str, Any]) -> None:
    stack.ask(contractor["phone"], NOTE)
    (conversation,) = stack.items("/api/v1/conversations", contractor_id=contractor["id"])
    path = f"/api/v1/conversations/{conversation['id']}"
    assert stack.api.post(f"{path}/take-over").status_code == 200
    said = len(stack.outbound(contractor["phone"]))
    stack.text(contractor["phone"], "Can somebody call me about the expo booth?")
    until(lambda: len(stack.items("/api/v1/concierge-turns", contractor_id=contractor["id"])) == 2)
    staff = stack.api.post(f"{path}/messages", json={"body": "This is Dana from the team. Calling you now."})
    assert staff.status_code in (201, 202), staff.text
    until(lambda: len(stack.outbound(contractor["phone"])) == said + 1)
    assert "Dana" in stack.outbound(contractor["phone"])[-1]["body"]
    assert stack.api.post(f"{path}/hand-back").status_code == 200
    assert stack.ask(contractor["phone"], "Met Omar Diaz, concrete")


def test_top_three_priorities_become_ranked_items(stack: Stack, contractor: dict[str, Any]) -> None:
    question = {"contractor_id": contractor["id"], "event_id": stack.demo["event_id"]}
    asked = stack.api.post("/api/v1/priority-questions", json=question)
    assert asked.status_code in (201, 202), asked.text
    until(lambda: stack.outbound(contractor["phone"]), what="the question")
    stack.text(contractor["phone"], "1. Follow up with John Smith, 2. Demo with Acme Corp, 3. Implement AI tools")
    items = until(lambda: _ranked(stack, contractor, 3), what="three ranked items")
    assert [item["contractor_priority"] for item in items] == [1, 2, 3]
    assert "John Smith" in items[0]["title"]
    assert "Acme" in items[1]["title"]


def _ranked(stack: Stack, contractor: dict[str, Any], number: int) -> list[dict[str, Any]] | None:
    items = stack.items("/api/v1/action-items", contractor_id=contractor["id"])
    ranked = sorted((i for i in items if i["contractor_priority"]), key=lambda i: i["contractor_priority"])
    return ranked if len(ranked) == number else None


def test_another_account_sees_nothing_of_it(stack: Stack, contractor: dict[str, Any]) -> None:
    stack.ask(contractor["phone"], NOTE)
    (note,) = notes_of(stack, contractor)
    other = {"X-API-Key": stack.demo["other_account"]["api_key"]}
    absent = "01890000-0000-7000-8000-000000000000"
    for resource, row_id in (("notes", note["id"]), ("contractors", contractor["id"])):
        theirs = httpx.get(f"{stack.demo['gateway']}/api/v1/{resource}/{row_id}", headers=other)
        nothing = httpx.get(f"{stack.demo['gateway']}/api/v1/{resource}/{absent}", headers=other)
        assert theirs.status_code == nothing.status_code == 404
        assert theirs.content == nothing.content


def test_the_context_and_the_report_put_the_services_together(stack: Stack, contractor: dict[str, Any]) -> None:
    stack.ask(contractor["phone"], NOTE)
    until(lambda: stack.items("/api/v1/followup-schedules", contractor_id=contractor["id"]))
    context = stack.api.get(f"/api/v1/contractors/{contractor['id']}/context").json()
    assert len(context["notes"]) == len(context["open_action_items"]) == 1
    assert context["coming_check_ins"]
    assert len(context["recent_messages"]) == 2
    assert context["event"]["id"] == stack.demo["event_id"]
    assert context["programme"]["sessions"]
    assert context["unavailable"] == []
    report = stack.api.get(f"/api/v1/events/{stack.demo['event_id']}/report").json()
    line = next(row for row in report["contractors"] if row["contractor_id"] == contractor["id"])
    assert (line["notes"], line["promises"], line["kept"]) == (1, 1, 0)
    assert report["totals"]["notes"] == sum(row["notes"] for row in report["contractors"])
    table = stack.api.get(f"/api/v1/events/{stack.demo['event_id']}/report", params={"format": "csv"})
    assert table.headers["content-type"].startswith("text/csv")
    assert contractor["id"] in table.text


def test_the_live_stream_tells_of_the_accounts_events_and_resumes(stack: Stack, contractor: dict[str, Any]) -> None:
    ticket = stack.api.post("/api/v1/stream/tickets").json()["ticket"]
    url = f"{stack.demo['gateway']}/api/v1/stream"
    with httpx.stream("GET", url, params={"ticket": ticket}, timeout=20) as live:
        lines = live.iter_lines()
        assert next(lines).startswith(":")
        stack.text(contractor["phone"], NOTE)
        seen = list(itertools.takewhile(lambda line: "note.captured" not in line, lines))
    ids = [line.removeprefix("id: ") for line in seen if line.startswith("id: ")]
    assert all(re.fullmatch(r"\d+-[0-9a-f-]{36}", each) for each in ids)
    assert httpx.get(url, params={"ticket": ticket}).status_code == 401
    headers = {"X-API-Key": stack.demo["api_key"], "Last-Event-ID": ids[0]}
    with httpx.stream("GET", url, headers=headers, timeout=20) as resumed:
        assert any("note.captured" in line for line in resumed.iter_lines() if line.startswith("event:"))


def test_what_is_not_signed_by_twilio_is_refused(stack: Stack) -> None:
    form = {"MessageSid": "SM" + "0" * 32, "AccountSid": stack.demo["twilio_account_sid"], "From": "+12145550199",
            "To": stack.demo["twilio_number"], "Body": "hello", "NumMedia": "0"}  # fmt: skip
    url = f"{stack.demo['gateway']}/webhooks/twilio/sms"
    assert httpx.post(url, data=form).status_code == 403
    assert httpx.post(url, data=form, headers={"X-Twilio-Signature": "bm9uc2Vuc2U="}).status_code == 403


def test_the_documentation_is_whole_and_needs_no_network(stack: Stack) -> None:
    document = stack.api.get("/openapi.json").json()
    for path in (
        "/api/v1/notes",
        "/api/v1/contractors",
        "/api/v1/messages",
        "/api/v1/followup-schedules",
        "/api/v1/stream",
    ):
        assert path in document["paths"]
    page = httpx.get(f"{stack.demo['gateway']}/docs").text
    assert "http://" not in page.replace(stack.demo["gateway"], "")
    assert "https://" not in page
    assert httpx.get(f"{stack.demo['gateway']}/docs/static/swagger-ui-bundle.js").status_code == 200


def test_days_later_the_check_in_knows_john_and_done_closes_the_loop(stack: Stack, contractor: dict[str, Any]) -> None:
    """Last of all, because it moves the stack's clock."""
    stack.ask(contractor["phone"], NOTE)
    until(lambda: stack.items("/api/v1/followup-schedules", contractor_id=contractor["id"]))
    before = len(stack.outbound(contractor["phone"]))
    for _ in range(10):
        assert stack.command("clock", TO="+1d").returncode == 0
        if _is_said(stack, contractor, before, "John Smith"):
            break
    (check_in,) = [text for text in stack.outbound(contractor["phone"])[before:] if "John Smith" in text["body"]]
    assert "AI automation" in check_in["body"]
    sent = stack.text(contractor["phone"], "done")
    assert stack.replies(contractor["phone"], sent["accepted_at"])
    item = until(lambda: _completed(stack, contractor), what="the completion")
    updates = stack.items(f"/api/v1/action-items/{item['id']}/updates")
    (completion,) = [
        row for row in updates if row["update_type"] == "status_change" and row["new_value"] == "completed"
    ]
    assert completion["updated_by"] == "contractor"
    assert completion["message_id"]
    (note,) = notes_of(stack, contractor)
    assert note["followup_completed"] is True
    responded = until(
        lambda: stack.items("/api/v1/followup-schedules", contractor_id=contractor["id"], status="responded")
    )
    assert responded[0]["response_text"] == "done"


def _is_said(stack: Stack, contractor: dict[str, Any], before: int, words: str) -> bool:
    """Whether a text with these words goes out within the moments after the clock moved."""
    end = time.monotonic() + 4
    while time.monotonic() < end:
        if any(words in text["body"] for text in stack.outbound(contractor["phone"])[before:]):
            return True
        time.sleep(0.2)
    return False


def _completed(stack: Stack, contractor: dict[str, Any]) -> dict[str, Any] | None:
    items = stack.items("/api/v1/action-items", contractor_id=contractor["id"], status="completed")
    return items[0] if items else None
