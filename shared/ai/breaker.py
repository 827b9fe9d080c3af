"""Stops asking a provider that is down, so that an outage costs its timeout a few times and not every time."""

import time
from collections.abc import Callable


class Breaker:
    """Opens after `tolerated` outages in a row; then lets one question through every `pause` seconds."""

    def __init__(self, tolerated: int = 3, pause: float = 30.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._tolerated = tolerated
        self._pause = pause
        self._clock = clock
        self._outages = 0
        self._next_trial = 0.0

    def allows(self) -> bool:
        if self._outages < self._tolerated:
            return True
        if self._clock() < self._next_trial:
            return False
        self._next_trial = self._clock() + self._pause
        return True

    def answered(self) -> None:
        self._outages = 0

    def failed(self) -> None:
        self._outages += 1
        self._next_trial = self._clock() + self._pause
