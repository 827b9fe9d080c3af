"""An account begins: with its first owner, by an operator's hand."""

from uuid import UUID

from pydantic import BaseModel

from services.directory.accounts.models import Account, User
from services.directory.accounts.resources import ACCOUNTS, OPERATOR, USERS
from services.directory.accounts.schemas import NewAccount, NewUser
from shared.db.database import Database, Db, Tenant
from shared.http.auth import Caller
from shared.ids import uuid7


def operator_of(account_id: UUID) -> Caller:
    """Who acts when an operator or the service itself does; no token is made for this role."""
    return Caller("directory", account_id, OPERATOR, frozenset())


class AccountMade(BaseModel):
    account_id: UUID
    user_id: UUID
    email: str


async def make_account(database: Database, account: NewAccount, owner: NewUser) -> AccountMade:
    account_id = uuid7()
    async with database.begin(Tenant(account_id)) as db:
        user = await fill_account(db, account_id, account, owner)
        return AccountMade(account_id=account_id, user_id=user.id, email=owner.email)


async def fill_account(db: Db, account_id: UUID, account: NewAccount, owner: NewUser) -> User:
    """The account's own row and its first owner, in a transaction of that tenant."""
    caller = operator_of(account_id)
    ids = {"account_id": account_id, "id": account_id}
    made: Account = await ACCOUNTS.create(db, caller, ids | account.model_dump())
    assert made.id == account_id
    return await USERS.create(db, caller, owner.model_dump())
