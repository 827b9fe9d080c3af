"""What an account's policy says, as the rules read it."""

from dataclasses import dataclass, fields
from datetime import time
from typing import Any, Self

from services.followups.timing.rules import Hours


@dataclass(frozen=True)
class Policy:
    """The defaults are Followthrough's own. Times of day are the contractor's."""

    days_after_event: int = 3
    days_after_item: int = 3
    priorities_days_after_event: int = 1
    send_at: time = time(10)
    quiet_from: time = time(21)
    quiet_until: time = time(8)
    one_a_day: bool = True
    digest: bool = True
    repeat_days: int = 3
    unanswered_before_help: int = 2
    tone: str = "friendly"

    @classmethod
    def of(cls, row: Any) -> Self:
        """`row` has a column for each field."""
        return cls(**{field.name: getattr(row, field.name) for field in fields(cls)})

    @property
    def hours(self) -> Hours:
        return Hours(self.quiet_until, self.quiet_from)


def hours_misfit(policy: Any) -> tuple[str, str] | None:
    """The field and what is wrong with it, where the times of a policy do not fit the law or each other."""
    if policy.quiet_from > time(21):
        return "quiet_from", "quiet_from must be 21:00 or earlier."
    if policy.quiet_until < time(8):
        return "quiet_until", "quiet_until must be 08:00 or later."
    if not policy.quiet_until < policy.quiet_from:
        return "quiet_until", "quiet_until must be earlier in the day than quiet_from."
    if not policy.quiet_until <= policy.send_at < policy.quiet_from:
        return "send_at", "send_at must be outside the quiet hours."
    return None
