"""The words of the concierge: short, warm, specific; one or two segments."""

from collections.abc import Collection, Sequence
from datetime import datetime

from services.actions.concierge.context import FoundNote, KnownEvent

LONGEST = 300
WHAT = "What should I set right? Like: it's Jon, not John."
APPROVED = "Approved: it is ready to be sent for you. I cannot send e-mail myself yet."
DISCARDED = "OK, I dropped the draft."
DRAFT_IS = {
    "approved": "That draft is approved already.",
    "discarded": "That draft was dropped already: nothing goes out.",
    "sent": "That e-mail went out already.",
}
NO_PRIORITIES = "All right. Text me whenever something becomes a priority."
UNCHANGED = "OK, I changed nothing."
WHO = "Who is this about, and what would you like to remember?"


def noted(
    who: str | None,
    topic: str | None,
    event: KnownEvent | None,
    *,
    will_check: bool,
    known: bool = False,
    reminded_at: datetime | None = None,
    promises: Sequence[str] = (),
) -> str:
    """Got it: John Smith (AI automation). I'll check in with you after Power100 Dallas. Several `promises` are each told."""
    what = f"{who} ({topic})" if who and topic else who or topic
    if len(promises) > 1:
        more = [f"{len(promises) - 3} more"] if len(promises) > 3 else []
        what = "; ".join([short(each, 60) for each in promises[:3]] + more)
    start = short(f"Added to {who}" if known and who else f"Got it: {what}" if what else "Got it, noted", 200)
    if reminded_at is not None:
        return f"{start}. I'll remind you on {reminded_at:%A, %b %-d} at {reminded_at:%-I:%M %p}."
    if not will_check:
        return f"{start}."
    when = f"after {event.name}" if event and event.name else "in a few days"
    return f"{start}. I'll check in with you {when}."


def completed(titles: Sequence[str], left: int) -> str:
    done = f"Nice work! {listed(titles)}: done."
    if not left:
        return f"{done} That was the last one on your list."
    return f"{done} {left} more on your list."


def put_off(titles: Sequence[str], when: str | None) -> str:
    return f"No problem. I'll ask again about {listed(titles)} {when or 'in a few days'}."


def not_done(titles: Sequence[str]) -> str:
    return f"Thanks for telling me. I'll keep {listed(titles)} on your list and check in again."


def open_again(titles: Sequence[str]) -> str:
    """They say that it is not done, although we had it so."""
    return f"Thanks for telling me. {listed(titles)}: open again, and I'll check in with you."


def sure_of(intent: str, titles: Sequence[str]) -> str:
    what = f"mark {listed(titles)} as done" if intent == "done" else f"take {listed(titles)} off your list"
    return f"Just to be sure: shall I {what}?"


def in_progress(titles: Sequence[str]) -> str:
    return f"Good to hear. {listed(titles)}: in progress, and I'll check in again."


def skipped(titles: Sequence[str]) -> str:
    return f"OK, {listed(titles)}: off your list. Text UNDO if that was a mistake."


def needs_help(titles: Sequence[str]) -> str:
    return f"Happy to help with {listed(titles)}. I'm writing a draft for you; nothing goes out before you say yes."


def ranked(titles: Sequence[str]) -> str:
    lines = ", ".join(f"{number}. {short(title, 60)}" for number, title in enumerate(titles, 1))
    return f"Great priorities: {lines}. I'll check in on each of them."


def which(titles: Sequence[str], unknown: str | None) -> str:
    if not titles:
        return "I have nothing open on your list. What did you get done?"
    return (
        f"“{short(unknown, 40)}” is not on your list. Which one do you mean?" if unknown else "Which one do you mean?"
    )


def undone(titles: Sequence[str]) -> str:
    return f"Undone: {listed(titles)}." if titles else "There is nothing of today that I could undo."


def open_list(titles: Sequence[str]) -> str:
    if not titles:
        return "Your list is empty. Text me who you meet and what you promise, and I'll keep it."
    lines = "\n".join(f"- {short(title, 60)}" for title in titles[:5])  # a number would answer some other question
    more = f"\n+ {len(titles) - 5} more" if len(titles) > 5 else ""
    return f"Open on your list:\n{lines}{more}"


def remembered(found: Sequence[tuple[FoundNote, str]]) -> str:
    """Who it was and how to reach them, in their own words: the best alone, or several in lines."""
    if len(found) == 1:
        note, day = found[0]
        who = ", ".join(_who(note))
        start = f"{who}. " if who else ""
        return f"{start}{day}, you wrote: “{short(note.note_text, 160)}”"
    return "It may be:\n" + "\n".join(f"- {day}: {short(note.note_text, 80)}" for note, day in found)


def told_of(people: Collection[str]) -> str:
    if not people:
        return "You told me of nobody yet. Text me who you meet, and I'll remember."
    return f"You told me of {listed(list(people), 6)}. Ask “who was …?” for more."


def _who(note: FoundNote) -> list[str]:
    return [
        next(iter(note.entities.get(kind) or []), "")
        for kind in ("names", "companies", "phone_numbers", "emails")
        if note.entities.get(kind)
    ]


def because(title: str, rule: str, told: tuple[str, str] | None) -> str:
    """Which text, which promise, which rule."""
    start = f"{told[0]}, you texted: “{short(told[1], 80)}”. From it I keep" if told else "On your list is"
    return f"{start}: {short(title, 60)}. I asked because {rule}. Text DROP IT if you don't want it, STOP to end all texts."


def corrected(was: str | None, now: str | None) -> str:
    return f"Thanks, set right: {now}{f' (was {was})' if was else ''}. UNDO takes it back."


def who_we_are(account: str | None) -> str:
    who = f"This is the event assistant of {account}" if account else "This is your event assistant"
    return (
        f"{who}. Text me who you meet and what you promise: I keep it, and check in until it is done. Ask “what do I owe?”, "
        "“who was the roofer?”, “write the mail for me”; UNDO takes back. STOP ends, HELP helps."
    )


def welcome(account: str | None, rest: str | None, asking: str | None) -> str:
    """The first words to somebody who texted us out of the blue; `asking` for what they have not told of themselves."""
    who = f"This is the event assistant of {account}" if account else "This is your event assistant"
    said = f"{who}: text me who you meet and I'll follow up with you."
    return " ".join(filter(None, (rest, said, asking, "STOP ends, HELP helps.")))


def met(full_name: str | None, event: str | None) -> str:
    name = f", {full_name.split()[0]}" if full_name else ""
    at = f" Enjoy {event}!" if event else ""
    return f"Good to meet you{name}!{at}"


def listed(titles: Sequence[str], most: int = 3) -> str:
    shown = [short(title, 60) for title in titles[:most]]
    if len(titles) > most:
        shown.append(f"{len(titles) - most} more")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}" if shown else "it"


def short(text: str, limit: int = 120) -> str:
    """On one line, cut at a word."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    return line[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,.;:") + "…"
