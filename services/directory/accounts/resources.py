"""Accounts and users: what is particular about each."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select, update

from services.directory.accounts.models import Account, AccountUser, User
from services.directory.accounts.schemas import AccountOut, NewAccount, NewUser, NoFilters, UserFilters, UserOut
from services.directory.fields import edit_of
from services.directory.resource import Published, Resource, Values
from services.directory.sign_in.models import RefreshToken
from services.directory.sign_in.passwords import hash_password
from shared.contracts import directory as contracts
from shared.db.database import Db
from shared.errors import Conflict, Forbidden, Invalid
from shared.http.auth import Caller

OWNER = "owner"
OPERATOR = "operator"
# What lets somebody do more, or in.
_OF_SIGN_IN = ("role", "password", "email", "status")

ACCOUNTS = Resource(
    noun="account",
    model=Account,
    new=NewAccount,
    edit=edit_of(NewAccount),
    out=AccountOut,
    filters=NoFilters,
    events=Published(
        contracts.AccountCreated, contracts.AccountUpdated, contracts.AccountUpdated, contracts.AccountSnapshot
    ),
)


class Users(Resource[User]):
    """Only an owner makes or changes owners, and one always stays. A token with a scope lets nobody in, and nobody further."""

    async def check(self, db: Db, caller: Caller, row: User | None, values: Values) -> None:
        if caller.scope and (row is None or any(name in values for name in _OF_SIGN_IN)):
            raise Forbidden("This takes a token without a scope: it decides who may sign in and do what.")
        was, will_be = row.role if row else None, values.get("role", row.role if row else None)
        if OWNER in (was, will_be) and caller.role not in (OWNER, OPERATOR):
            raise Forbidden("Only an owner may make or change an owner.")
        if was == "contractor" and will_be != was:
            raise Invalid("A contractor's user stays a contractor. Make another user for staff.", field="role")
        if row and was == OWNER != will_be:
            await self._must_not_be_last(db, row)
        password = values.pop("password", None)
        if password is not None:
            values["password_hash"] = await hash_password(password)

    async def changed(self, db: Db, row: User, names: Sequence[str]) -> None:
        if {"password_hash", "email"} & set(names):
            await self._sign_out(db, row)

    async def release(self, db: Db, row: User) -> None:
        if row.role == OWNER:
            await self._must_not_be_last(db, row)
        await self._sign_out(db, row)

    async def may_remove(self, db: Db, caller: Caller, row: User) -> None:
        if row.role == OWNER and caller.role not in (OWNER, OPERATOR):
            raise Forbidden("Only an owner may remove an owner.")
        if row.role == "contractor":
            raise Invalid("Remove the contractor: this user goes with it.")

    def condition(self, name: str, value: Any) -> Any:
        if name == "role":
            return User.id.in_(select(AccountUser.user_id).where(AccountUser.role == value))
        return super().condition(name, value)

    async def _must_not_be_last(self, db: Db, row: User) -> None:
        await db.execute(select(Account.id).with_for_update())  # two owners must not leave at the same time
        others = select(User.id).where(User.id != row.id, User.status == "active", User.membership.has(role=OWNER))
        if await db.scalar(others.limit(1)) is None:
            raise Conflict("This is the account's last owner. Make another one first.")

    async def _sign_out(self, db: Db, row: User) -> None:
        open_tokens = update(RefreshToken).where(RefreshToken.user_id == row.id, RefreshToken.revoked_at.is_(None))
        await db.execute(open_tokens.values(revoked_at=func.clock_timestamp()))


USERS = Users(
    noun="user",
    model=User,
    new=NewUser,
    edit=edit_of(NewUser),
    out=UserOut,
    filters=UserFilters,
    events=Published(contracts.UserCreated, contracts.UserUpdated, contracts.UserDeleted, contracts.UserSnapshot),
    archives=True,
    conflicts={"uq_users_account_id_email": "Another user of this account has this e-mail already."},
)
