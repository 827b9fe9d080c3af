"""What is read in a note."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from shared.text.notes import NoteReading, read_note

DALLAS = ZoneInfo("America/Chicago")
NOW = datetime(2026, 10, 7, 14, 30, tzinfo=DALLAS)  # a Wednesday
EXAMPLE = "Met John Smith - amazing insights on AI automation. 555-1234, john@example.com"


def read(text: str) -> NoteReading:
    return read_note(
        text,
        now=NOW,
        zone=DALLAS,
        sessions=["Growing with AI"],
        speakers=["Jane Doe"],
        sponsors=["BuildPro Solutions"],
    )


def test_the_documents_example_is_read_as_the_document_says() -> None:
    note = read(EXAMPLE)
    assert note.note_type == "contact"
    assert note.names == ("John Smith",)
    assert note.phone_numbers == ("555-1234",)
    assert note.emails == ("john@example.com",)
    assert note.companies == ()
    assert {"networking", "follow-up-required", "ai-topic"} <= set(note.ai_tags)
    assert note.ai_priority_score == 0.85
    assert note.requires_followup
    action = note.promises[0]
    assert (action.title, action.action_type) == ("Follow up with John Smith", "follow_up")
    assert note.topic == "AI automation"


def test_every_span_quotes_the_note() -> None:
    note = read(EXAMPLE)
    entities = note.extracted_entities
    assert {key: value for key, value in entities.items() if key != "spans"} == {
        "names": ["John Smith"],
        "phone_numbers": ["555-1234"],
        "emails": ["john@example.com"],
        "companies": [],
    }
    assert [(one.kind, one.value) for one in note.spans] == [
        ("name", "John Smith"),
        ("topic", "AI automation"),
        ("phone_number", "555-1234"),
        ("email", "john@example.com"),
    ]
    assert all(EXAMPLE[one.start : one.end] == one.text for one in note.spans)


TYPES = [
    ("met john smith from acme roofing, wants a quote by friday", "contact"),
    ("Jim Brown 214-555-0123", "contact"),
    ("Call Mike tomorrow about the gutters", "action_item"),
    ("Need to implement AI tools next month", "action_item"),
    ("Demo with Acme Corp on Oct 16", "action_item"),
    ("Great session on AI and CRM", "speaker_note"),
    ("Jane Doe said speed is everything", "speaker_note"),
    ("growing with ai was packed", "speaker_note"),
    ("Visited the Acme booth, cool CRM", "sponsor_note"),
    ("BuildPro Solutions has nice drills", "sponsor_note"),
    ("Learned that 40% of leads never get a call back", "insight"),
    ("coffee was bad", "general"),
    ("nonstop flights", "general"),
    ("stop at the Ortiz site Friday", "general"),
    ("", "general"),
]


@pytest.mark.parametrize(("text", "note_type"), TYPES)
def test_a_note_has_a_type(text: str, note_type: str) -> None:
    assert read(text).note_type == note_type


ACTIONS = [
    (
        "met john smith from acme roofing, wants a quote by friday",
        "Follow up with John Smith",
        "follow_up",
        date(2026, 10, 9),
    ),
    ("Met Sara Lopez from Acme, wants a quote", "Follow up with Sara Lopez", "follow_up", None),
    ("Call Mike tomorrow about the gutters", "Call Mike", "follow_up", date(2026, 10, 8)),
    ("remind me to send Bob the contract by Oct 16", "Send Bob the contract", "follow_up", date(2026, 10, 16)),
    ("Demo with Acme Corp on Oct 16", "Prepare for Acme Corp demo", "demo_prep", date(2026, 10, 15)),
    ("Need to implement AI tools next month", "Implement AI tools", "implement_tool", date(2026, 11, 1)),
    ("Intro Sara to Bob", "Intro Sara to Bob", "email_intro", None),
    ("Research BuildPro Solutions", "Research BuildPro Solutions", "research_partner", None),
    ("Ask Tom for the warranty docs asap", "Ask Tom for the warranty docs", "follow_up", None),
    ("JOHN FROM ACME SAID CALL HIM TOMORROW", "Follow up with John", "follow_up", date(2026, 10, 8)),
    ("Tuesday 3pm demo w/ JobNimbus", "Prepare for JobNimbus demo", "demo_prep", date(2026, 10, 12)),
    ("Set up call w/ Carlos Ruiz for Thursday", "Set up call w/ Carlos Ruiz", "follow_up", date(2026, 10, 8)),
    ("booth 214 has the best drone, ask about pricing", "Ask about pricing", "follow_up", None),
    ("Follow up with Dave re: financing", "Follow up with Dave", "follow_up", None),
    ("214-555-0123", "Follow up with 214-555-0123", "follow_up", None),
]


@pytest.mark.parametrize(("text", "title", "action_type", "due"), ACTIONS)
def test_a_note_that_asks_for_something_makes_a_promise(
    text: str, title: str, action_type: str, due: date | None
) -> None:
    note = read(text)
    assert note.requires_followup
    action = note.promises[0]
    assert (action.title, action.action_type, action.due) == (title, action_type, due)
    assert "follow-up-required" in note.ai_tags


@pytest.mark.parametrize(
    "text",
    ["Met Tom", "coffee was bad", "Great session on AI", "nonstop flights", "Met Bob, not interested in solar", "",
     "Jane Doe said follow-up speed is everything", "stop at the Ortiz site Friday", "No need to follow up with Dave"],
)  # fmt: skip
def test_a_note_that_asks_for_nothing_makes_no_promise(text: str) -> None:
    note = read(text)
    assert (note.requires_followup, note.promises) == (False, ())


def test_what_the_programme_knows_is_linked() -> None:
    note = read("Jane Doe at Growing with AI recommended BuildPro Solutions")
    assert (note.speakers, note.sessions, note.sponsors) == (
        ("Jane Doe",),
        ("Growing with AI",),
        ("BuildPro Solutions",),
    )
    assert read("the dane doe thing").speakers == ()


def test_what_matters_more_scores_higher() -> None:
    ranked = ["coffee was bad", "Met Tom", EXAMPLE, "URGENT: call John Smith today 214-555-0123, huge project"]
    scores = [read(text).ai_priority_score for text in ranked]
    assert scores == sorted(scores)
    assert len(set(scores)) == 4
    assert all(0 <= score <= 1 for score in scores)


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("Talked to Chris from GAF about shingles, send samples", "shingles"),
        ("Follow up with Dave re: financing", "financing"),
        ("interested in their hiring program", "hiring program"),
        ("discussed ai estimating with Bob", "AI estimating"),
        ("Met Tom", None),
        ("told me about it", None),
    ],
)
def test_a_note_is_about_something(text: str, topic: str | None) -> None:
    assert read(text).topic == topic


def test_a_recurrence_is_kept_for_the_check_ins() -> None:
    recurrence = read("remind me every week to call Bob").recurrence
    assert recurrence is not None
    assert recurrence.interval_days == 7


@pytest.mark.parametrize(
    ("text", "title", "due"),
    [
        ("Promised John Smith a quote by Friday", "Give John Smith a quote", date(2026, 10, 9)),
        ("Met Bob Hill. Promised him our price list", "Give him our price list", None),
        ("I owe Sara Lee the spec sheet", "Give Sara Lee the spec sheet", None),
    ],
)
def test_what_was_promised_is_what_is_to_be_done(text: str, title: str, due: date | None) -> None:
    note = read(text)
    action = note.promises[0]
    assert (action.title, action.due) == (title, due)


def test_what_others_promised_is_not_ours() -> None:
    promises = read("Ann Lee promised me a discount").promises
    assert not any(each.title.startswith("Give") for each in promises)


@pytest.mark.parametrize(
    ("text", "promises"),
    [
        (
            "ok so just talked with this guy Hector Ruiz he wants a quote for 200 feet of seamless by thursday and also I need to "
            "call Brenda about the permit and remember to send the photos to Mike",
            [
                ("Follow up with Hector Ruiz", 8),
                ("Call Brenda about the permit", None),
                ("Send the photos to Mike", None),
            ],
        ),
        (
            "Talked to Raj Patel, he runs Summit Electric, wants to meet next tuesday. Then saw Gina Moss who asked me to send her "
            "the warranty pdf",
            [("Follow up with Raj Patel", 13), ("Follow up with Gina Moss", None)],
        ),
        (
            "three things. send Walt the invoice tomorrow. ask Jen about the crane. and book the hotel",
            [("Send Walt the invoice", 8), ("Ask Jen about the crane", None), ("Book the hotel", None)],
        ),
        (
            "I told Steve I would get him the plans by monday and Karen that I'd call her back about the deck",
            [("Get him the plans", 12), ("Call her back about the deck", None)],
        ),
        (
            "spoke w Al Green. follow up next week. spoke w Bea Holt. send specs. spoke w Cy Young no need to follow up",
            [("Follow up with Al Green", 12), ("Send specs", None)],
        ),
        (
            "Jim Beck 214-555-0142 needs 3 estimates, Lou Diaz 214-555-0143 wants a callback tmrw",
            [("Follow up with Jim Beck", None), ("Follow up with Lou Diaz", 8)],
        ),
        ("Met Jo Lind, wants a bid. Send Jo the bid by Friday", [("Send Jo the bid", 9)]),
        (
            "Met Khadija Noor, she wants drawings by the 12th. Walt Ray wants nothing",
            [("Follow up with Khadija Noor", 12)],
        ),
    ],
)
def test_everybody_who_waits_and_everything_to_do_is_a_promise(
    text: str, promises: list[tuple[str, int | None]]
) -> None:
    """The due days are all of October."""
    found = read(text).promises
    assert [(each.title, each.due.day if each.due else None) for each in found] == promises
