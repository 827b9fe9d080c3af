"""Programmes as conference systems publish them: Pentabarf (frab, FOSDEM), pretalx, FOSSASIA's open-event."""

import json
from typing import Any

import httpx
import pytest

from services.directory.programme.listing import Listing
from services.directory.programme.schedule_fields import length, plain
from tests.services.directory.conftest import Api
from tests.services.directory.nouns import new_event

FRAB = """<?xml version="1.0" encoding="UTF-8"?>
<schedule>
  <generator name="frab" version="0.7"/>
  <version>3</version>
  <conference>
    <acronym>power100</acronym><title>Power100 Dallas</title><start>2026-11-20</start><end>2026-11-21</end>
    <days>2</days><day_change>04:00</day_change><timeslot_duration>00:15</timeslot_duration>{zone}
  </conference>
  <day index="1" date="2026-11-20">
    <room name="Main Stage">
      <event guid="a1" id="101"><start>09:30</start><duration>00:45</duration><room>Main Stage</room>
        <title>Heat pumps for every roof</title><subtitle>and under it</subtitle><track>Energy</track>
        <abstract>&lt;p&gt;What works &amp;amp; what &lt;b&gt;does not&lt;/b&gt;.&lt;/p&gt;</abstract>
        <description>What works &amp; what does not.</description>
        <persons><person id="5">Bettina Okonkwo</person><person id="6">Søren Ågård</person></persons></event>
      <event guid="a2" id="102"><start>00:30</start><duration>01:30:00</duration><title>Night of the trades</title></event>
    </room>
    <room name="Hall B"><event guid="b1" id="103"><start>09:30</start><duration>PT1H</duration>
      <title>Bidding without tears</title><persons><person id="5">Bettina Okonkwo</person></persons></event></room>
  </day>
  <day index="2" date="2026-11-21">
    <room name="Main Stage"><event guid="a3" id="104"><date>2026-11-21T10:00:00+01:00</date><start>10:00</start>
      <duration>1:02:00:00</duration><title>Two days of welding</title></event></room>
  </day>
</schedule>"""

PRETALX: dict[str, Any] = {
    "schedule": {
        "version": "1.2",
        "conference": {
            "title": "Power100 Dallas",
            "days": [
                {
                    "date": "2026-11-20",
                    "rooms": {
                        "Main Stage": [
                            {
                                "guid": "g-1",
                                "code": "ABC",
                                "date": "2026-11-20T09:30:00-06:00",
                                "duration": "00:45",
                                "start": "09:30",
                                "room": "Main Stage",
                                "title": "Heat pumps",
                                "subtitle": "",
                                "persons": [{"code": "P1", "public_name": "Bettina Okonkwo"}, {"name": "Søren Ågård"}],
                            }
                        ],
                        "Hall B": [
                            {
                                "guid": "g-2",
                                "start": "00:15",
                                "duration": "00:30",
                                "title": "After hours",
                                "persons": [],
                            }
                        ],
                    },
                },
                {"date": "2026-11-21", "rooms": {"Main Stage": [{"guid": "g-3", "title": "No time yet"}]}},
            ],
        },
    }
}

SLOTS: dict[str, Any] = {
    "results": [
        {
            "code": "XYZ",
            "title": {"en": "Bidding without tears"},
            "state": "confirmed",
            "duration": 30,
            "speakers": [{"code": "S1", "name": "Bettina Okonkwo", "email": "bettina@example.com"}],
            "slot": {"room": {"en": "Hall B"}, "start": "2026-11-20T15:00:00Z"},
        },
        {"code": "NOT", "title": "Withdrawn talk", "state": "withdrawn"},
    ]
}

OPEN_EVENT: dict[str, Any] = {
    "event": {"id": 1, "name": "Power100", "timezone": "America/Denver"},
    "microlocations": [{"id": 4, "name": "Hall 4"}],
    "speakers": [
        {"id": 3, "name": "Bettina Okonkwo", "organisation": "Okonkwo Heat", "position": "Owner", "email": ""},
        {"id": 7, "name": "Ann Solo"},
    ],
    "sponsors": [
        {
            "id": 1,
            "name": "BuildPro",
            "level": 2,
            "sponsor_type": "gold",
            "url": "http://buildpro.example",
            "description": "",
        }
    ],
    "sessions": [
        {
            "id": 2,
            "title": "Heat pumps",
            "subtitle": None,
            "short_abstract": "<p>Short</p>",
            "long_abstract": "Long",
            "start_time": "2026-11-20T09:30:00",
            "end_time": "2026-11-20T10:15:00",
            "microlocation": {"id": 4},
            "speakers": [{"id": 3, "name": "Bettina O."}],
        },
        {"id": 9, "title": "Panel", "start_time": "2026-11-21T01:00:00+08:00", "microlocation": 4, "speakers": []},
    ],
}


async def send(api: Api, event_id: str, file: str | bytes | dict[str, Any] | list[Any]) -> httpx.Response:
    kind = "application/xml" if isinstance(file, str | bytes) else "application/json"
    content = json.dumps(file).encode() if kind == "application/json" else file
    return await api.call("POST", f"/events/{event_id}/programme", content=content, headers={"Content-Type": kind})


async def dallas(api: Api) -> str:
    return await new_event(api)


async def sessions(api: Api, event_id: str) -> dict[str, dict[str, Any]]:
    answer = await api.call("GET", "/sessions", params={"event_id": event_id, "limit": "50"})
    return {item["title"]: item for item in answer.json()["items"]}


async def names(api: Api, event_id: str) -> dict[str, str]:
    answer = await api.call("GET", "/speakers", params={"event_id": event_id, "limit": "50"})
    return {item["id"]: item["full_name"] for item in answer.json()["items"]}


@pytest.mark.parametrize(
    ("zone", "starts"),
    [("", "2026-11-20T15:30:00Z"), ("<time_zone_name>Europe/Berlin</time_zone_name>", "2026-11-20T08:30:00Z")],
)
async def test_pentabarf_of_two_days_and_rooms(api: Api, zone: str, starts: str) -> None:
    event_id = await dallas(api)
    report = (await send(api, event_id, FRAB.format(zone=zone))).json()
    assert (report["created"], report["not_understood"]) == (6, [])
    found, people = await sessions(api, event_id), await names(api, event_id)
    heat = found["Heat pumps for every roof: and under it"]
    assert (heat["starts_at"], heat["location"], heat["source_uid"]) == (starts, "Main Stage", "a1")
    assert heat["description"] == "What works & what does not."
    assert [people[each] for each in heat["speaker_ids"]] == ["Bettina Okonkwo", "Søren Ågård"]
    assert [people[each] for each in found["Bidding without tears"]["speaker_ids"]] == ["Bettina Okonkwo"]
    assert found["Bidding without tears"]["location"] == "Hall B"
    if not zone:
        assert found["Night of the trades"]["starts_at"] == "2026-11-21T06:30:00Z", "the night after the first day"
        assert found["Night of the trades"]["ends_at"] == "2026-11-21T08:00:00Z"
    welding = found["Two days of welding"]
    assert (welding["starts_at"], welding["ends_at"]) == ("2026-11-21T09:00:00Z", "2026-11-22T11:00:00Z")


async def test_a_schedule_that_is_sent_again_changes_what_changed_in_it(api: Api) -> None:
    event_id, file = await dallas(api), FRAB.format(zone="")
    await send(api, event_id, file)
    assert (await send(api, event_id, file)).json()["unchanged"] == 4
    moved = (
        await send(
            api, event_id, file.replace("<start>09:30</start><duration>00:45", "<start>11:00</start><duration>00:45")
        )
    ).json()
    assert (moved["created"], moved["updated"]) == (0, 1)
    assert len(await sessions(api, event_id)) == 4


async def test_pretalx_schedule(api: Api) -> None:
    event_id = await dallas(api)
    report = (await send(api, event_id, PRETALX)).json()
    assert report["not_understood"] == []
    found, people = await sessions(api, event_id), await names(api, event_id)
    assert (found["Heat pumps"]["starts_at"], found["Heat pumps"]["ends_at"]) == (
        "2026-11-20T15:30:00Z",
        "2026-11-20T16:15:00Z",
    )
    assert [people[each] for each in found["Heat pumps"]["speaker_ids"]] == ["Bettina Okonkwo", "Søren Ågård"]
    assert (found["After hours"]["starts_at"], found["After hours"]["location"]) == ("2026-11-21T06:15:00Z", "Hall B")
    assert found["No time yet"]["starts_at"] is None


async def test_pretalx_talks_of_its_api(api: Api) -> None:
    event_id = await dallas(api)
    report = (await send(api, event_id, SLOTS)).json()
    assert [each["text"] for each in report["not_understood"]] == ["Withdrawn talk"]
    talk = (await sessions(api, event_id))["Bidding without tears"]
    assert (talk["starts_at"], talk["ends_at"], talk["location"]) == (
        "2026-11-20T15:00:00Z",
        "2026-11-20T15:30:00Z",
        "Hall B",
    )


async def test_open_event_of_one_document(api: Api) -> None:
    event_id = await dallas(api)
    report = (await send(api, event_id, OPEN_EVENT)).json()
    assert report["not_understood"] == []
    found, people = await sessions(api, event_id), await names(api, event_id)
    heat = found["Heat pumps"]
    assert (heat["starts_at"], heat["description"]) == ("2026-11-20T16:30:00Z", "Short\n\nLong")
    assert [people[each] for each in heat["speaker_ids"]] == ["Bettina Okonkwo"]
    assert set(people.values()) == {"Bettina Okonkwo", "Ann Solo"}
    assert (found["Panel"]["starts_at"], found["Panel"]["location"]) == ("2026-11-20T17:00:00Z", "Hall 4")
    sponsors = (await api.call("GET", "/sponsors", params={"event_id": event_id})).json()["items"]
    assert [(each["name"], each["website"]) for each in sponsors] == [("BuildPro", "http://buildpro.example")]


async def test_open_event_in_its_single_files(api: Api) -> None:
    event_id = await dallas(api)
    for part in ("speakers", "sponsors", "sessions"):
        assert (await send(api, event_id, OPEN_EVENT[part])).json()["not_understood"] == []
    assert set(await sessions(api, event_id)) == {"Heat pumps", "Panel"}


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ("<schedule><day>", "not well-formed"),
        ("<html><body/></html>", "is no schedule"),
        ("<schedule/>", "has no events"),
        ("", "not well-formed"),
        ("\x00", "not well-formed"),
        ('<!DOCTYPE s [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><schedule>&b;</schedule>', "without <!DOCTYPE>"),
        ('<!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/passwd">]><schedule>&x;</schedule>', "without <!DOCTYPE>"),
        ("<schedule>" + "<day>" * 40 + "</day>" * 40 + "</schedule>", "nested too deeply"),
        (
            "<schedule><day date='2026-11-20'><room name='A'>"
            + "<event><title>x</title></event>" * 2001
            + "</room></day></schedule>",
            "at most",
        ),
    ],
)
async def test_what_is_no_schedule_is_refused_with_what_to_do(api: Api, file: str, says: str) -> None:
    answer = await send(api, await dallas(api), file)
    assert answer.status_code == 422, answer.text
    assert says in answer.json()["detail"]


async def test_what_is_wrong_in_an_event_costs_only_that(api: Api) -> None:
    event_id = await dallas(api)
    file = """<schedule><day date="2026-11-20"><room name="A">
      <event id="1"><title>Good</title><start>10:00</start><duration>soon</duration></event>
      <event id="2"><start>11:00</start></event>
      <event id="3"><title>Late</title><start>25:99</start></event></room></day></schedule>"""
    report = (await send(api, event_id, file)).json()
    assert [(each["line"], each["path"]) for each in report["not_understood"]] == [
        (None, "line 2"),
        (None, "line 4"),
        (3, None),
    ]
    assert set(await sessions(api, event_id)) == {"Good", "Late"}


@pytest.mark.parametrize(
    ("told", "minutes"),
    [
        ("00:30", 30),
        ("1:15", 75),
        ("01:30:00", 90),
        ("1:02:00:00", 26 * 60),
        ("PT45M", 45),
        ("P1DT1H", 25 * 60),
        ("", None),
        ("P", None),
    ],
)
def test_lengths(told: str, minutes: int | None) -> None:
    lasts = length("x", told, Listing())
    assert (lasts and lasts.total_seconds() / 60) == minutes


def test_prose_is_kept_without_its_marks() -> None:
    assert plain("<p>One</p><ul><li>two &amp; three</li></ul><script src='x'></script>") == "One\ntwo & three"
    assert (plain(""), plain(None), plain("a < b")) == (None, None, "a < b")
