"""A schedule becomes an event's programme."""

from typing import Any

import httpx
import pytest

from tests.conftest import Urls
from tests.services.directory.conftest import Api, outbox
from tests.services.directory.nouns import new_event

CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Example//Planner//EN
X-WR-CALNAME:Power100
BEGIN:VEVENT
UID:talk-1@example.com
DTSTAMP:20261101T120000Z
SUMMARY:Growing with AI\\, step by step
DTSTART;TZID=America/Chicago:20261120T100000
DTEND;TZID=America/Chicago:20261120T110000
LOCATION:Main Stage
DESCRIPTION:What works.\\nSpeakers: Greg Salafia (Profit Rhino) and
  Dana Whitfield
END:VEVENT
BEGIN:VEVENT
SUMMARY:Lunch
DTSTART:20261120T120000
DURATION:PT90M
RRULE:FREQ=DAILY;COUNT=2
BEGIN:VALARM
ACTION:DISPLAY
END:VALARM
END:VEVENT
BEGIN:VEVENT
UID:talk-3@example.com
SUMMARY:Opening
DTSTART;VALUE=DATE:20261120
END:VEVENT
BEGIN:VEVENT
UID:broken@example.com
SUMMARY:Leads Without Ads
DTSTART:20261340T990000
END:VEVENT
BEGIN:VEVENT
UID:nameless@example.com
DTSTART:20261120T150000Z
END:VEVENT
BEGIN:VTODO
SUMMARY:Order badges
END:VTODO
END:VCALENDAR
"""


async def send(api: Api, event_id: str, calendar: str) -> httpx.Response:
    return await api.call(
        "POST", f"/events/{event_id}/programme", content=calendar.encode(), headers={"Content-Type": "text/calendar"}
    )


async def sent(api: Api, event_id: str, calendar: str = CALENDAR) -> Any:
    return Api.body_of(await send(api, event_id, calendar))


async def programme(api: Api, event_id: str) -> dict[str, dict[str, Any]]:
    return {talk["title"]: talk for talk in await api.items("/sessions", event_id=event_id)}


async def test_a_calendar_becomes_sessions_with_speakers_in_the_events_zone(api: Api) -> None:
    event_id = await new_event(api)
    report = await sent(api, event_id)
    talks = await programme(api, event_id)
    ai, lunch = talks["Growing with AI, step by step"], talks["Lunch"]
    assert (ai["starts_at"], ai["ends_at"]) == ("2026-11-20T16:00:00Z", "2026-11-20T17:00:00Z")
    assert (ai["location"], ai["source_uid"]) == ("Main Stage", "talk-1@example.com")
    assert (lunch["starts_at"], lunch["ends_at"]) == ("2026-11-20T18:00:00Z", "2026-11-20T19:30:00Z")
    speakers = {row["id"]: row for row in await api.items("/speakers", event_id=event_id)}
    named = [(speakers[each]["full_name"], speakers[each]["company"]) for each in ai["speaker_ids"]]
    assert named == [("Greg Salafia", "Profit Rhino"), ("Dana Whitfield", None)]
    assert report["created"] == len(talks) + len(speakers) == 6


async def test_what_was_not_understood_is_told_with_its_line(api: Api) -> None:
    report = await sent(api, await new_event(api))
    lines = CALENDAR.splitlines()
    missed = {each["line"]: each for each in report["not_understood"]}
    told = {lines[line - 1].partition(";")[0].partition(":")[0] + f" {line}" for line in missed}
    assert told == {"RRULE 19", "BEGIN 20", "DTSTART 27", "DTSTART 32", "BEGIN 34", "BEGIN 38"}
    assert "title" in missed[34]["why"]
    assert [each["line"] for each in report["taken"] if each["name"] == "Leads Without Ads"] == [29]
    assert all(each["why"].endswith(".") for each in report["not_understood"])


async def test_importing_again_changes_nothing_and_tells_nothing(api: Api, urls: Urls) -> None:
    event_id = await new_event(api)
    first = await sent(api, event_id)
    told, before = len(await outbox(urls)), await programme(api, event_id)
    again = await sent(api, event_id)
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, first["created"])
    assert again["not_understood"] == first["not_understood"]
    assert await programme(api, event_id) == before
    assert len(await outbox(urls)) == told


async def test_a_moved_and_renamed_talk_is_the_same_by_its_uid(api: Api) -> None:
    event_id = await new_event(api)
    await sent(api, event_id)
    was = (await programme(api, event_id))["Growing with AI, step by step"]
    moved = CALENDAR.replace("T100000", "T093000").replace("Growing with AI", "Growing fast with AI")
    report = await sent(api, event_id, moved)
    assert (report["created"], report["updated"]) == (0, 1)
    now = (await programme(api, event_id))["Growing fast with AI, step by step"]
    assert (now["id"], now["starts_at"]) == (was["id"], "2026-11-20T15:30:00Z")
    assert now["speaker_ids"] == was["speaker_ids"]


async def test_two_imports_at_once_make_each_talk_once(api: Api) -> None:
    import asyncio

    event_id = await new_event(api)
    await asyncio.gather(*(sent(api, event_id) for _ in range(3)))
    assert len(await api.items("/sessions", event_id=event_id)) == 4


async def test_a_zone_of_the_calendars_own_is_understood(api: Api) -> None:
    event_id = await new_event(api)
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Fair Time\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:-0500\n"
        "TZOFFSETTO:-0500\nEND:STANDARD\nEND:VTIMEZONE\n"
    )
    event = "BEGIN:VEVENT\nSUMMARY:Opening\nDTSTART;TZID=Fair Time:20261120T100000\nEND:VEVENT\n"
    await sent(api, event_id, f"BEGIN:VCALENDAR\n{zone}{event}END:VCALENDAR\n")
    assert (await programme(api, event_id))["Opening"]["starts_at"] == "2026-11-20T15:00:00Z"


@pytest.mark.parametrize(
    "calendar",
    [
        CALENDAR[: len(CALENDAR) // 2],
        CALENDAR.replace("END:VEVENT", "end:vevent"),
        CALENDAR.replace("\n", "\r\n"),
        "\ufeff" + CALENDAR,
        CALENDAR.replace("SUMMARY:Lunch", "SUMMARY:" + "a" * 50_000),
        CALENDAR.replace("UID:talk-3@example.com", "this is no line of a calendar"),
        CALENDAR.replace("America/Chicago", "Nowhere/Else"),
        CALENDAR.replace("DTEND;TZID=America/Chicago:20261120T110000", "DTEND:20261119T110000Z"),
        CALENDAR.replace("DTSTART:20261120T120000", "DTSTART:00010101T000000"),
    ],
)
async def test_a_damaged_calendar_is_never_fatal(calendar: str, api: Api) -> None:
    event_id = await new_event(api)
    first = await sent(api, event_id, calendar)
    assert first["not_understood"]
    assert first["created"] >= 3
    again = await sent(api, event_id, calendar)
    assert (again["created"], again["updated"]) == (0, 0)


@pytest.mark.parametrize("text", ["", "Dear all, the programme follows.", "BEGIN:VCARD\nEND:VCARD"])
async def test_what_is_no_calendar_is_refused(text: str, api: Api) -> None:
    assert (await send(api, await new_event(api), text)).status_code == 422


JSON = {
    "sessions": [
        {
            "uid": "s1",
            "title": "Growing with AI",
            "starts_at": "2026-11-20T10:00:00",
            "ends_at": "2026-11-20T11:00:00-06:00",
            "location": "Main Stage",
            "speakers": ["Dana Whitfield", {"full_name": "Greg Salafia", "company": "Profit Rhino", "age": 40}],
            "track": "AI",
        },
        {"title": "Leads Without Ads", "starts_at": "tomorrow"},
        {"starts_at": "2026-11-20T10:00:00"},
        "Lunch",
    ],
    "speakers": [{"full_name": "Dana Whitfield", "title": "CEO", "email": "not an address"}],
    "sponsors": [{"name": "Acme Corp", "booth": "A12"}, "SummitCRM"],
    "venue": "Dallas",
}


async def test_our_own_json_is_taken_and_its_odd_bits_are_told_by_path(api: Api) -> None:
    event_id = await new_event(api)
    report = await api.post(f"/events/{event_id}/programme", **JSON)
    talks = await programme(api, event_id)
    assert talks["Growing with AI"]["starts_at"] == "2026-11-20T16:00:00Z"
    assert talks["Leads Without Ads"]["starts_at"] is None
    speakers = {row["full_name"]: row for row in await api.items("/speakers", event_id=event_id)}
    assert talks["Growing with AI"]["speaker_ids"] == [
        speakers["Dana Whitfield"]["id"],
        speakers["Greg Salafia"]["id"],
    ]
    assert speakers["Dana Whitfield"]["title"] == "CEO"
    assert [row["name"] for row in await api.items("/sponsors", event_id=event_id)] == ["Acme Corp", "SummitCRM"]
    assert {each["path"] for each in report["not_understood"]} == {
        "sessions[0].track",
        "sessions[0].speakers[1].age",
        "sessions[1].starts_at",
        "sessions[2]",
        "sessions[3]",
        "speakers[0]",
        "venue",
    }
    again = await api.post(f"/events/{event_id}/programme", **JSON)
    assert (again["created"], again["updated"]) == (0, 0)


async def test_only_who_may_write_the_programme_of_their_own_account_imports(api: Api, other: Api) -> None:
    event_id = await new_event(api)
    assert (await send(api.as_role("analytics"), event_id, CALENDAR)).status_code == 403
    assert (await send(other, event_id, CALENDAR)).status_code == 404
    answer = await api.call(
        "POST", f"/events/{event_id}/programme", content=b"x", headers={"Content-Type": "text/html"}
    )
    assert answer.status_code == 415
