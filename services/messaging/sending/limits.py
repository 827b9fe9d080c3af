"""How much may go from a number and an account: the account's own wish, below the operator's ceiling."""

from dataclasses import dataclass
from typing import Protocol

from services.messaging.settings import MessagingSettings


class Limited(Protocol):
    @property
    def segments_per_second(self) -> float | None: ...
    @property
    def daily_limit(self) -> int | None: ...
    @property
    def max_segments_per_second(self) -> float | None: ...
    @property
    def max_daily_limit(self) -> int | None: ...


@dataclass(frozen=True)
class Limits:
    """What holds for numbers that have no ceilings of their own."""

    segments_per_second: float
    daily_limit: int
    verify_seconds: float = 10

    @classmethod
    def of(cls, settings: MessagingSettings) -> "Limits":
        return cls(settings.segments_per_second, settings.daily_limit, settings.verify_seconds)

    def rate(self, number: Limited) -> float:
        ceiling = self.segments_per_second if number.max_segments_per_second is None else number.max_segments_per_second
        return ceiling if number.segments_per_second is None else min(number.segments_per_second, ceiling)

    def day(self, number: Limited) -> int:
        ceiling = self.daily_limit if number.max_daily_limit is None else number.max_daily_limit
        return ceiling if number.daily_limit is None else min(number.daily_limit, ceiling)
