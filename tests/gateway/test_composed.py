"""Answers that several services have a part in: a person's context, an event's report."""

import csv
import io
from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import Request

from shared.bus.kafka import KafkaCluster
from shared.ids import uuid7
from tests.gateway.conftest import Upstreams, gateway_before, serving
from tests.standins.issuer import Issuer

Answer = tuple[int, Any]


def page(*items: Any, cursor: str | None = None) -> Answer:
    return 200, {"items": list(items), "next_cursor": cursor}


def knowing(who: str, **more: Any) -> dict[str, Any]:
    """Answers of services that know a contractor and nothing else, but for `more`."""
    lists = ("notes", "action-items", "messages", "followup-schedules", "attendees", "events", "sessions", "speakers",
             "sponsors")  # fmt: skip
    empty = {f"/api/v1/{each}": page() for each in lists}
    return {**empty, f"/api/v1/contractors/{who}": (200, {"id": who}), **{f"/api/v1/{k}": v for k, v in more.items()}}


def events_by_time(**ids: list[str]) -> Callable[[Request], Answer]:
    """Directory's list of events: of each time, those that are asked for; their dates are their places."""

    def answer(request: Request) -> Answer:
        query = request.query_params
        assert query["status"] == "active"
        known = ids.get(query["when"], [])
        return page(*[{"id": each, "date": str(n)} for n, each in enumerate(known) if each in query.getlist("ids")])

    return answer


@pytest.mark.parametrize(
    ("times", "shown"),
    [
        ({"past": ["a"], "running": ["b"], "coming": ["c"]}, "b"),
        ({"past": ["a", "b"], "coming": ["c"]}, "b"),
        ({"coming": ["b", "c"]}, "b"),
    ],
)
async def test_the_context_shows_the_event_that_runs_else_the_last_else_the_next(
    gateway: httpx.AsyncClient, upstreams: Upstreams, issuer: Issuer, account_id: UUID, times: dict[str, list[str]],
    shown: str,
) -> None:  # fmt: skip
    who = str(uuid7())
    parts = [{"event_id": each, "status": "registered"} for each in ("a", "b", "c")]
    upstreams.answers = knowing(who, attendees=page(*parts), events=events_by_time(**times))
    answer = await gateway.get(f"/api/v1/contractors/{who}/context", headers=issuer.bearer(account_id))
    assert answer.json()["event"]["id"] == shown


async def test_an_event_whose_registration_was_cancelled_is_not_shown(
    gateway: httpx.AsyncClient, upstreams: Upstreams, issuer: Issuer, account_id: UUID
) -> None:
    who = str(uuid7())
    parts = [{"event_id": "a", "status": "cancelled"}, {"event_id": "b", "status": "checked_in"}]
    upstreams.answers = knowing(who, attendees=page(*parts), events=events_by_time(running=["a"], past=["b"]))
    answer = await gateway.get(f"/api/v1/contractors/{who}/context", headers=issuer.bearer(account_id))
    assert answer.json()["event"]["id"] == "b"


async def test_the_context_reads_a_programme_to_its_end_and_says_which_lists_go_on(
    gateway: httpx.AsyncClient, upstreams: Upstreams, issuer: Issuer, account_id: UUID
) -> None:
    who = str(uuid7())

    def sessions(request: Request) -> Answer:
        return page({"id": "2"}) if "cursor" in request.query_params else page({"id": "1"}, cursor="more")

    parts = page({"event_id": "a", "status": "registered"})
    more = {"attendees": parts, "events": events_by_time(running=["a"]), "sessions": sessions}
    upstreams.answers = knowing(who, **more, notes=page({"id": "n"}, cursor="more"))
    context = (await gateway.get(f"/api/v1/contractors/{who}/context", headers=issuer.bearer(account_id))).json()
    assert [each["id"] for each in context["programme"]["sessions"]] == ["1", "2"]
    assert context["cut"] == ["notes"]


async def test_the_context_names_what_is_missing(
    upstreams: Upstreams, issuer: Issuer, kafka: KafkaCluster, account_id: UUID
) -> None:
    who = str(uuid7())
    upstreams.answers = knowing(who)
    async with (
        serving(upstreams.app()) as upstream,
        gateway_before(upstream, issuer, kafka, followups_url="http://127.0.0.1:9") as client,
    ):
        context = (await client.get(f"/api/v1/contractors/{who}/context", headers=issuer.bearer(account_id))).json()
    assert (context["unavailable"], context["coming_check_ins"]) == (["followups"], None)
    assert (context["notes"], context["event"]) == ([], None)


async def test_a_refusal_of_a_service_is_passed_on_by_composed_reads(
    gateway: httpx.AsyncClient, upstreams: Upstreams, issuer: Issuer, account_id: UUID
) -> None:
    who = str(uuid7())
    refusal = {"type": "about:blank", "status": 404, "code": "not_found", "detail": "There is no such contractor."}
    upstreams.answers = {f"/api/v1/contractors/{who}": (404, refusal)}
    answer = await gateway.get(f"/api/v1/contractors/{who}/context", headers=issuer.bearer(account_id))
    assert (answer.status_code, answer.json()) == (404, refusal)


def people(names: dict[str, str | None]) -> Callable[[Request], Answer]:
    """Directory's list of contractors, which gives those whose ids are asked for."""

    def answer(request: Request) -> Answer:
        asked = request.query_params.getlist("ids")
        assert 0 < len(asked) <= 100
        return page(*[{"id": each, "full_name": names[each]} for each in asked if each in names])

    return answer


async def report_of(
    gateway: httpx.AsyncClient, upstreams: Upstreams, headers: dict[str, str], names: dict[str, str | None],
    form: str = "json", **counts: list[dict[str, Any]],
) -> httpx.Response:  # fmt: skip
    event = str(uuid7())
    upstreams.answers = {
        f"/api/v1/events/{event}": (200, {"id": event}),
        "/api/v1/contractors": people(names),
        "/api/v1/notes/counts": page(*counts.get("notes", [])),
        "/api/v1/action-items/counts": page(*counts.get("items", [])),
        "/api/v1/followup-schedules/counts": page(*counts.get("check_ins", [])),
    }
    return await gateway.get(f"/api/v1/events/{event}/report", params={"format": form}, headers=headers)


async def test_the_report_brings_together_what_three_services_counted(
    gateway: httpx.AsyncClient, upstreams: Upstreams, issuer: Issuer, account_id: UUID
) -> None:
    maria, dave = str(uuid7()), str(uuid7())
    answer = await report_of(
        gateway, upstreams, issuer.bearer(account_id), {maria: "Maria Alvarez"},
        notes=[{"contractor_id": maria, "notes": 2}, {"contractor_id": dave, "notes": 5}],
        items=[{"contractor_id": maria, "promises": 3, "kept": 2, "overdue": 1}],
        check_ins=[{"contractor_id": maria, "check_ins_sent": 4, "answered": 3}],
    )  # fmt: skip
    report = answer.json()
    assert report["totals"] == {"notes": 7, "promises": 3, "kept": 2, "overdue": 1, "check_ins_sent": 4, "answered": 3}
    first, second = report["contractors"]
    assert (first["full_name"], first["promises"], first["answered"]) == ("Maria Alvarez", 3, 3)
    assert (second["contractor_id"], second["full_name"], second["notes"]) == (dave, None, 5)


async def test_the_report_asks_for_the_names_of_those_in_it_alone_a_hundred_at_a_time(
    gateway: httpx.AsyncClient, upstreams: Upstreams, issuer: Issuer, account_id: UUID
) -> None:
    names: dict[str, str | None] = {str(uuid7()): f"Person {n}" for n in range(250)}
    notes = [{"contractor_id": each, "notes": 1} for each in names]
    answer = await report_of(gateway, upstreams, issuer.bearer(account_id), names, notes=notes)
    found = {line["contractor_id"]: line["full_name"] for line in answer.json()["contractors"]}
    assert found == names
    assert sum(request.url.path == "/api/v1/contractors" for request in upstreams.seen) == 3


async def test_the_report_of_an_event_without_notes_is_empty(
    gateway: httpx.AsyncClient, upstreams: Upstreams, issuer: Issuer, account_id: UUID
) -> None:
    report = (await report_of(gateway, upstreams, issuer.bearer(account_id), {})).json()
    assert (report["contractors"], set(report["totals"].values())) == ([], {0})


@pytest.mark.parametrize("name", ['=HYPERLINK("http://example.com")', "+1", "-2", "@SUM(A1)", "\tx", "\rx"])
async def test_a_name_that_a_spreadsheet_would_run_is_text_in_the_csv(
    gateway: httpx.AsyncClient, upstreams: Upstreams, issuer: Issuer, account_id: UUID, name: str
) -> None:
    evil, plain = str(uuid7()), str(uuid7())
    notes = [{"contractor_id": evil, "notes": 2}, {"contractor_id": plain, "notes": 1}]
    names: dict[str, str | None] = {evil: name, plain: 'Ann "A" Lee, Jr.'}
    answer = await report_of(gateway, upstreams, issuer.bearer(account_id), names, form="csv", notes=notes)
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"].startswith('attachment; filename="report-')
    rows = list(csv.reader(io.StringIO(answer.text, newline="")))
    assert rows[0][:3] == ["full_name", "contractor_id", "notes"]
    assert [row[:3] for row in rows[1:]] == [[f"'{name}", evil, "2"], ['Ann "A" Lee, Jr.', plain, "1"]]
