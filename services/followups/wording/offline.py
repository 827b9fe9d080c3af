"""The words of a follow-up without any model: by its type and tone, from what is known."""

import re
from collections.abc import Sequence

from services.followups.wording.facts import Facts
from shared.text.liquid import TemplateRefused, render

MAX_BODY = 480
MAX_TITLE = 90
MAX_OWN_LINE = 280
_OPENINGS = {
    "friendly": "Hey! Just checking in.",
    "professional": "Hello, a brief check-in.",
    "casual": "Hey, quick check-in.",
    "urgent": "A quick one that matters now.",
}
_REMINDERS = {
    "friendly": "Hey! You asked me to remind you:",
    "professional": "As requested, a reminder:",
    "casual": "Here's your nudge:",
    "urgent": "Time for this one:",
}
_CONNECT = re.compile(
    r"^(?:follow(?:ing)? up with|connect with|reach out to|get in touch with|contact|touch base with|talk to|speak (?:to|with))\b",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"[^.!?]*\b(?:have you|did you) (?:reached out to|reach out to|connected? with|followed up with|follow up with|contact(?:ed)?"
    r"|talked? (?:to|with)|spoken? (?:to|with))\b[^.!?]*\?",
    re.IGNORECASE,
)
_VERB = re.compile(
    r"^(?:add|arrange|ask|book|bring|build|buy|call|change|check|compare|confirm|contact|create|demo|discuss|do|draft|email|fill|find"
    r"|finish|get|give|hire|implement|install|introduce|invite|join|learn|look|mail|make|measure|meet|message|move|order|pay"
    r"|pick|plan|post|prepare|price|print|quote|read|register|renew|repair|replace|request|research|reserve|review|schedule"
    r"|send|set|share|show|sign|start|study|submit|switch|talk|test|text|thank|train|try|update|upgrade|use|visit|write)\b",
    re.IGNORECASE,
)
_IS_EVENT = re.compile(r"\b(?:event|conference|expo|summit|show|fair|convention|meetup|forum|days?)\b", re.IGNORECASE)


def compose(facts: Facts) -> str:
    """Never fails. A template that a caller gave keeps its words; the question it asks may become a better one."""
    body = _of_template(facts) if facts.template else ""
    return shorten(body or _OF_TYPE.get(facts.followup_type, _check_in)(facts), MAX_BODY)


def template_for(facts: Facts) -> str | None:
    """The plain words that a planned check-in starts from, as the document's example has them."""
    if facts.followup_type != "check_in" or facts.purpose != "check_in" or not facts.person or not _connects(facts):
        return None
    return f"{opening(facts)} Have you reached out to {facts.person} yet?"


def compose_plain(template: str, facts: Facts) -> str:
    """The template as it was given, with its variables filled in; empty where these are all it says."""
    try:
        return shorten(render(template, variables_of(facts)).strip(), MAX_BODY)
    except TemplateRefused:
        return shorten(template, MAX_BODY)


def compose_digest(parts: Sequence[Facts]) -> str:
    """One text in place of several: a line for each. It asks how they come along where any is a promise."""
    name = next((part.first_name for part in parts if part.first_name), None)
    lines = [f"- {own_words(part) or shorten(_line(part), MAX_TITLE)}" for part in parts]
    greeting = f"Hey {name}!" if name else "Hey!"
    if not any(part.title for part in parts):
        return "\n".join([f"{greeting} {len(lines)} things for you:", *lines])
    return "\n".join([f"{greeting} Checking in on {len(lines)} things:", *lines, "How are they coming along?"])


def own_words(facts: Facts) -> str:
    """What a caller wants said, on one line; empty where the words are ours."""
    if not facts.template or facts.template == template_for(facts):
        return ""
    return shorten(" ".join(compose_plain(facts.template, facts).split()), MAX_OWN_LINE)


def short_label(facts: Facts) -> str:
    """What an option says of one line of a digest."""
    return shorten(facts.person if facts.person and _connects(facts) else facts.title or "it", 30)


def variables_of(facts: Facts) -> dict[str, object]:
    return {
        **facts.hints,
        "first_name": facts.first_name or "",
        "title": facts.title or "",
        "person": facts.person or "",
        "event": facts.event or "",
        "topic": facts.topic or "",
        "due": facts.due or "",
    }


def opening(facts: Facts) -> str:
    return _OPENINGS.get(facts.tone, _OPENINGS["friendly"])


def shorten(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 3].rsplit(" ", 1)[0].rstrip(" ,.;:-") + "..."


def _of_template(facts: Facts) -> str:
    words = compose_plain(facts.template or "", facts)
    if facts.person and _ASKED.search(words) and facts.person.casefold() in words.casefold():
        return _ASKED.sub(lambda _: f" {_question(facts)}{_because(facts)}", words, count=1).strip()
    return words


def _check_in(facts: Facts) -> str:
    if facts.purpose == "priorities":
        return _priorities(facts)
    if facts.purpose == "suggestion" and facts.reason:
        return _suggestion(facts)
    return f"{opening(facts)} {_question(facts)}{_because(facts)}"


def _reminder(facts: Facts) -> str:
    start = _REMINDERS.get(facts.tone, _REMINDERS["friendly"])
    return f"{start} {facts.title or 'you wanted to come back to this today'}.{_because(facts)}"


def _status_update(facts: Facts) -> str:
    when = f" {'was' if facts.is_overdue else 'is'} due {facts.due}" if facts.due else " is due"
    return f'{opening(facts)} "{shorten(facts.title or "Your follow-up", MAX_TITLE)}"{when}. Where does it stand?'


def _offer_help(facts: Facts) -> str:
    return f"{opening(facts)} Would some help let you {_action(facts)}{_from_event(facts)}? I can draft a first message for you."


def _completion_confirmation(facts: Facts) -> str:
    return (
        f'{opening(facts)} I have "{shorten(facts.title or "your follow-up", MAX_TITLE)}" down as done. Is that right?'
    )


def _priorities(facts: Facts) -> str:
    name = f"Hey {facts.first_name}!" if facts.first_name else "Hey!"
    event = _event_name(facts)
    thanks = f" I hope {event} was worth your time." if event else ""
    return f"{name}{thanks} What are your top 3 priorities from the event? A short list is all I need."


def _suggestion(facts: Facts) -> str:
    """No question: a "yes" must not sound like "done"."""
    name = f"Hey {facts.first_name}!" if facts.first_name else "Hey!"
    return f"{name} One more idea: {facts.reason} I put them on your list to look into."


_OF_TYPE = {
    "check_in": _check_in,
    "reminder": _reminder,
    "status_update": _status_update,
    "offer_help": _offer_help,
    "completion_confirmation": _completion_confirmation,
}


def _question(facts: Facts) -> str:
    return f"Have you had a chance to {_action(facts)}{_from_event(facts)}?"


def _because(facts: Facts) -> str:
    if not facts.topic:
        return ""
    if facts.person and facts.about_insights:
        return f" I know you were interested in {facts.possessive} insights on {facts.topic}."
    return f" You noted: {facts.topic}."


def _action(facts: Facts) -> str:
    title = shorten((facts.title or "").strip().rstrip(".!"), MAX_TITLE)
    if facts.person and (not title or _connects(facts)):
        return f"connect with {facts.person}"
    if not title:
        return "get to what you planned"
    return title[0].lower() + title[1:] if _VERB.match(title) else f'get to "{title}"'


def _connects(facts: Facts) -> bool:
    return not facts.title or bool(_CONNECT.match(facts.title.strip()))


def _from_event(facts: Facts) -> str:
    event = _event_name(facts)
    return f" from {event}" if event else ""


def _event_name(facts: Facts) -> str | None:
    if not facts.event:
        return None
    name = facts.event if facts.event.lower().startswith("the ") else f"the {facts.event}"
    return name if _IS_EVENT.search(name) else f"{name} event"


def _line(facts: Facts) -> str:
    action = _action(facts)
    event = f" ({facts.event})" if facts.event else ""
    due = f", due {facts.due}" if facts.due and facts.followup_type == "status_update" else ""
    return f"{action[0].upper()}{action[1:]}{event}{due}"
