"""refresh_tokens, sign_in_attempts: what a sign-in leaves behind."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.directory.base import Base, refers
from shared.db.base import Created, TenantRow


class RefreshToken(TenantRow, Created, Base):
    """One link of a chain of refreshes; `family_id` is the sign-in it began with. Times are of the real clock."""

    __tablename__ = "refresh_tokens"
    __table_args__ = (
        refers("user_id", "users"),
        UniqueConstraint("account_id", "token_hash"),
        # Before a tenant is known: see the function find_refresh_token.
        Index("ix_refresh_tokens_token_hash", "token_hash"),
        Index("ix_refresh_tokens_family_id", "account_id", "family_id"),
        Index("ix_refresh_tokens_user_id", "account_id", "user_id"),
        Index("ix_refresh_tokens_expires_at", "expires_at"),
    )

    user_id: Mapped[UUID]
    family_id: Mapped[UUID]
    token_hash: Mapped[str]
    scope: Mapped[str] = mapped_column(server_default=text("''"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class SignInAttempt(Base):
    """How often a sign-in was tried since `first_at`: of one user, or of an e-mail that no user has.

    No tenant: only functions of the owner reach it.
    """

    __tablename__ = "sign_in_attempts"
    __table_args__ = (Index("ix_sign_in_attempts_first_at", "first_at"),)

    key_hash: Mapped[str] = mapped_column(primary_key=True)
    attempts: Mapped[int]
    first_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
