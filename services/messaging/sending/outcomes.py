"""What became of asking the provider, in our words, and what to do about each of Twilio's codes."""

from dataclasses import dataclass

UNSUBSCRIBED = 21610
# Twilio took nothing and says: later. 20429 too many requests, 14107 and 30022 rate limits, 21611 and 30001 full queues,
# 20503 service unavailable. See twilio.com/docs/api/errors.
_LATER = frozenset({20429, 14107, 30022, 21611, 30001, 20503})


@dataclass(frozen=True)
class Accepted:
    sid: str


@dataclass(frozen=True)
class Refused:
    """For good."""

    code: int | None
    reason: str


@dataclass(frozen=True)
class Unsubscribed:
    """The person told Twilio to stop, and Twilio obeys (21610)."""


@dataclass(frozen=True)
class TryLater:
    """Nothing was taken: asking again cannot say it twice. `seconds`: not before then, says the provider."""

    reason: str
    seconds: float = 0


@dataclass(frozen=True)
class LookFirst:
    """An error of the provider's own: nothing was taken, most likely. Look into its list before asking again."""

    reason: str


@dataclass(frozen=True)
class Unknown:
    """No answer: it may have been taken. Never asked again."""

    reason: str


Outcome = Accepted | Refused | Unsubscribed | TryLater | LookFirst | Unknown


def outcome_of_error(status: int, code: int | None, message: str, retry_after: float = 0) -> Outcome:
    """Read Twilio's error answer."""
    reason = f"Twilio {code or status}: {message}"[:500]
    if code == UNSUBSCRIBED:
        return Unsubscribed()
    if status == 429 or code in _LATER:
        return TryLater(reason, retry_after)
    return LookFirst(reason) if status >= 500 else Refused(code, reason)
