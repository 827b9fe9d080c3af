"""What an answer, or none, leads to. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.followups.planning.rules import Clock
from services.followups.timing.rules import slot_after_days

STILL_OPEN = frozenset({"not_yet", "no", "needs_help"})
SETTLES = frozenset({"done", "yes"})
LATEST = timedelta(days=365)
# The same question again tomorrow, once; a person who was asked thrice in vain is not asked a fourth time.
MAX_TRIES = 3


def deferred_until(until: datetime | None, clock: Clock) -> datetime:
    """When to ask again: the day and hour that was named; a day alone (midnight) means the usual hour; none, tomorrow."""
    if until is None or until <= clock.now:
        return slot_after_days(clock.now, 1, clock.policy.send_at, clock.zone)
    until = min(until, clock.now + LATEST)
    local = until.astimezone(clock.zone)
    return slot_after_days(until, 0, clock.policy.send_at, clock.zone) if local.hour == local.minute == 0 else until


def after_silence(unanswered: int, followup_type: str, clock: Clock) -> str | None:
    """The type of what is said next when nobody answers; None when it is enough. The last try offers help, unless the one
    before it did."""
    if unanswered > clock.policy.unanswered_before_help:
        return None
    is_last = unanswered == clock.policy.unanswered_before_help
    return "offer_help" if is_last and followup_type != "offer_help" else "check_in"


@dataclass(frozen=True)
class Retry:
    """A text that did not go is planned anew at `at`; or is not, for `reason` alone."""

    at: datetime | None


def after_not_sent(reason: str, tries: int, clock: Clock) -> Retry:
    """`reason` is messaging's. What expired or met a conversation of staff's goes another day; what we cancelled goes now."""
    if tries >= MAX_TRIES:
        return Retry(None)
    if reason == "cancelled":
        return Retry(clock.now)
    if reason in ("expired", "taken_over"):
        return Retry(slot_after_days(clock.now, 1, clock.policy.send_at, clock.zone))
    return Retry(None)
