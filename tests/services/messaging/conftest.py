"""Messaging with a stand-in Twilio, for each test anew."""

from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID

import pytest

from tests.conftest import Urls
from tests.services.messaging.stack import Messaging, running
from tests.standins.issuer import Issuer


@pytest.fixture
async def messaging(
    database_of: Callable[[str], Awaitable[Urls]], issuer: Issuer, account_id: UUID
) -> AsyncIterator[Messaging]:
    async with running(await database_of("messaging"), issuer, account_id) as messaging:
        yield messaging
