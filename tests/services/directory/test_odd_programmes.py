"""Programmes that are too large, repeat themselves, or bring their own time zones."""

import time
from zoneinfo import ZoneInfo

import httpx
import pytest

from services.directory.programme.calendar_file import read_calendar
from services.directory.programme.open_event_file import read_open_event
from services.directory.programme.pretalx_file import read_pretalx
from services.directory.programme.schedule_fields import plain
from tests.services.directory.conftest import Api
from tests.services.directory.nouns import new_event
from tests.services.directory.test_programme import programme, send, sent

CHICAGO = ZoneInfo("America/Chicago")
NEW_YORK = """BEGIN:VTIMEZONE
TZID:{name}
BEGIN:STANDARD
DTSTART:16010101T020000
RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
END:DAYLIGHT
END:VTIMEZONE
"""


def calendar(*parts: str) -> str:
    return "BEGIN:VCALENDAR\nVERSION:2.0\n" + "".join(parts) + "END:VCALENDAR\n"


def talk(uid: str = "", title: str = "Lunch", begins: str = ":20261120T120000", *more: str) -> str:
    lines = [f"UID:{uid}"] * bool(uid) + [f"SUMMARY:{title}", f"DTSTART{begins}", *more]
    return "\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT", ""])


def zone_of(name: str, part: str, count: int = 1) -> str:
    return f"BEGIN:VTIMEZONE\nTZID:{name}\n{part * count}END:VTIMEZONE\n"


def standard(offset: str, rule: str = "") -> str:
    return f"BEGIN:STANDARD\nDTSTART:19700101T000000\n{rule}TZOFFSETFROM:{offset}\nTZOFFSETTO:{offset}\nEND:STANDARD\n"


def test_a_zone_of_the_calendars_own_changes_with_the_seasons() -> None:
    moments = ("20260308T013000", "20260308T030000", "20260701T120000", "20261101T003000", "20261101T020000")
    talks = [talk(begins=f";TZID=Head Office:{each}") for each in moments]
    listing = read_calendar(calendar(NEW_YORK.format(name="Head Office"), *talks), CHICAGO)
    found = [each.starts_at for each in listing.talks]
    assert [f"{each:%d %H:%M}" for each in found if each] == [
        "08 06:30",
        "08 07:00",
        "01 16:00",
        "01 04:30",
        "01 07:00",
    ]
    assert not listing.unread


def test_two_calendars_may_call_different_zones_the_same() -> None:
    for offset, expected in (("-0500", "15:00"), ("+0300", "07:00")):
        text = calendar(zone_of("Fair Time", standard(offset)), talk(begins=";TZID=Fair Time:20261120T100000"))
        begins = read_calendar(text, CHICAGO).talks[0].starts_at
        assert begins is not None
        assert f"{begins:%H:%M}" == expected


@pytest.mark.parametrize(
    "rule", ["FREQ=SECONDLY", "FREQ=YEARLY;BYHOUR=1;BYMINUTE=1", "FREQ=YEARLY;BYMONTHDAY=" + "1," * 20 + "1", "FREQ="]
)
def test_a_zone_that_changes_all_the_time_is_not_taken(rule: str) -> None:
    zone = zone_of("Fair Time", standard("-0500", f"RRULE:{rule}\n"))
    start = time.perf_counter()
    listing = read_calendar(calendar(zone, talk(begins=";TZID=Fair Time:20261120T100000")), CHICAGO)
    assert time.perf_counter() - start < 5
    assert [each.text for each in listing.unread] == ["BEGIN:VTIMEZONE", "DTSTART;TZID=Fair Time:20261120T100000"]
    assert listing.talks[0].starts_at is not None
    assert listing.talks[0].starts_at.tzinfo == CHICAGO


@pytest.mark.parametrize(
    "zones",
    [
        zone_of("Own", standard("-0500"), 9_800),
        zone_of("Own", standard("-0500"), 101),
        "".join(zone_of(f"Own{number}", standard("-0500")) for number in range(9_000)),
    ],
    ids=["long", "many parts", "many"],
)
def test_the_description_of_a_zone_costs_little_however_long_it_is(zones: str) -> None:
    text = calendar(zones, *(talk(str(number), begins=";TZID=Own:20261120T100000") for number in range(500)))
    start = time.perf_counter()
    listing = read_calendar(text, CHICAGO)
    assert time.perf_counter() - start < 15
    assert len(listing.talks) == 500
    assert listing.unread


async def test_only_the_first_thousand_things_not_understood_are_told_and_all_counted(api: Api) -> None:
    answer = await send(api, await new_event(api), calendar("A\n" * 300_000))
    assert answer.status_code == 200
    assert (len(answer.json()["not_understood"]), answer.json()["not_understood_count"]) == (1_000, 300_000)


async def test_talks_of_one_title_and_time_with_uids_of_their_own_are_two(api: Api) -> None:
    event_id = await new_event(api)
    text = calendar(*(talk(f"room-{room}", "Lunch", ":20261120T120000", f"LOCATION:{room}") for room in "AB"))
    for created, unchanged in ((2, 0), (0, 2)):
        report = await sent(api, event_id, text)
        assert (report["created"], report["updated"], report["unchanged"]) == (created, 0, unchanged)
    rows = await api.items("/sessions", event_id=event_id)
    assert [(row["source_uid"], row["location"]) for row in rows] == [("room-A", "A"), ("room-B", "B")]


async def test_talks_without_uid_are_told_apart_by_their_place(api: Api) -> None:
    event_id = await new_event(api)
    both = [talk("", "Lunch", ":20261120T120000", f"LOCATION:{room}") for room in "AB"]
    assert (await sent(api, event_id, calendar(*both)))["created"] == 2
    again = await sent(api, event_id, calendar(*reversed(both)))
    assert (again["created"], again["unchanged"]) == (0, 2)
    moved = await sent(api, event_id, calendar(both[0], both[1].replace("LOCATION:B", "LOCATION:C")))
    assert (moved["created"], moved["updated"]) == (0, 1)


async def test_each_day_of_a_repeated_talk_is_a_session_of_its_own(api: Api) -> None:
    event_id = await new_event(api)
    days = [f"202611{day}T120000" for day in (20, 21)]
    text = calendar(*(talk("lunch", "Lunch", f":{day}", f"RECURRENCE-ID:{day}") for day in days))
    for created, unchanged in ((2, 0), (0, 2)):
        report = await sent(api, event_id, text)
        assert (report["created"], report["updated"], report["unchanged"]) == (created, 0, unchanged)
        assert report["not_understood"] == []


async def test_a_talk_that_the_file_has_twice_is_taken_once(api: Api) -> None:
    event_id = await new_event(api)
    text = calendar(talk("one", "Lunch"), talk("one", "Dinner"), talk("", "Opening"), talk("", "Opening"))
    for created in (2, 0):
        report = await sent(api, event_id, text)
        assert (report["created"], report["updated"], report["not_understood_count"]) == (created, 0, 2)


async def test_a_uid_comes_to_a_session_that_had_none(api: Api) -> None:
    event_id = await new_event(api)
    await sent(api, event_id, calendar(talk("", "Lunch")))
    report = await sent(api, event_id, calendar(talk("one", "Lunch")))
    assert (report["created"], report["updated"]) == (0, 1)


@pytest.mark.parametrize(
    "odd",
    [
        talk("u" * 9_000),
        talk("x", "Lunch", ":20261120T120000", "DURATION:P999999D"),
        talk("x", "Lunch", ":20261120T120000", "DURATION:P999999999D"),
        talk("x", "Lunch", ":20261120T120000", "DURATION:P99999999999999D"),
        zone_of("Own", standard("-0500")) + talk("x", "Lunch", ";TZID=Own:99991231T235959"),
        zone_of("Own", standard("+0500")) + talk("x", "Lunch", ";TZID=Own:00010101T000000"),
        talk("x", "Lunch", ":20261120T120000", "DESCRIPTION:Speakers: " + ", ".join(f"Ann{n}" for n in range(60))),
    ],
    ids=["uid", "days", "more days", "most days", "last day", "first day", "speakers"],
)
async def test_an_odd_talk_is_taken_and_its_oddity_told(odd: str, api: Api) -> None:
    event_id = await new_event(api)
    report = await sent(api, event_id, calendar(odd))
    assert report["not_understood"]
    assert list(await programme(api, event_id)) == ["Lunch"]
    again = await sent(api, event_id, calendar(odd))
    assert (again["created"], again["updated"]) == (0, 0)


async def test_a_uid_in_json_may_be_of_any_kind_and_length(api: Api) -> None:
    sessions = [{"uid": uid, "title": f"Talk {n}"} for n, uid in enumerate(["u" * 9_000, 7, {"a": 1}, "\u0001"])]
    report = await api.post(f"/events/{await new_event(api)}/programme", sessions=sessions)
    assert (report["created"], report["not_understood_count"]) == (4, 1)


async def import_json(api: Api, event: str, document: object) -> httpx.Response:
    return await api.call("POST", f"/events/{event}/programme", json=document)


def submission(**told: object) -> dict[str, object]:
    return {"talks": [{"title": "Roofs", "start": "2026-11-20T10:00", **told}]}


def frab_day(day: object, **told: object) -> dict[str, object]:
    return {"schedule": {"conference": {"days": [{"date": day, "rooms": {"A": [{"title": "Roofs", **told}]}}]}}}


def open_event(**told: object) -> dict[str, object]:
    return {"sessions": [{"id": 1, "title": "Roofs", **told}]}


@pytest.mark.parametrize(
    "document",
    [
        submission(slot="x"),
        submission(slot=[1]),
        submission(slots=["x"]),
        submission(duration=10**12),
        submission(start="9999-12-31T23:59", duration=60),
        frab_day("2026-11-20", start="10:00+02:00"),
        frab_day("9999-12-31", start="01:00"),
        frab_day("2026-11-20", start="11:00", duration="P9999999999D"),
        frab_day(3, start=3, guid={"a": 1}),
        open_event(speakers=[{"id": {}}], microlocation=[1]),
        open_event() | {"microlocations": [{"id": {}}], "speakers": [{"id": [1], "name": "Ana Ruiz"}]},
    ],
)
async def test_wrong_types_and_times_out_of_range_are_missed_and_end_nothing(
    api: Api, document: dict[str, object]
) -> None:
    event = await new_event(api)
    answer = await import_json(api, event, document)
    assert answer.status_code in (200, 422), answer.text


@pytest.mark.parametrize("piece", ["<br" + " " * 50_000, "<" * 50_000, "<p " * 20_000, "&" * 50_000])
def test_prose_of_any_kind_is_read_at_once(piece: str) -> None:
    began = time.thread_time()
    plain(piece)
    assert time.thread_time() - began < 5


async def test_a_file_that_names_no_speakers_takes_none_away(api: Api) -> None:
    event = await new_event(api)
    for told in ({"speakers": ["Ana Ruiz"]}, {}):
        assert (await import_json(api, event, open_event(start_time="2026-11-20T10:00", **told))).status_code == 200
    [session] = await api.items("/sessions", event_id=event)
    assert len(session["speaker_ids"]) == 1


def test_speakers_are_found_by_their_id_or_by_their_name() -> None:
    people = [{"id": 3, "name": "Ana Ruiz"}, {"id": "b", "name": "Bo Lind"}]
    document = open_event(speakers=[3, {"id": "b"}, "Cy Young", 9]) | {"speakers": people}
    listing = read_open_event(document, CHICAGO)
    [talk] = listing.talks
    assert [each["full_name"] for each in talk.speakers or []] == ["Ana Ruiz", "Bo Lind", "Cy Young"]
    assert listing.missed == 1


def test_a_page_of_several_says_so() -> None:
    assert read_pretalx({"results": [{"title": "Roofs"}], "next": "?page=2"}, CHICAGO).missed == 1
