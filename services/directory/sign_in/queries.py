"""Every statement of signing in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, text, update

from services.directory.accounts.models import Account, User
from services.directory.people.models import Contractor
from services.directory.sign_in.models import RefreshToken
from shared.db.database import Db


@dataclass(frozen=True)
class SignIn:
    """A user whom an e-mail may mean, in one of the accounts."""

    account_id: UUID
    user_id: UUID
    password_hash: str


async def find_sign_ins(db: Db, email: str) -> list[SignIn]:
    found = await db.execute(text("SELECT * FROM find_sign_ins(:email)"), {"email": email})
    return [SignIn(row.account_id, row.user_id, row.password_hash) for row in found]


async def find_refresh_token(db: Db, token_hash: str) -> tuple[UUID, UUID] | None:
    """(account's id, token's id)"""
    row = (await db.execute(text("SELECT * FROM find_refresh_token(:hash)"), {"hash": token_hash})).one_or_none()
    return None if row is None else (row.account_id, row.id)


async def count_sign_in(db: Db, key_hash: str, most: int, within: timedelta) -> float:
    """Seconds to wait; 0 when this attempt may be made."""
    statement = text("SELECT count_sign_in(:hash, :most, :within)")
    wait = await db.scalar(statement, {"hash": key_hash, "most": most, "within": within})
    return float(wait or 0)


async def forget_sign_ins(db: Db, key_hash: str) -> None:
    await db.execute(text("SELECT forget_sign_ins(:hash)"), {"hash": key_hash})


async def find_account_name(db: Db) -> str | None:
    """The name of the transaction's own account."""
    return await db.scalar(select(Account.name))


async def lock_active_user(db: Db, user_id: UUID) -> User | None:
    """Held until a token is made for them: who changes the password meanwhile signs that token out too."""
    active = select(User).where(User.id == user_id, User.status == "active")
    return await db.scalar(active.with_for_update(read=True, of=User))


async def find_contractor_id(db: Db, user_id: UUID) -> UUID | None:
    return await db.scalar(select(Contractor.id).where(Contractor.user_id == user_id))


async def find_user_of_token(db: Db, token_id: UUID) -> UUID | None:
    return await db.scalar(select(RefreshToken.user_id).where(RefreshToken.id == token_id))


async def lock_refresh_token(db: Db, token_id: UUID) -> RefreshToken | None:
    return await db.scalar(select(RefreshToken).where(RefreshToken.id == token_id).with_for_update())


async def real_time(db: Db) -> datetime:
    """What expires by the real clock is compared with it: a development clock must sign nobody out."""
    now = await db.scalar(select(func.clock_timestamp()))
    assert isinstance(now, datetime)
    return now


async def revoke_family(db: Db, family_id: UUID) -> None:
    chain = update(RefreshToken).where(RefreshToken.family_id == family_id, RefreshToken.revoked_at.is_(None))
    await db.execute(chain.values(revoked_at=func.clock_timestamp()))
