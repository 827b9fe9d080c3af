"""The words of the concierge: short, warm, specific; one or two segments."""

from collections.abc import Sequence

from services.actions.concierge.context import KnownEvent

LONGEST = 300
WHO = "Who is this about, and what would you like to remember?"


def noted(
    who: str | None, topic: str | None, event: KnownEvent | None, *, will_check: bool, known: bool = False
) -> str:
    """Got it: John Smith (AI automation). I'll check in with you after Power100 Dallas."""
    what = f"{who} ({topic})" if who and topic else who or topic
    start = f"Added to {who}" if known and who else f"Got it: {what}" if what else "Got it, noted"
    if not will_check:
        return f"{short(start)}."
    when = f"after {event.name}" if event and event.name else "in a few days"
    return f"{short(start)}. I'll check in with you {when}."


def completed(titles: Sequence[str], left: int) -> str:
    done = f"Nice work! {listed(titles)}: done."
    if not left:
        return f"{done} That was the last one on your list."
    return f"{done} {left} more on your list."


def put_off(titles: Sequence[str], when: str | None) -> str:
    return f"No problem. I'll ask again about {listed(titles)} {when or 'in a few days'}."


def not_yet(titles: Sequence[str]) -> str:
    return f"Thanks for telling me. I'll keep {listed(titles)} on your list and check in again."


def open_again(titles: Sequence[str]) -> str:
    """They say that it is not done, although we had it so."""
    return f"Thanks for telling me. {listed(titles)}: open again, and I'll check in with you."


def skipped(titles: Sequence[str]) -> str:
    return f"OK, {listed(titles)}: off your list. Text UNDO if that was a mistake."


def needs_help(titles: Sequence[str]) -> str:
    return f"Happy to help with {listed(titles)}. What would make it easier?"


def ranked(titles: Sequence[str]) -> str:
    lines = ", ".join(f"{number}. {short(title, 60)}" for number, title in enumerate(titles, 1))
    return f"Great priorities: {lines}. I'll check in on each of them."


def which(titles: Sequence[str]) -> str:
    return "Which one do you mean?" if titles else "I have nothing open on your list. What did you get done?"


def undone(titles: Sequence[str]) -> str:
    return f"Undone: {listed(titles)}." if titles else "There is nothing of today that I could undo."


def open_list(titles: Sequence[str]) -> str:
    if not titles:
        return "Your list is empty. Text me who you meet and what you promise, and I'll keep it."
    lines = "\n".join(f"- {short(title, 60)}" for title in titles[:5])  # a number would answer some other question
    more = f"\n+ {len(titles) - 5} more" if len(titles) > 5 else ""
    return f"Open on your list:\n{lines}{more}"


def welcome(account: str | None, rest: str | None) -> str:
    """The first words to somebody who texted us out of the blue."""
    who = f"This is the event assistant of {account}" if account else "This is your event assistant"
    start = f"{rest} " if rest else ""
    return f"{start}{who}: text me who you meet and I'll follow up with you. Your name, and which event? STOP ends, HELP helps."


def met(full_name: str | None, event: str | None) -> str:
    name = f", {full_name.split()[0]}" if full_name else ""
    at = f" Enjoy {event}!" if event else ""
    return f"Good to meet you{name}!{at} Text me who you meet and what you promise."


def listed(titles: Sequence[str]) -> str:
    shown = [short(title, 60) for title in titles[:3]]
    if len(titles) > 3:
        shown.append(f"{len(titles) - 3} more")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}" if shown else "it"


def short(text: str, limit: int = 120) -> str:
    """On one line, cut at a word."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    return line[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,.;:") + "…"
