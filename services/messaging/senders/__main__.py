"""Gives an account a number of the installation's Twilio account: an operator's command, safe to repeat.

FT_DATABASE_URL=… python -m services.messaging.senders --account 0198… --number +12145550100
"""

import argparse
import asyncio
import os
import sys
from uuid import UUID

from services.messaging.senders.use_cases import Assignment, assign_number
from shared.db.database import Database, Tenant
from shared.errors import DomainError


def run() -> None:
    given = _arguments()
    url = os.environ.get("FT_DATABASE_URL")
    if not url:
        sys.exit("Set FT_DATABASE_URL to messaging's database, as the role messaging_app.")
    assignment = Assignment(given.number, given.label, given.segments_per_second, given.daily_limit)
    try:
        asyncio.run(assign(url, given.account, assignment))
    except DomainError as error:
        sys.exit(str(error))
    print(f"Texts to {given.number} go to the account {given.account} now.")  # noqa: T201


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m services.messaging.senders", description=__doc__)
    parser.add_argument("--account", required=True, type=UUID, help="the account's id")
    parser.add_argument("--number", required=True, help="E.164, such as +12145550100")
    parser.add_argument("--label", help="what the account sees it called")
    parser.add_argument("--segments-per-second", type=float, help="at most; without it the settings' own")
    parser.add_argument(
        "--daily-limit", type=int, help="texts of the account a day at most; without it the settings' own"
    )
    return parser.parse_args()


async def assign(database_url: str, account_id: UUID, *assignments: Assignment) -> None:
    database = Database(database_url, service="messaging", pool_size=1, application="messaging-senders")
    try:
        for assignment in assignments:
            async with database.begin(Tenant(account_id)) as db:
                await assign_number(db, assignment)
    finally:
        await database.close()


if __name__ == "__main__":
    run()
