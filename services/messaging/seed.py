"""Gives the demo accounts their numbers: an operator's step of the local stack, safe to repeat."""

import asyncio
from uuid import UUID

from pydantic import BaseModel
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.messaging.senders.__main__ import assign
from services.messaging.senders.use_cases import Assignment
from shared.settings import read_settings

# They never bind at the loads the local stack is measured with.
DEMO_SEGMENTS_PER_SECOND = 300.0
DEMO_DAILY_LIMIT = 100_000


class SeedNumber(BaseModel):
    account_id: UUID
    number: str


class SeedSettings(BaseSettings):
    """`FT_SEED_NUMBERS` is JSON: [{"account_id": "…", "number": "+12145550100"}]; the database's role is messaging_app."""

    model_config = SettingsConfigDict(env_prefix="FT_", extra="ignore")

    database_url: str
    seed_numbers: list[SeedNumber]


async def seed(database_url: str, numbers: list[SeedNumber]) -> None:
    for given in numbers:
        assignment = Assignment(given.number, "demo", DEMO_SEGMENTS_PER_SECOND, DEMO_DAILY_LIMIT)
        await assign(database_url, given.account_id, assignment)


def run() -> None:
    settings = read_settings(SeedSettings)
    asyncio.run(seed(settings.database_url, settings.seed_numbers))


if __name__ == "__main__":
    run()
