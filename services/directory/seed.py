"""The local stack's demo accounts, made through the ordinary use cases; run again, it changes only what is missing.

Prints one JSON object. FT_SEED_JSON may hold what an earlier run printed: its passwords and API keys are kept then,
otherwise new ones are made, because only their hashes are stored.
"""

import asyncio
import json
import os
import secrets
import sys
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.directory.accounts.models import User
from services.directory.accounts.resources import USERS
from services.directory.accounts.schemas import NewAccount, NewUser
from services.directory.accounts.use_cases import fill_account, operator_of
from services.directory.api_keys import use_cases as api_keys
from services.directory.api_keys.models import ApiKey
from services.directory.people.models import Contractor
from services.directory.people.resources import CONTRACTORS
from services.directory.people.schemas import NewContractor
from services.directory.programme.models import Event
from services.directory.secrets import fingerprint
from services.directory.seed_event import make_event
from services.directory.sign_in.passwords import fits
from services.directory.sign_in.queries import find_sign_ins
from shared.db.database import NOBODY, Database, Db, Tenant
from shared.ids import uuid7

KEY_NAME = "Demo"


@dataclass(frozen=True)
class DemoAccount:
    """`contractors`: name, phone, time zone, company, focus areas."""

    name: str
    email: str
    event: str
    contractors: tuple[tuple[str, str, str | None, str, list[str]], ...]


DEMO = (
    DemoAccount(
        name="Power100 Events",
        email="owner@example.com",
        event="Power100 Dallas",
        contractors=(
            ("Maria Lopez", "+12145550111", "America/Chicago", "Lopez Roofing", ["roofing", "AI automation"]),
            ("James Carter", "+12145550112", "America/Chicago", "Carter Builds", ["remodeling", "hiring"]),
            ("Priya Patel", "+12145550113", "America/New_York", "Patel Solar", ["solar", "lead generation"]),
            ("Tom Becker", "+12145550114", "America/Denver", "Becker Windows", ["windows", "financing"]),
            ("Angela Kim", "+12145550115", "America/Los_Angeles", "Kim HVAC", ["HVAC", "customer service"]),
            ("Luis Ortiz", "+12145550116", None, "Ortiz Exteriors", ["siding"]),
        ),
    ),
    DemoAccount(
        name="Trade Forum",
        email="owner@example.org",
        event="Trade Forum Live",
        contractors=(
            ("Grace Hall", "+12145550151", "America/Chicago", "Hall Plumbing", ["plumbing"]),
            ("Owen Reed", "+12145550152", "America/New_York", "Reed Electric", ["electrical"]),
        ),
    ),
)


def run() -> None:
    url = os.environ.get("FT_DATABASE_URL")
    if not url:
        sys.exit("Set FT_DATABASE_URL to directory's database, as the role directory_app.")
    print(json.dumps(asyncio.run(seed(url, _known(os.environ.get("FT_SEED_JSON", ""))))))  # noqa: T201


def _known(earlier: str) -> dict[str, dict[str, str]]:
    """What an earlier run printed, by e-mail."""
    try:
        return {account["email"]: account for account in json.loads(earlier or "{}").get("accounts", [])}
    except (ValueError, AttributeError, KeyError, TypeError):
        sys.exit("FT_SEED_JSON is not what the seed printed: leave it out.")


async def seed(url: str, known: dict[str, dict[str, str]] | None = None) -> dict[str, Any]:
    """{"accounts": [{account_id, email, password, api_key, contractors, event_id}, …]}"""
    database = Database(url, service="directory", pool_size=1, application="directory-seed")
    try:
        return {"accounts": [await _account(database, demo, (known or {}).get(demo.email, {})) for demo in DEMO]}
    finally:
        await database.close()


async def _account(database: Database, demo: DemoAccount, known: dict[str, str]) -> dict[str, Any]:
    async with database.begin(NOBODY) as db:
        found = await find_sign_ins(db, demo.email)
    account_id = found[0].account_id if found else uuid7()
    secrets_of_demo = {
        "password": known.get("password") or secrets.token_urlsafe(12),
        "api_key": known.get("api_key") or api_keys.new_key(),
    }
    async with database.begin(Tenant(account_id)) as db:
        owner = await _owner(db, account_id, demo, secrets_of_demo["password"], is_new=not found)
        await _api_key(db, owner, secrets_of_demo["api_key"])
        contractors = [await _contractor(db, account_id, *each) for each in demo.contractors]
        event_id = await db.scalar(select(Event.id).where(Event.name == demo.event).order_by(Event.id).limit(1))
        if event_id is None:
            event_id = await make_event(db, operator_of(account_id), demo.event, contractors)
    return {
        "account_id": str(account_id),
        "email": demo.email,
        **secrets_of_demo,
        "contractors": [{"id": str(c.id), "phone": c.phone, "full_name": c.full_name} for c in contractors],
        "event_id": str(event_id),
    }


async def _owner(db: Db, account_id: UUID, demo: DemoAccount, password: str, *, is_new: bool) -> User:
    if is_new:
        owner = NewUser(email=demo.email, full_name=f"{demo.name} owner", role="owner", password=password)
        return await fill_account(db, account_id, NewAccount(name=demo.name, time_zone="America/Chicago"), owner)
    user = await db.scalar(select(User).where(User.email == demo.email))
    assert user is not None
    if fits(user.password_hash or "", password):
        return user  # a new hash of the same password would sign everybody out
    return await USERS.update(db, operator_of(account_id), user.id, {"password": password})


async def _api_key(db: Db, owner: User, secret: str) -> None:
    known = select(ApiKey.id).where(ApiKey.key_hash == fingerprint(secret), ApiKey.revoked_at.is_(None))
    if await db.scalar(known) is None:
        await api_keys.make(db, operator_of(owner.account_id), name=KEY_NAME, role="owner", secret=secret)


async def _contractor(
    db: Db, account_id: UUID, full_name: str, phone: str, time_zone: str | None, company: str, focus_areas: list[str]
) -> Contractor:
    known = select(Contractor).where(Contractor.phone == phone, Contractor.status == "active")
    contractor = await db.scalar(known)
    if contractor is not None:
        return contractor
    new = NewContractor(
        full_name=full_name,
        phone=phone,
        email=f"{full_name.lower().replace(' ', '.')}@example.net",
        company=company,
        time_zone=time_zone,
        focus_areas=focus_areas,
    )
    return await CONTRACTORS.create(db, operator_of(account_id), new.model_dump())


if __name__ == "__main__":
    run()
