"""Every statement about API keys."""

from uuid import UUID

from sqlalchemy import Select, func, or_, select, text, update

from services.directory.api_keys.models import ApiKey
from services.directory.api_keys.schemas import ApiKeyFilters
from shared.db.database import Db
from shared.errors import NotFound

# How exact last_used_at is; a busy key must not write a row for each request.
USE_NOTED_EVERY = text("interval '1 minute'")


def listed(filters: ApiKeyFilters) -> Select[ApiKey]:
    statement = select(ApiKey)
    if filters.revoked is None:
        return statement
    return statement.where(ApiKey.revoked_at.is_not(None) if filters.revoked else ApiKey.revoked_at.is_(None))


async def get_api_key(db: Db, key_id: UUID, *, lock: bool = False) -> ApiKey:
    statement = select(ApiKey).where(ApiKey.id == key_id)
    key = await db.scalar(statement.with_for_update() if lock else statement)
    if key is None:
        raise NotFound("There is no such API key.")
    return key


async def find_api_key(db: Db, key_hash: str) -> tuple[UUID, UUID] | None:
    """(account's id, key's id), before the tenant is known."""
    row = (await db.execute(text("SELECT * FROM find_api_key(:hash)"), {"hash": key_hash})).one_or_none()
    return None if row is None else (row.account_id, row.id)


async def find_working_api_key(db: Db, key_id: UUID) -> ApiKey | None:
    return await db.scalar(select(ApiKey).where(ApiKey.id == key_id, ApiKey.revoked_at.is_(None)))


async def note_use(db: Db, key_id: UUID) -> None:
    long_ago = func.app_clock() - USE_NOTED_EVERY
    stale = or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at < long_ago)
    note = update(ApiKey).where(ApiKey.id == key_id, stale).values(last_used_at=func.app_clock())
    await db.execute(note.execution_options(synchronize_session=False))
