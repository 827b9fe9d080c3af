"""Makes an account and its first owner.

FT_DATABASE_URL=… python -m services.directory.accounts make --name "Acme Events" --email owner@example.com
"""

import argparse
import asyncio
import json
import os
import secrets
import sys

from pydantic import ValidationError

from services.directory.accounts.schemas import NewAccount, NewUser
from services.directory.accounts.use_cases import AccountMade, make_account
from shared.db.database import Database


def run() -> None:
    given = _arguments()
    password = given.password or secrets.token_urlsafe(12)
    try:
        account = NewAccount(name=given.name, time_zone=given.time_zone)
        owner = NewUser(email=given.email, full_name=given.full_name, role="owner", password=password)
    except ValidationError as error:
        sys.exit("\n".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()))
    url = os.environ.get("FT_DATABASE_URL")
    if not url:
        sys.exit("Set FT_DATABASE_URL to directory's database, as the role directory_app.")
    made = asyncio.run(_make(url, account, owner))
    told = {"account_id": str(made.account_id), "email": made.email}
    print(json.dumps(told if given.password else told | {"password": password}, indent=1))  # noqa: T201


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m services.directory.accounts", description=__doc__)
    make = parser.add_subparsers(required=True, metavar="make").add_parser(
        "make", help="an account and its first owner"
    )
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


if __name__ == "__main__":
    run()
