"""The words of an introduction without any model: what is known, in plain sentences."""

from services.actions.drafts.facts import Introduction, IntroFacts


def write_plainly(facts: IntroFacts) -> Introduction:
    """Never fails. It says nothing that the facts do not say."""
    about = _of_another if facts.introduced else _of_ourselves
    paragraphs = _of_promise(facts) if facts.kind == "promise" else about(facts)
    body = "\n\n".join([greeting(facts), *paragraphs, _farewell(facts)])
    return Introduction(subject=_subject(facts)[:200], body=body, mentions=[])


def greeting(facts: IntroFacts) -> str:
    name = facts.to_name
    if not name:
        return "Hello,"
    if facts.to_is_company:
        return f"Hello {name} team,"
    is_full_name = all(word[:1].isupper() for word in name.split())
    return f"Hi {name.split()[0]}," if is_full_name else f"Hello {name},"


def _of_promise(facts: IntroFacts) -> list[str]:
    at = f" at {facts.event}" if facts.event else ""
    return [
        f"It was good to talk with you{at}.",
        f"As promised, I am getting back to you{f' about {facts.topic}' if facts.topic else ''}{_deed(facts)}.",
        "When would be a good time for a short call?",
    ]


def _deed(facts: IntroFacts) -> str:
    return "" if facts.promise.lower().startswith(("follow up", "get back")) else f": {facts.promise}"


def _subject(facts: IntroFacts) -> str:
    if facts.kind == "promise":
        return facts.topic or (f"After {facts.event}" if facts.event else facts.promise)
    if facts.introduced:
        return (
            f"Introduction: {facts.to_name} and {facts.introduced}"
            if facts.to_name
            else f"Introduction: {facts.introduced}"
        )
    who = ", ".join(filter(None, (facts.sender, facts.sender_company)))
    subject = f"Introduction: {who}" if who else "Introduction"
    return f"{subject} ({facts.event})" if facts.event else subject


def _of_ourselves(facts: IntroFacts) -> list[str]:
    """Why we write, and what we ask for."""
    first = _who_we_are(facts)
    if facts.event:
        first.append(f"I am writing to you after {facts.event}.")
    wish = f"talk with you about {facts.topic}" if facts.topic else "introduce myself and hear more about your work"
    return [
        " ".join([*first, f"I would like to {wish}."]),
        "Would you have a few minutes for a call in the coming days?",
    ]


def _of_another(facts: IntroFacts) -> list[str]:
    after = f" after {facts.event}" if facts.event else ""
    about = f" about {facts.topic}" if facts.topic else ""
    return [
        " ".join([*_who_we_are(facts), f"I would like to introduce you to {facts.introduced}{after}."]),
        f"Would you be open to a short conversation{about}? If so, I will put you in touch.",
    ]


def _who_we_are(facts: IntroFacts) -> list[str]:
    if facts.sender and facts.sender_company:
        return [f"This is {facts.sender} of {facts.sender_company}."]
    return [f"This is {facts.sender}."] if facts.sender else []


def _farewell(facts: IntroFacts) -> str:
    return "\n".join(filter(None, ("Best regards,", facts.sender, facts.sender_company)))
