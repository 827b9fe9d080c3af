"""What the meaning of a rule is given and gives."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Here:
    """Now, in the person's zone."""

    now: datetime
    zone: str

    @property
    def today(self) -> date:
        return self.now.date()


class Found:
    """A match of a rule; a group that the rule has not, or that matched nothing, is None."""

    def __init__(self, low: str, match: re.Match[str], start: int, end: int) -> None:
        self.low, self.start, self.end = low, start, end
        self._groups = match.groupdict()

    def __getitem__(self, group: str) -> str | None:
        return self._groups.get(group) or None

    def word(self, group: str) -> str:
        return self._groups.get(group) or ""

    def number(self, group: str) -> int:
        return int(re.sub(r"\D", "", self.word(group)))


# A day or a moment, and whether the words leave a choice.
Meant = tuple[date | datetime, bool] | None
Meaning = Callable[[Found, Here], Meant]


def sure(day: date | None) -> Meant:
    return (day, False) if day is not None else None
