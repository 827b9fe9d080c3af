"""Makes an account and its first owner, or says what an account is called.

FT_DATABASE_URL=… python -m services.directory.accounts make --name "Acme Events" --email owner@example.com
FT_DATABASE_URL=… python -m services.directory.accounts show --account 0198…
"""

import argparse
import asyncio
import json
import os
import secrets
import sys
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import select

from services.directory.accounts.models import Account
from services.directory.accounts.schemas import NewAccount, NewUser
from services.directory.accounts.use_cases import AccountMade, make_account
from shared.db.database import Database, Tenant


def run() -> None:
    given = _arguments()
    url = os.environ.get("FT_DATABASE_URL")
    if not url:
        sys.exit("Set FT_DATABASE_URL to directory's database, as the role directory_app.")
    if given.command == "show":
        name = asyncio.run(_show(url, given.account))
        if name is None:
            sys.exit(f"There is no account {given.account}: make one, or look at what it was printed as.")
        print(name)  # noqa: T201
        return
    password = given.password or secrets.token_urlsafe(12)
    try:
        account = NewAccount(name=given.name, time_zone=given.time_zone)
        owner = NewUser(email=given.email, full_name=given.full_name, role="owner", password=password)
    except ValidationError as error:
        sys.exit("\n".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()))
    made = asyncio.run(_make(url, account, owner))
    told = {"account_id": str(made.account_id), "email": made.email}
    print(json.dumps(told if given.password else told | {"password": password}, indent=1))  # noqa: T201


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m services.directory.accounts", description=__doc__)
    commands = parser.add_subparsers(required=True, dest="command")
    show = commands.add_parser("show", help="whether there is an account")
    show.add_argument("--account", required=True, type=UUID, help="its id")
    make = commands.add_parser("make", help="an account and its first owner")
    make.add_argument("--name", required=True, help="what the account is called")
    make.add_argument("--email", required=True, help="the first owner's")
    make.add_argument("--password", help="the first owner's; without it a random one is printed")
    make.add_argument("--full-name", help="the first owner's")
    make.add_argument("--time-zone", help="where its events are, such as America/Chicago")
    return parser.parse_args()


async def _make(url: str, account: NewAccount, owner: NewUser) -> AccountMade:
    database = Database(url, service="directory", pool_size=1, application="directory-accounts")
    try:
        return await make_account(database, account, owner)
    finally:
        await database.close()


async def _show(url: str, account_id: UUID) -> str | None:
    database = Database(url, service="directory", pool_size=1, application="directory-accounts")
    try:
        async with database.begin(Tenant(account_id)) as db:
            name: str | None = await db.scalar(select(Account.name).where(Account.id == account_id))
            return name
    finally:
        await database.close()


if __name__ == "__main__":
    run()
