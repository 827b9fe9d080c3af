"""Waiting for a wake-up: none is lost, and none is needed."""

import asyncio
import time

from shared.db.listen import wait_for


async def test_a_wake_up_that_came_while_nobody_waited_is_not_lost() -> None:
    woken = asyncio.Event()
    woken.set()
    began = time.monotonic()
    await wait_for(woken, 30)
    assert time.monotonic() - began < 10
    assert not woken.is_set()


async def test_without_a_wake_up_it_is_looked_after_a_while() -> None:
    woken = asyncio.Event()
    await wait_for(woken, 0.05)
    assert not woken.is_set()
