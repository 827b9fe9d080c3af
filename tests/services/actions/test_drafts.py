"""Introductions are drafted for approval: written by themselves, sent by nobody who was not told to."""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from services.actions.drafts.facts import IntroFacts
from services.actions.drafts.offline import write_plainly
from services.actions.drafts.queries import REQUESTS
from services.actions.drafts.rules import Parties, address_of, parties_of
from shared.ai.runner import Ai
from shared.contracts.actions import EmailIntroDraftCreated, EmailIntroDraftUpdated
from shared.contracts.ai import AiRunCompleted
from shared.contracts.directory import ContractorCreated, ContractorUpdated
from shared.contracts.messaging import SendRequested
from shared.ids import uuid7
from tests.services.actions.conftest import PHONE, Actions
from tests.standins.anthropic import KEY, AnthropicStandin, anthropic_standin

Http = Callable[..., httpx.AsyncClient]
PATH = "/api/v1/email-intro-drafts"


async def promise(client: httpx.AsyncClient, actions: Actions, **values: Any) -> dict[str, Any]:
    known = {"contractor_id": str(actions.contractor_id), "action_type": "email_intro", "person_name": "Sara Lopez"}
    answer = await client.post("/api/v1/action-items", json={"title": "Intro email to Sara Lopez", **known, **values})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def drafts(client: httpx.AsyncClient, **filters: str) -> list[dict[str, Any]]:
    return list((await client.get(PATH, params=filters)).json()["items"])


async def drafted(actions: Actions, client: httpx.AsyncClient, **values: Any) -> dict[str, Any]:
    item = await promise(client, actions, **values)
    await actions.write_drafts()
    [draft] = await drafts(client, action_item_id=item["id"])
    return draft


async def know_company(actions: Actions) -> None:
    person = {"id": actions.contractor_id, "full_name": "Maria Lopez", "phone": PHONE, "company": "Lopez Roofing"}
    await actions.tell(actions.state(ContractorUpdated, **person, time_zone="America/Chicago", changed=["company"]))


async def test_a_promised_introduction_is_drafted(actions: Actions, http_of: Http) -> None:
    known, client = await actions.know_event(), http_of()
    await know_company(actions)
    draft = await drafted(actions, client, event_id=str(known["event"]), topic="flat roof drains")
    assert (draft["status"], draft["to_name"], draft["to_email"]) == ("draft", "Sara Lopez", None)
    assert draft["subject"] == "Introduction: Maria Lopez, Lopez Roofing (Power100 Dallas)"
    assert draft["body"] == (
        "Hi Sara,\n\n"
        "This is Maria Lopez of Lopez Roofing. I am writing to you after Power100 Dallas."
        " I would like to talk with you about flat roof drains.\n\n"
        "Would you have a few minutes for a call in the coming days?\n\n"
        "Best regards,\nMaria Lopez\nLopez Roofing"
    )
    [created] = await actions.published(EmailIntroDraftCreated)
    assert (str(created.id), created.row_version, created.body) == (draft["id"], 1, draft["body"])
    [run] = await actions.published(AiRunCompleted)
    assert (run.task, run.provider, str(run.subject_id)) == ("draft_intro", "offline", draft["action_item_id"])
    assert await actions.published(SendRequested) == []


async def test_a_text_that_promises_one_is_enough(actions: Actions, http_of: Http) -> None:
    await actions.text(
        "Met John Smith of Ridgeline Solar, john@example.com. Send him an intro email about AI automation"
    )
    await actions.write_drafts()
    [draft] = await drafts(http_of())
    assert (draft["to_name"], draft["to_email"], draft["body"][:8]) == ("John Smith", "john@example.com", "Hi John,")


async def test_it_is_written_once_however_often_it_is_asked_for(actions: Actions, http_of: Http) -> None:
    client = http_of()
    item = await promise(client, actions)
    [lease] = await REQUESTS.claim(actions.worker, 10)
    await actions.rows("UPDATE email_intro_requests SET run_after = '-infinity', leased_until = NULL")
    assert await actions.write_drafts() == 1
    await client.patch(f"/api/v1/action-items/{item['id']}", json={"action_type": "follow_up"})
    await client.patch(f"/api/v1/action-items/{item['id']}", json={"action_type": "email_intro"})
    assert await actions.write_drafts() == 1
    assert len(await drafts(client)) == 1
    assert lease.attempts == 1


async def test_other_promises_get_no_draft(actions: Actions, http_of: Http) -> None:
    client = http_of()
    await promise(client, actions, action_type="follow_up")
    await promise(client, actions, status="completed")
    assert await actions.write_drafts() == 0


async def test_a_peer_is_written_to_at_their_own_address(actions: Actions, http_of: Http) -> None:
    peer_id, client = uuid7(), http_of()
    peer = {"id": peer_id, "full_name": "Dan Webb", "phone": "+12145550177", "email": "dan@example.org"}
    await actions.tell(actions.state(ContractorCreated, **peer))
    title = "Introduce Dan Webb to Sara Lopez"
    related = {"related_peer_contractor_id": str(peer_id), "person_name": "Dan Webb"}
    draft = await drafted(actions, client, title=title, **related)
    assert (draft["to_name"], draft["to_email"]) == ("Dan Webb", "dan@example.org")
    assert draft["subject"] == "Introduction: Dan Webb and Sara Lopez"
    assert "I would like to introduce you to Sara Lopez." in draft["body"]


async def test_it_is_changed_approved_and_reported_sent(actions: Actions, http_of: Http) -> None:
    client = http_of()
    draft = await drafted(actions, client)
    path = f"{PATH}/{draft['id']}"
    stale = await client.patch(path, json={"subject": "x"}, headers={"If-Match": '"9"'})
    assert stale.status_code == 412
    changed = await client.patch(
        path, json={"subject": "Sara, meet us", "to_email": "Sara@Example.com"}, headers={"If-Match": '"1"'}
    )
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    assert (await client.post(f"{path}/sent")).json()["code"] == "email_intro_draft_closed"
    key = {"Idempotency-Key": "approve-1"}
    approved = await client.post(f"{path}/approve", headers={**key, "If-Match": '"2"'})
    again = await client.post(f"{path}/approve", headers={**key, "If-Match": '"2"'})
    assert (approved.status_code, again.status_code, again.json()) == (200, 200, approved.json())
    assert (approved.json()["status"], approved.json()["sent_at"]) == ("approved", None)
    assert (approved.json()["approved_by"], approved.json()["approved_at"] is not None) == (changed_by(client), True)
    assert (await client.patch(path, json={"body": "Other words"})).status_code == 409
    sent = await client.post(f"{path}/sent")
    assert (sent.json()["status"], sent.json()["sent_at"] is not None) == ("sent", True)
    assert (await client.post(f"{path}/sent")).status_code == 409
    [row] = (await client.get(f"/api/v1/action-items/{draft['action_item_id']}/updates")).json()["items"]
    assert (row["update_type"], row["updated_by"]) == ("email_sent", "user")
    assert row["update_note"] == '"Sara, meet us" to sara@example.com'
    told = await actions.published(EmailIntroDraftUpdated)
    assert [set(each.changed) & {"status", "subject"} for each in told] == [{"subject"}, {"status"}, {"status"}]
    assert (await client.get(f"/api/v1/action-items/{draft['action_item_id']}")).json()["status"] == "pending"


def changed_by(client: httpx.AsyncClient) -> Any:
    """The user of the client's token."""
    import jwt

    claims = jwt.decode(client.headers["authorization"].split()[1], options={"verify_signature": False})
    return claims.get("user_id") or claims["sub"]


async def test_what_is_not_an_address_or_says_nothing_is_refused(actions: Actions, http_of: Http) -> None:
    client = http_of()
    path = f"{PATH}/{(await drafted(actions, client))['id']}"
    bad = ({"to_email": "sara at example"}, {"body": " "}, {"subject": None}, {"status": "sent"})
    for body in bad:
        assert (await client.patch(path, json=body)).status_code == 422, body
    assert (await client.get(f"{PATH}/{uuid7()}")).status_code == 404


async def test_a_discarded_draft_is_not_written_again(actions: Actions, http_of: Http) -> None:
    client = http_of()
    draft = await drafted(actions, client)
    answer = await client.post(f"{PATH}/{draft['id']}/discard", json={"reason": "I will call"})
    assert (answer.json()["status"], answer.json()["reason"]) == ("discarded", "I will call")
    await client.patch(f"/api/v1/action-items/{draft['action_item_id']}", json={"status": "in_progress"})
    assert await actions.write_drafts() == 0
    assert (await client.post(f"{PATH}/{draft['id']}/approve")).status_code == 409


async def test_a_dropped_promise_takes_its_draft_along_and_back(actions: Actions, http_of: Http) -> None:
    client = http_of()
    draft = await drafted(actions, client)
    item = f"/api/v1/action-items/{draft['action_item_id']}"
    await client.delete(item)
    [closed] = await drafts(client)
    assert (closed["status"], closed["reason"]) == ("discarded", "item_cancelled")
    await client.patch(item, json={"status": "pending"})
    await actions.write_drafts()
    assert [each["status"] for each in await drafts(client)] == ["draft", "discarded"]
    assert len(await drafts(client, status="draft")) == 1


async def test_a_promise_dropped_while_its_draft_is_written_gets_none(actions: Actions, http_of: Http) -> None:
    client = http_of()
    item = await promise(client, actions)
    async with anthropic_standin() as server:
        actions.ai = Ai.open("actions", api_key=KEY, base_url=server.url, timeout=5)
        server.reply = lambda _body: {"subject": "x", "body": "Hi Sara, Maria", "mentions": []}
        asked = actions.ai.run

        async def dropped_meanwhile(*args: Any, **values: Any) -> Any:
            outcome = await asked(*args, **values)
            await client.delete(f"/api/v1/action-items/{item['id']}")
            return outcome

        actions.ai.run = dropped_meanwhile  # type: ignore[method-assign]
        assert await actions.write_drafts() == 1
        await actions.ai.close()
    assert await drafts(client) == []


async def test_a_contractor_sees_and_approves_own_drafts_alone(actions: Actions, http_of: Http) -> None:
    draft = await drafted(actions, http_of())
    stranger = http_of("contractor", contractor_id=uuid7())
    assert await drafts(stranger) == []
    assert (await stranger.post(f"{PATH}/{draft['id']}/approve")).status_code == 404
    assert (await http_of("sales").get(PATH)).status_code == 403
    own = http_of("contractor", contractor_id=actions.contractor_id)
    assert (await own.post(f"{PATH}/{draft['id']}/approve")).json()["status"] == "approved"
    assert (await http_of(account_id=uuid7()).get(f"{PATH}/{draft['id']}")).status_code == 404


@pytest.fixture
async def model(actions: Actions) -> AsyncIterator[AnthropicStandin]:
    async with anthropic_standin() as server:
        actions.ai = Ai.open("actions", api_key=KEY, base_url=server.url)
        yield server
        await actions.ai.close()


GOOD = {"subject": "Hello from Maria", "body": "Hi Sara,\n\nmay I call you?\n\nMaria Lopez", "mentions": ["Sara"]}


async def test_a_models_words_are_taken(actions: Actions, http_of: Http, model: AnthropicStandin) -> None:
    model.reply = lambda _body: GOOD
    draft = await drafted(actions, http_of())
    assert (draft["subject"], draft["body"]) == (GOOD["subject"], GOOD["body"])
    [run] = await actions.published(AiRunCompleted)
    assert (run.provider, run.agent, run.outcome) == ("anthropic", "marketing", "ok")


@pytest.mark.parametrize(
    "invented",
    [
        {"body": "Hi Sara, see www.example.com. Maria"},
        {"body": "Hi Sara, call 555-0142-77. Maria"},
        {"body": "Hi Sara, write to boss@example.net. Maria"},
        {"body": "Hi John, may I call you? Maria"},
        {"mentions": ["the golf trip"]},
    ],
    ids=["a link", "a number", "an address", "another person", "a quotation"],
)
async def test_what_a_model_invents_is_not(
    actions: Actions, http_of: Http, model: AnthropicStandin, invented: dict[str, Any]
) -> None:
    model.reply = lambda _body: {**GOOD, **invented}
    draft = await drafted(actions, http_of())
    assert draft["body"].startswith("Hi Sara,\n\nThis is Maria Lopez.")


async def test_without_an_answer_the_plain_words_stand(
    actions: Actions, http_of: Http, model: AnthropicStandin
) -> None:
    model.fault = "overloaded"
    draft = await drafted(actions, http_of())
    assert draft["body"].startswith("Hi Sara,\n\nThis is Maria Lopez.")
    [run] = await actions.published(AiRunCompleted)
    assert run.outcome == "fallback"


@pytest.mark.parametrize(
    ("title", "person", "parties"),
    [
        ("Introduce Sara Lopez to Mike Chen", "Sara Lopez", Parties("Sara Lopez", "Mike Chen")),
        ("Introduce Dan to our estimator", "Dan", Parties("Dan", "our estimator")),
        ("Email an intro between Bob Dunn and Amy Ruiz", "Bob Dunn", Parties("Bob Dunn", "Amy Ruiz")),
        ("connect luis at ridgeline w/ dana", "luis", Parties("luis", "dana")),
        ("Introduce me to the BuildPro folks", None, Parties("BuildPro folks")),
        ("Introduce us to Amy Ruiz at Ridgetop re skylights", "Amy Ruiz", Parties("Amy Ruiz")),
        ("Send him an intro email to our estimator", "John Smith", Parties("John Smith")),
        ("Intro email to Priya Nair at Ridgetop Solar", "Priya Nair", Parties("Priya Nair")),
        ("Introduce Bob to me", "Bob", Parties("Bob")),
        ("Write the intro", None, Parties(None)),
    ],
)
def test_whom_an_introduction_is_between(title: str, person: str | None, parties: Parties) -> None:
    assert parties_of(title, person) == parties


@pytest.mark.parametrize(
    ("name", "named", "noted", "address"),
    [
        ("John Smith", ["John Smith", "Amy Ruiz"], ["john@example.com", "amy@example.com"], "john@example.com"),
        ("John Smith", ["John Smith"], ["office@example.com"], "office@example.com"),
        ("John Smith", ["John Smith", "Amy Ruiz"], ["office@example.com"], None),
        ("John Smith", ["John Smith"], ["johnny@example.com", "john.smith@example.com"], None),
        ("John Smith", [], [], None),
        (None, [], ["john@example.com"], None),
    ],
)
def test_an_address_is_the_persons_own_or_none(
    name: str | None, named: list[str], noted: list[str], address: str | None
) -> None:
    assert address_of(name, named, noted, [("Amy Ruiz", "amy@example.org")]) == address


@pytest.mark.parametrize(
    "facts",
    [
        IntroFacts(promise="Write the intro"),
        IntroFacts(promise="x", to_name="BuildPro Solutions", to_is_company=True, event="Power100 Dallas"),
        IntroFacts(promise="x", introduced="our estimator", topic="skylights"),
        IntroFacts(promise="x", to_name="BuildPro folks", sender="Maria Lopez"),
    ],
)
def test_nothing_stands_for_what_is_not_known(facts: IntroFacts) -> None:
    written = write_plainly(facts)
    says = f"{written.subject}\n{written.body}"
    assert [odd for odd in ("None", "  ", "{", "\n\n\n") if odd in says] == []
    assert all(value in says for value in (facts.to_name, facts.introduced, facts.topic, facts.event) if value)
    assert json.loads(written.model_dump_json())["mentions"] == []
