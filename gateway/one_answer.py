"""An answer that is made once for all who ask within a moment."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

AnswerT = TypeVar("AnswerT")


class OneAnswer(Generic[AnswerT]):
    """What `make` gave within the last `seconds`; meanwhile nobody behind the gateway is asked again."""

    def __init__(self, make: Callable[[], Awaitable[AnswerT]], seconds: float) -> None:
        self._make = make
        self._seconds = seconds
        self._made: tuple[float, AnswerT] | None = None
        self._making = asyncio.Lock()

    async def get(self) -> AnswerT:
        async with self._making:
            if self._made is None or time.monotonic() - self._made[0] > self._seconds:
                answer = await self._make()
                self._made = (time.monotonic(), answer)
            return self._made[1]
