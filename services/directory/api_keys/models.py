"""api_keys: what other systems sign in with."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.directory.base import Row, refers
from shared.db.base import one_of
from shared.http.permissions import STAFF


class ApiKey(Row):
    """`prefix` is the part that is shown; of the rest only the SHA-256 of the whole is kept."""

    __tablename__ = "api_keys"
    __table_args__ = (
        refers("created_by", "users"),
        one_of("role", STAFF),
        UniqueConstraint("account_id", "key_hash"),
        # Before a tenant is known: see the function find_api_key.
        Index("ix_api_keys_key_hash", "key_hash"),
    )

    name: Mapped[str]
    prefix: Mapped[str]
    key_hash: Mapped[str]
    role: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    created_by: Mapped[UUID | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
