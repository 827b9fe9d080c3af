"""Messaging with a stand-in Twilio: one for all tests, emptied for each."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from tests.conftest import Databases
from tests.services.messaging.house import moved_in, running
from tests.services.messaging.stack import Messaging
from tests.standins.issuer import Issuer

AREAS = ("312", "404", "512", "713", "303", "602")


@pytest.fixture(scope="session")
async def house(databases: Databases, issuer: Issuer) -> AsyncIterator[Messaging]:
    urls = await databases.clone("messaging")
    async with running(urls, issuer) as messaging:
        yield messaging


@pytest.fixture(scope="session")
def numbers() -> list[str]:
    """A number of ours for each test: the stand-in remembers who told which number to stop."""
    return [f"+1{area}555{last:04d}" for area in AREAS for last in range(100, 200)]


@pytest.fixture
async def messaging(house: Messaging, account_id: UUID, numbers: list[str]) -> Messaging:
    return await moved_in(house, account_id, numbers.pop())
