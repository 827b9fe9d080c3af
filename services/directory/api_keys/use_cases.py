"""API keys are made, used and revoked."""

import hashlib
import secrets
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, func, or_, select, text, update

from services.directory.api_keys.models import ApiKey
from services.directory.api_keys.schemas import ApiKeyFilters
from shared.db.database import Db
from shared.errors import Forbidden, NotFound
from shared.http.auth import Caller
from shared.http.etag import check_version

PREFIX_LENGTH = 11
# How exact last_used_at is; a busy key must not write a row for each request.
USE_NOTED_EVERY = text("interval '1 minute'")


def new_secret() -> str:
    return f"ft_{secrets.token_urlsafe(32)}"


async def make(
    db: Db, caller: Caller, *, name: str, role: str, scopes: Sequence[str] = (), secret: str | None = None
) -> tuple[ApiKey, str]:
    """The key's row, and the secret, which is known only now."""
    if role == "owner" and caller.role not in ("owner", "service"):
        raise Forbidden("Only an owner may make a key that may do what an owner may.")
    if caller.scope and not (scopes and caller.scope.issuperset(scopes)):
        raise Forbidden("A key can be given only scopes that your own token has. Name some of those in scopes.")
    secret = secret or new_secret()
    key = ApiKey(
        name=name,
        role=role,
        scopes=list(scopes),
        prefix=secret[:PREFIX_LENGTH],
        key_hash=hashlib.sha256(secret.encode()).hexdigest(),
        created_by=caller.user_id,
    )
    db.add(key)
    await db.flush()
    return key, secret


def listed(filters: ApiKeyFilters) -> Select[ApiKey]:
    statement = select(ApiKey)
    if filters.revoked is None:
        return statement
    return statement.where(ApiKey.revoked_at.is_not(None) if filters.revoked else ApiKey.revoked_at.is_(None))


async def get(db: Db, key_id: UUID, *, lock: bool = False) -> ApiKey:
    statement = select(ApiKey).where(ApiKey.id == key_id)
    key = await db.scalar(statement.with_for_update() if lock else statement)
    if key is None:
        raise NotFound("There is no such API key.")
    return key


async def rename(db: Db, key_id: UUID, name: str, expected: int | None) -> ApiKey:
    key = await get(db, key_id, lock=True)
    check_version(key, expected)
    key.name = name
    await db.flush()
    return key


async def revoke(db: Db, key_id: UUID, expected: int | None) -> None:
    """It stays in the list; tokens made from it live five minutes at most."""
    key = await get(db, key_id, lock=True)
    check_version(key, expected)
    if key.revoked_at is None:
        key.revoked_at = db.now


async def find(db: Db, key_hash: str) -> tuple[UUID, UUID] | None:
    """(account's id, key's id), before the tenant is known."""
    row = (await db.execute(text("SELECT * FROM find_api_key(:hash)"), {"hash": key_hash})).one_or_none()
    return None if row is None else (row.account_id, row.id)


async def use(db: Db, key_id: UUID) -> ApiKey | None:
    """The key, unless it is revoked; its use is noted."""
    key = await db.scalar(select(ApiKey).where(ApiKey.id == key_id, ApiKey.revoked_at.is_(None)))
    if key is None:
        return None
    long_ago = func.app_clock() - USE_NOTED_EVERY
    stale = or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at < long_ago)
    note = update(ApiKey).where(ApiKey.id == key_id, stale).values(last_used_at=func.app_clock())
    await db.execute(note.execution_options(synchronize_session=False))
    return key
