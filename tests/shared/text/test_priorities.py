"""Answers to "What are your top 3 priorities?"."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from shared.text.priorities import read_priorities

DALLAS = ZoneInfo("America/Chicago")
NOW = datetime(2026, 10, 7, 14, 30, tzinfo=DALLAS)
WANTED = ["Follow up with John Smith", "Prepare for Acme Corp demo", "Implement AI tools"]


@pytest.mark.parametrize(
    "text",
    [
        "1. Follow up with John Smith, 2. Demo with Acme Corp, 3. Implement AI tools",
        "1) follow up with john smith 2) demo with acme corp 3) implement ai tools",
        "Follow up with John Smith\nDemo with Acme Corp\nImplement AI tools",
        "My top 3 are:\n- John Smith\n- Acme Corp demo\n- implement AI tools",
        "First, follow up with John Smith. Then demo with Acme Corp. Finally implement AI tools",
        "first John Smith, second the Acme Corp demo, third implement AI tools",
        "1 John Smith 2 Acme Corp demo 3 implement AI tools",
        "1.John Smith 2.Demo with Acme Corp 3.Implement AI tools",
        "John Smith, the Acme Corp demo and implement AI tools",
        "john smith; acme corp demo; implement ai tools.",
        "3. Implement AI tools 2. Demo with Acme Corp 1. John Smith",
        "My priorities are: follow up with John Smith, demo with Acme Corp, and implement AI tools",
    ],
)
def test_a_list_is_read_however_it_is_written(text: str) -> None:
    read = read_priorities(text)
    assert [one.title for one in read] == WANTED
    assert [one.rank for one in read] == [1, 2, 3]
    assert [one.action_type for one in read] == ["follow_up", "demo_prep", "implement_tool"]
    assert (read[0].name, read[1].company) == ("John Smith", "Acme Corp")
    assert all(text[one.start : one.end] == one.text for one in read)


def test_first_names_and_short_things_are_enough() -> None:
    assert [one.title for one in read_priorities("John, the Acme demo and AI tools")] == [
        "Follow up with John",
        "Prepare for Acme demo",
        "AI tools",
    ]


def test_one_priority_is_one() -> None:
    (one,) = read_priorities("Follow up with John and Sara")
    assert one.title == "Follow up with John and Sara"
    (other,) = read_priorities("Hire two estimators")
    assert (other.title, other.action_type) == ("Hire two estimators", "other")


def test_a_date_in_a_priority_is_when_it_is_due() -> None:
    first, second = read_priorities("1. Call Sara by Friday\n2. Acme Corp at 2 p.m. on Oct 16", now=NOW, zone=DALLAS)
    assert (first.title, first.due) == ("Call Sara", date(2026, 10, 9))
    assert second.due == datetime(2026, 10, 16, 14, tzinfo=DALLAS)


def test_known_names_are_taken_as_they_are_known() -> None:
    assert read_priorities("buildpro, priya's crew", companies=["BuildPro"])[0].company == "BuildPro"


@pytest.mark.parametrize("text", ["", "none", "Nothing.", "not sure", "idk", "no", "...", "?"])
def test_no_answer_is_no_priority(text: str) -> None:
    assert read_priorities(text) == ()


def test_never_more_than_ten() -> None:
    assert len(read_priorities(", ".join(f"thing number {chr(97 + n)}" for n in range(26)))) == 10
