"""When a message may go: pure decisions, in business time."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from services.messaging.consent.rules import is_suppressed

OPENS, CLOSES = time(8), time(21)
MAX_BODY = 1600
# A person who just wrote, or who must hear that we stopped, is answered at any hour.
_PROMPTED = frozenset({"reply", "consent", "staff"})
JUST_NOW = timedelta(hours=1)
_OF_CONCIERGE = frozenset({"reply", "question"})


@dataclass(frozen=True)
class Facts:
    """What is known of a message and of the one it goes to, in the transaction that decides."""

    purpose: str
    is_prompted: bool
    sendable: bool
    expires_at: datetime
    not_before: datetime | None
    epoch: int | None
    current_epoch: int
    staff_mode: bool
    scopes: Collection[str]
    zones: Sequence[ZoneInfo]


@dataclass(frozen=True)
class Go:
    """It may be handed to the provider now, as far as caps allow."""


@dataclass(frozen=True)
class Wait:
    until: datetime


@dataclass(frozen=True)
class Drop:
    """It ends here: expired, suppressed, taken_over; `failed` says that nobody could ever send it."""

    reason: str
    failed: bool = False


Decision = Go | Wait | Drop


def decide(facts: Facts, now: datetime) -> Decision:
    if now >= facts.expires_at:
        return Drop("expired")
    if is_taken_over(facts.purpose, facts.epoch, facts.current_epoch, facts.staff_mode):
        return Drop("taken_over")
    if is_suppressed(facts.purpose, facts.scopes):
        return Drop("suppressed")
    if not facts.sendable:
        return Drop("not_sendable: texts go to valid, ordinary phone numbers only", failed=True)
    earliest = max(now, facts.not_before or now)
    if not facts.is_prompted:
        earliest = next_opening(earliest, facts.zones)
    if earliest >= facts.expires_at:
        return Drop("expired")
    return Go() if earliest <= now else Wait(earliest)


def is_prompted(purpose: str, is_answer: bool, last_received_at: datetime | None, now: datetime) -> bool:
    """The person is awake: they wrote just now, and this is about it."""
    if last_received_at is None or now - last_received_at > JUST_NOW:
        return False
    return is_answer or purpose in _PROMPTED


def is_taken_over(purpose: str, epoch: int | None, current_epoch: int, staff_mode: bool) -> bool:
    """The concierge is silent while a person of staff talks, and what it thought before that is never said."""
    if purpose in ("staff", "consent"):
        return False
    if epoch is not None and epoch < current_epoch:
        return True
    return staff_mode and (epoch is not None or purpose in _OF_CONCIERGE)


def next_opening(moment: datetime, zones: Sequence[ZoneInfo]) -> datetime:
    """The first moment from `moment` on that is within 08:00 to 21:00 in every zone (in the first, where that never is)."""
    candidate = moment
    for _ in range(2 * len(zones) + 4):
        later = max((_opening(candidate, zone) for zone in zones), default=candidate)
        if later == candidate:
            return candidate
        candidate = later
    return _opening(moment, zones[0])


def _opening(moment: datetime, zone: ZoneInfo) -> datetime:
    local = moment.astimezone(zone)
    if OPENS <= local.time().replace(tzinfo=None) < CLOSES:
        return moment
    day = local.date() if local.time() < OPENS else local.date() + timedelta(days=1)
    return datetime.combine(day, OPENS, zone).astimezone(moment.tzinfo)


def zones_for(own: str | None, planned: str | None, by_prefix: Sequence[str]) -> list[ZoneInfo]:
    """The contractor's zone, else the one it was planned by, else all that the number's prefix allows, else UTC."""
    for names in ((own,), (planned,), by_prefix):
        known = [zone for name in names if name and (zone := _zone(name))]
        if known:
            return known
    return [ZoneInfo("UTC")]


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
