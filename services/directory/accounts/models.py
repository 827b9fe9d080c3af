"""accounts, users, account_users: the tenant, its people, and what each may do."""

from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.directory.base import Base, Row, listed_by, refers
from shared.db.base import Created, TenantRow, one_of
from shared.http.permissions import ROLES

USER_STATUSES = ("active", "archived")


class Account(Row):
    """The tenant itself: `id` is the `account_id` of everything it has."""

    __tablename__ = "accounts"
    __table_args__ = (CheckConstraint("id = account_id", name="is_its_own_tenant"),)

    name: Mapped[str]
    time_zone: Mapped[str | None]


class AccountUser(TenantRow, Created, Base):
    """A user's role in the account."""

    __tablename__ = "account_users"
    __table_args__ = (
        UniqueConstraint("account_id", "user_id"),
        refers("user_id", "users"),
        one_of("role", ROLES),
        Index("ix_account_users_role", "account_id", "role", "user_id"),
    )

    user_id: Mapped[UUID]
    role: Mapped[str]


class User(Row):
    """Somebody who may sign in, once e-mail and password are set. `email` is in lower case."""

    __tablename__ = "users"
    __table_args__ = (
        UniqueConstraint("account_id", "email"),
        one_of("status", USER_STATUSES),
        listed_by("users", "status"),
        # Before a tenant is known: see the function find_sign_ins.
        Index("ix_users_sign_in", "email", postgresql_where=text("password_hash IS NOT NULL")),
    )

    email: Mapped[str | None]
    full_name: Mapped[str | None]
    password_hash: Mapped[str | None]
    status: Mapped[str] = mapped_column(server_default="active")

    membership: Mapped[AccountUser] = relationship(lazy="selectin")

    @property
    def role(self) -> str:
        return self.membership.role

    @role.setter
    def role(self, role: str) -> None:
        if self.membership is None:
            self.membership = AccountUser(role=role)
        else:
            self.membership.role = role
            self.updated_at = func.app_clock()  # the user's own row must change too, for its version to rise
