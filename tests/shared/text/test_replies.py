"""What is said in answer to a check-in, and what is no answer."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from shared.text.replies import ReplyOption, ReplyReading, read_reply

DALLAS = ZoneInfo("America/Chicago")
NOW = datetime(2026, 10, 7, 14, 30, tzinfo=DALLAS)  # a Wednesday
ITEMS = [
    ReplyOption(1, "Follow up with John Smith"),
    ReplyOption(2, "Prepare for Acme Corp demo"),
    ReplyOption(3, "Implement AI tools"),
]
CHOICES = [ReplyOption(1, "Done", "done"), ReplyOption(2, "Not yet", "not_yet"), ReplyOption(3, "Drop it", "skip")]


def read(text: str, options: list[ReplyOption] = ITEMS) -> ReplyReading:
    return read_reply(text, options, NOW, DALLAS)


INTENTS = {
    "done": [
        "had a call with him this morning",
        "we're meeting Friday",
        "meeting scheduled for Tuesday",
        "got the email sent, thanks, all set",
        "done",
        "Done!",
        "DONE 👍",
        "yes done",
        "Yes, done.",
        "I did it!",
        "finished it last night",
        "sent the email",
        "just emailed her",
        "Called him yesterday",
        "No I called him already",
        "we spoke today",
        "talked to john yesterday",
        "✅",
        "all set",
        "took care of it",
        "reached out this morning",
        "got it done",
        "I'm done with this one",
        "I did reach him",
        "did send it",
        "yep, all done",
        "it's handled",
        "I met with John and it went great",
    ],
    "not_yet": [
        "he hasn't replied",
        "no time this week",
        "I keep forgetting",
        "not yet",
        "Not yet.",
        "nope, not yet",
        "haven't had a chance",
        "Haven’t done it",
        "still waiting on him",
        "working on it",
        "not done",
        "left a voicemail",
        "called and left a voicemail",
        "no answer",
        "will do",
        "on it",
        "I forgot",
        "almost",
        "neither",
        "didn't get to it",
        "did not reach him",
        "couldn't reach him",
        "Didn't call him",
        "did not send it",
        "I did not call John",
        "I did not call him",
        "called but he didn't pick up",
        "called him, he never picked up",
        "called, no pick up",
        "emailed but never heard back",
        "can't reach him",
        "cannot get hold of him",
        "unable to reach her",
        "couldn't send it, no wifi",
        "he did not answer",
        "tried to call him",
        "calling him now",
        "I should have called him",
        "no done yet",
    ],
    "later": [
        "can you remind me friday",
        "push to monday",
        "too busy this week, ask me monday",
        "end of month",
        "later",
        "remind me tuesday",
        "not yet, remind me Tuesday",
        "tuesday",
        "in 2 days",
        "snooze until friday",
        "busy",
        "next Tuesday works better",
        "I'll call him tomorrow",
        "yes, remind me next week",
        "need more time",
        "ask me again on Monday",
    ],
    "skip": [
        "let's skip it",
        "lost the job",
        "not a fit",
        "skip",
        "never mind, drop it",
        "nvm",
        "forget it",
        "cancel the demo with Acme",
        "no, not interested anymore",
        "no longer needed",
        "Nope, gave up on it",
        "went with someone else",
        "drop it",
    ],
    "help": ["help me", "I need help with the email to John", "can you draft the email?", "stuck", "could use a hand"],
    "yes": ["yes", "yep", "Yeah!", "sure", "👍", "sounds good", "please do"],
    "no": ["no", "Nope", "nah", "no thanks", "hell no", "👎"],
    "thanks": ["thanks", "Thank you!", "ok", "ok thanks", "thanks for the reminder!", "great", "🙏", "hi"],
    "question": ["what's his number?", "who is John", "which one?"],
    "note": [
        "Met Sara Lopez from Acme, wants a quote",
        "Met Bob, 214-555-0123",
        "Called Sara",
        "nonstop flights",
        "Great talk on AI by Jane Doe",
        "Stop by the Ortiz site Friday",
        "Met Karen Jones at GAF about shingles and she is done with hail season",
        "booth 12 has the best coffee",
        "Talked to Sara Lopez, she wants samples by Friday",
        "I'm done with this vendor, they lied to us",
        "We are done with that company",
        "I did not like the booth",
    ],
    "unknown": ["", "asdf", "7", "...", "1"],
}


@pytest.mark.parametrize(("intent", "text"), [(intent, text) for intent, texts in INTENTS.items() for text in texts])
def test_a_reply_says_one_thing(intent: str, text: str) -> None:
    assert read(text).intent == intent


PARTS = [
    ("done with John, not yet with Acme", [("done", (1,)), ("not_yet", (2,))]),
    ("1 done 2 not yet", [("done", (1,)), ("not_yet", (2,))]),
    ("1: done, 2: not yet, 3: skip", [("done", (1,)), ("not_yet", (2,)), ("skip", (3,))]),
    ("1 yes 2 no", [("yes", (1,)), ("no", (2,))]),
    ("John and Acme are done", [("done", (1, 2))]),
    ("done with john and acme", [("done", (1, 2))]),
    ("1, 2 done", [("done", (1, 2))]),
    ("Done with 2 and 3", [("done", (2, 3))]),
    ("John: done", [("done", (1,))]),
    ("AI tools done", [("done", (3,))]),
    ("the second one is done", [("done", (2,))]),
    ("John is done but Acme needs more time", [("done", (1,)), ("later", (2,))]),
    ("all done but Acme", [("done", (1, 3))]),
    ("everything except Acme is done", [("done", (1, 3))]),
    ("I called John", [("done", (1,))]),
    ("cancel the demo", [("skip", (2,))]),
    ("never mind, drop it", [("skip", ())]),
]


@pytest.mark.parametrize(("text", "parts"), PARTS)
def test_several_things_are_said_of_several_promises(text: str, parts: list[tuple[str, tuple[int, ...]]]) -> None:
    found = read(text)
    assert [(part.intent, part.option_numbers) for part in found.parts] == parts
    assert found.option_number == (parts[0][1][0] if len(parts[0][1]) == 1 else None)


@pytest.mark.parametrize("text", ["all done", "both done", "everything is done"])
def test_everything_can_be_answered_at_once(text: str) -> None:
    (part,) = read(text).parts
    assert (part.intent, part.every) == ("done", True)


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("remind me tuesday", date(2026, 10, 13)),
        ("not yet, remind me on Oct 20", date(2026, 10, 20)),
        ("in 2 days", date(2026, 10, 9)),
        ("later", None),
        ("tomorrow at 9am", datetime(2026, 10, 8, 9, tzinfo=DALLAS)),
    ],
)
def test_later_says_until_when(text: str, until: date | datetime | None) -> None:
    found = read(text)
    assert (found.intent, found.until) == ("later", until)


def test_a_number_chooses_an_answer_where_the_options_are_answers() -> None:
    assert [(read(text, CHOICES).intent, read(text, CHOICES).option_number) for text in ("1", "2.", "#3", "4")] == [
        ("done", 1),
        ("not_yet", 2),
        ("skip", 3),
        ("unknown", None),
    ]


def test_news_beside_an_answer_is_kept_for_a_note() -> None:
    found = read("Done. Also met Karen Jones from GAF, karen@example.org")
    assert (found.intent, found.remainder) == ("done", "met Karen Jones from GAF, karen@example.org")
    assert read("Done, he wants a quote by Friday").remainder == "he wants a quote by Friday"
    assert read("done").remainder == ""


def test_an_answer_about_a_stranger_is_unsure_and_says_whom() -> None:
    (part,) = read("done with Sara").parts
    assert (part.intent, part.about, part.option_numbers) == ("done", "Sara", ())
    assert part.confidence < read("done with John").parts[0].confidence


def test_every_part_quotes_the_reply() -> None:
    text = "Done with John, not yet with Acme"
    found = read(text)
    assert [text[part.start : part.end] for part in found.parts] == ["Done with John", "not yet with Acme"]
    assert (found.start, found.end) == (0, len(text))


def test_what_is_not_done_is_said_of_the_rest_alone() -> None:
    first = read("done with John, not the others yet").parts[0]
    assert (first.intent, first.option_numbers) == ("done", (1,))
