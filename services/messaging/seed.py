"""Gives the demo accounts their numbers: an operator's step of the local stack, safe to repeat."""

import asyncio
from uuid import UUID

from pydantic import BaseModel
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.dialects.postgresql import insert

from services.messaging.senders.models import SenderNumber
from shared.db.database import Database, Tenant
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
    database = Database(database_url, service="messaging", pool_size=1)
    try:
        for given in numbers:
            async with database.begin(Tenant(given.account_id)) as db:
                row = insert(SenderNumber).values(
                    account_id=given.account_id,
                    number=given.number,
                    label="demo",
                    segments_per_second=DEMO_SEGMENTS_PER_SECOND,
                    daily_limit=DEMO_DAILY_LIMIT,
                )
                await db.execute(row.on_conflict_do_nothing(index_elements=["account_id", "number"]))
    finally:
        await database.close()


def run() -> None:
    settings = read_settings(SeedSettings)
    asyncio.run(seed(settings.database_url, settings.seed_numbers))


if __name__ == "__main__":
    run()
