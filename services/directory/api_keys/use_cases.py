"""API keys are made, used and revoked."""

from collections.abc import Sequence
from uuid import UUID

from services.directory.api_keys import queries
from services.directory.api_keys.models import ApiKey
from services.directory.secrets import fingerprint, new_secret
from shared.db.database import Db
from shared.errors import Forbidden
from shared.http.auth import Caller
from shared.http.etag import check_version

PREFIX_LENGTH = 11


def new_key() -> str:
    return new_secret("ft_")


async def make(
    db: Db, caller: Caller, *, name: str, role: str, scopes: Sequence[str] = (), secret: str | None = None
) -> tuple[ApiKey, str]:
    """The key's row, and the secret, which is known only now."""
    _must_be_allowed(caller, role)
    if caller.scope and not (scopes and caller.scope.issuperset(scopes)):
        raise Forbidden("A key can be given only scopes that your own token has. Name some of those in scopes.")
    secret = secret or new_key()
    key = ApiKey(
        name=name,
        role=role,
        scopes=list(scopes),
        prefix=secret[:PREFIX_LENGTH],
        key_hash=fingerprint(secret),
        created_by=caller.user_id,
    )
    db.add(key)
    await db.flush()
    return key, secret


async def rename(db: Db, caller: Caller, key_id: UUID, name: str, expected: int | None) -> ApiKey:
    key = await queries.get_api_key(db, key_id, lock=True)
    check_version(key, expected)
    _must_be_allowed(caller, key.role)
    key.name = name
    await db.flush()
    return key


async def revoke(db: Db, caller: Caller, key_id: UUID, expected: int | None) -> None:
    """It stays in the list; tokens made from it live five minutes at most."""
    key = await queries.get_api_key(db, key_id, lock=True)
    check_version(key, expected)
    _must_be_allowed(caller, key.role)
    if key.revoked_at is None:
        key.revoked_at = db.now


async def use(db: Db, key_id: UUID) -> ApiKey | None:
    """The key, unless it is revoked; its use is noted."""
    key = await queries.find_working_api_key(db, key_id)
    if key is not None:
        await queries.note_use(db, key_id)
    return key


def _must_be_allowed(caller: Caller, role: str) -> None:
    if role == "owner" and caller.role not in ("owner", "operator"):
        raise Forbidden("Only an owner may make, rename or revoke a key that may do what an owner may.")
