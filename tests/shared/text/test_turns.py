"""What a turn wants, in parts: answers to a check-in by promise, questions, commands, and what is none of these."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from shared.text.turn_details import correction_of, query_of
from shared.text.turns import Asked, TurnPart, read_turn

DALLAS = ZoneInfo("America/Chicago")
NOW = datetime(2026, 10, 7, 14, 30, tzinfo=DALLAS)  # a Wednesday
ONE = {1: "Send Marguerite the gutter quote"}
SEVERAL = {
    1: "Follow up with John Smith",
    2: "Prepare for Acme Corp demo",
    3: "Order the anchor bolts",
    4: "Email the zoning board",
}


def asking(*items: int, kind: str = "check_in", intent: str | None = None) -> Asked:
    numbers = {number: number for number in items} if len(items) > 1 else {}
    return Asked(kind, intent, items, numbers)  # type: ignore[arg-type]


def read(text: str, asked: Asked | None, titles: dict[int, str] = ONE) -> tuple[TurnPart, ...]:
    return read_turn(text, titles, asked, NOW, DALLAS)


ANSWERS = {
    "done": ["done", "yup went out last nite", "dnoe", "✅", "already sent it", "ya se lo mandé", "she has it now"],
    "not_done": ["not yet", "still havent sorry", "I forgot", "nah", "got swamped", "todavía no", "been meaning to"],
    "in_progress": ["working on it", "left her a voicemail", "almost, need one more measurement", "half done"],
    "defer": ["remind me friday", "later", "lets do it thurs", "give me til the 12th", "in an hour", "el viernes"],
    "cancel": ["skip", "she went with somebody else so drop it", "no longer needed", "scrap it", "take it off"],
    "help_with_item": ["write it up for me", "can you draft it", "what should I tell her?", "got a template?"],
    "other": ["thanks!", "ok", "lol", "😂😂"],
    "why": ["why are you asking", "who told you that", "how did you know"],
    "note": [
        "Met Sara Lopez from Acme, wants a quote, 214-555-0123",
        "Done deal with Acme, they want 40 units",
        "Finished basement guy: Lon Pickett, 555-0117, wants egress windows",
        "remind me to thank the guy who fixed my tire",
        "Skipped the panel, heard it was good though",
    ],
}


@pytest.mark.parametrize(("intent", "text"), [(intent, text) for intent, texts in ANSWERS.items() for text in texts])
def test_a_reply_to_a_check_in_says_one_thing(intent: str, text: str) -> None:
    (part,) = read(text, asking(1))
    assert part.intent == intent
    assert part.items == (
        (1,) if intent in ("done", "not_done", "in_progress", "defer", "cancel", "help_with_item") else ()
    )


COMMANDS = {
    "list": ["what do I still owe people", "my list", "whats left", "qué tengo pendiente"],
    "find": ["who was the guy with the drones", "what's Dana's number", "any notes on lead paint?"],
    "why": ["why am I getting these", "how come you texted me"],
    "undo": ["undo that", "oops put it back", "no wait, not done. undo"],
    "correct": ["no, Jon without h", "its Dana not Donna"],
    "help": ["what can I text you", "how do I use this"],
    "other": ["yes", "no", "good morning", "👍"],
    "note": ["Booth 12 has the best CRM for roofers", "met a girl from Redpoint Solar, wants a bid"],
}


@pytest.mark.parametrize(("intent", "text"), [(intent, text) for intent, texts in COMMANDS.items() for text in texts])
def test_a_text_without_a_question_is_understood(intent: str, text: str) -> None:
    assert [part.intent for part in read(text, None)] == [intent]


PARTS = [
    ("done with John, not yet with Acme", [("done", (1,)), ("not_done", (2,))]),
    ("1 done 2 not yet", [("done", (1,)), ("not_done", (2,))]),
    ("1: done, 2: not yet, 3: skip", [("done", (1,)), ("not_done", (2,)), ("cancel", (3,))]),
    ("1. yes 2. working on it", [("done", (1,)), ("in_progress", (2,))]),
    ("1 and 3 yes. 2 no", [("done", (1, 3)), ("not_done", (2,))]),
    ("1-3 done", [("done", (1, 2, 3))]),
    ("2 and 4 fri, drop 3", [("defer", (2, 4)), ("cancel", (3,))]),
    ("John yes Acme no", [("done", (1,)), ("not_done", (2,))]),
    ("first one is done second one cancel", [("done", (1,)), ("cancel", (2,))]),
    ("did the first two", [("done", (1, 2))]),
    ("bolts ordered, demo next week", [("done", (3,)), ("defer", (2,))]),
    ("the bolts are ordered. rest no", [("done", (3,)), ("not_done", (1, 2, 4))]),
    ("everything but the demo", [("done", (1, 3, 4))]),
    ("all done except Acme", [("done", (1, 3, 4))]),
    ("neither of them yet", [("not_done", (1, 2, 3, 4))]),
    ("no and no", [("not_done", (1, 2, 3, 4))]),
    ("done", [("done", ())]),
    ("friday", [("defer", ())]),
    ("done with Sara", [("done", ())]),
    ("emailed the board. who was the rebar guy from tulsa", [("done", (4,)), ("find", ())]),
    ("Done with John. Also met Curtis Bell who does epoxy floors, 214-555-0123", [("done", (1,)), ("note", ())]),
]


@pytest.mark.parametrize(("text", "parts"), PARTS)
def test_a_digest_is_answered_item_by_item(text: str, parts: list[tuple[str, tuple[int, ...]]]) -> None:
    assert [(part.intent, part.items) for part in read(text, asking(1, 2, 3, 4), SEVERAL)] == parts


@pytest.mark.parametrize(
    ("text", "kind", "intent", "found"),
    [
        ("yes", "confirm", "cancel", ("cancel", (1, 2))),
        ("yes please", "confirm", "help_with_item", ("help_with_item", (1, 2))),
        ("no", "confirm", "cancel", ("other", ())),
        ("nah leave it", "confirm", "cancel", ("other", ())),
        ("the demo", "clarify", "defer", ("defer", (2,))),
        ("the first", "clarify", "not_done", ("not_done", (1,))),
        ("2", "clarify", "done", ("done", (2,))),
        ("both", "clarify", "cancel", ("cancel", (1, 2))),
        ("yes", "check_in", None, ("done", ())),
        ("no", "check_in", None, ("not_done", ())),
    ],
)
def test_yes_no_and_a_choice_mean_what_was_asked(
    text: str, kind: str, intent: str | None, found: tuple[str, tuple[int, ...]]
) -> None:
    (part,) = read(text, asking(1, 2, kind=kind, intent=intent), SEVERAL)
    assert (part.intent, part.items) == found


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("remind me tuesday", date(2026, 10, 13)),
        ("not yet, remind me on Oct 20", date(2026, 10, 20)),
        ("in 2 days", date(2026, 10, 9)),
        ("later", None),
        ("tomorrow at 9am", datetime(2026, 10, 8, 9, tzinfo=DALLAS)),
        ("rained out today, do it monday", date(2026, 10, 12)),
    ],
)
def test_what_is_put_off_says_until_when(text: str, until: date | datetime | None) -> None:
    (part,) = read(text, asking(1))
    assert (part.intent, part.until) == ("defer", until)


def test_what_is_booked_for_a_day_is_done_and_not_put_off() -> None:
    (part,) = read("call is set for dec 2 at 10", asking(1), {1: "Set up a call with Greta from Mesa Glass"})
    assert (part.intent, part.until) == ("done", None)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("which one was the guy who does skylights?", "guy who does skylights"),
        ("who's Dana again", "Dana"),
        ("do you have Renata's email", "Renata"),
        ("find my note about the scissor lift", "scissor lift"),
        ("I met a city inspector, whats her name", "city inspector"),
        ("who was that", ""),
    ],
)
def test_what_is_looked_for_is_told_without_the_question(text: str, query: str) -> None:
    assert query_of(text) == query


@pytest.mark.parametrize(
    ("text", "wrong", "right"),
    [
        ("no, Jon without h", None, "Jon"),
        ("it's Ridgetop not Ridgeline", "Ridgeline", "Ridgetop"),
        ("not Ty, Troy", "Ty", "Troy"),
        ("name's Colm and not Callum", "Callum", "Colm"),
        ("change 30 to 13 brackets", "30", "13 brackets"),
        ("its Margarete with an e", None, "Margarete"),
        ("that's wrong", None, None),
    ],
)
def test_a_correction_says_what_is_wrong_and_what_is_right(text: str, wrong: str | None, right: str | None) -> None:
    assert correction_of(text) == (wrong, right)


def test_a_correction_finds_the_promise_by_a_word_spelled_alike() -> None:
    assert read("its Margarete with an e", None)[0].items == (1,)


def test_an_answer_about_a_stranger_says_whom() -> None:
    (part,) = read("done with Sara", asking(1, 2), SEVERAL)
    assert (part.about, part.items) == ("Sara", ())
    assert read("done with John", asking(1, 2), SEVERAL)[0].about is None


def test_every_part_quotes_the_text() -> None:
    text = "Done with John, not yet with Acme"
    found = read(text, asking(1, 2), SEVERAL)
    assert [text[part.start : part.end] for part in found] == ["Done with John", "not yet with Acme"]


def test_in_a_long_note_nothing_is_answered() -> None:
    text = (
        "Great day. "
        + "Talked to a roofer about tiles, he is done with hail season and wants to cancel his insurance. " * 8
    )
    assert [part.intent for part in read(text, asking(1))] == ["note"]
