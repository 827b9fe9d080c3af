"""Our numbers: the operator assigns them and sets ceilings, an owner stays below."""

import asyncio
import os
import sys
from datetime import timedelta

import pytest

from services.messaging.senders.use_cases import Assignment, assign_number
from shared.db.database import Tenant
from shared.errors import Conflict, Invalid
from shared.ids import uuid7
from tests.services.messaging.scenes import at
from tests.services.messaging.stack import Messaging
from tests.standins.issuer import Issuer

PATH = "/api/v1/sender-numbers"


async def give(messaging: Messaging, *given: Assignment) -> None:
    async with messaging.database.begin(Tenant(messaging.account_id)) as db:
        for one in given:
            await assign_number(db, one)


async def test_no_role_of_an_account_takes_a_number(messaging: Messaging, issuer: Issuer) -> None:
    for role in ("owner", "admin", "csm"):
        headers = issuer.bearer(uuid7(), role)
        answer = await messaging.http.post(PATH, json={"number": "+12145550105"}, headers=headers)
        assert answer.status_code == 405


async def test_an_owner_labels_stops_and_lowers_but_never_lifts(messaging: Messaging, issuer: Issuer) -> None:
    await give(messaging, Assignment("+12145550110", "second", max_segments_per_second=5, max_daily_limit=100))
    owner, stranger = issuer.bearer(messaging.account_id, "owner"), issuer.bearer(uuid7(), "owner")
    listed = (await messaging.http.get(PATH, headers=owner)).json()["items"]
    (second,) = [item for item in listed if item["number"] == "+12145550110"]
    assert (second["max_segments_per_second"], second["max_daily_limit"], second["daily_limit"]) == (5, 100, None)
    one, tag = f"{PATH}/{second['id']}", f'"{second["row_version"]}"'
    changed = await messaging.http.patch(
        one, json={"segments_per_second": 2.5, "active": False, "label": "old"}, headers={**owner, "If-Match": tag}
    )
    assert changed.status_code == 200, changed.text
    assert (changed.json()["segments_per_second"], changed.json()["active"]) == (2.5, False)
    stale = await messaging.http.patch(one, json={"active": True}, headers={**owner, "If-Match": tag})
    assert stale.status_code == 412
    tag = changed.headers["etag"]
    for more in (
        {"segments_per_second": 5.1},
        {"daily_limit": 101},
        {"max_daily_limit": 9},
        {"number": "+12145550111"},
    ):
        answer = await messaging.http.patch(one, json=more, headers={**owner, "If-Match": tag})
        assert answer.status_code == 422, more
    assert (await messaging.http.patch(one, json={"active": True}, headers=stranger)).status_code == 404
    csm = issuer.bearer(messaging.account_id, "csm")
    assert (await messaging.http.get(PATH, headers=csm)).status_code == 403


async def test_without_a_ceiling_of_its_own_the_installations_holds(messaging: Messaging, issuer: Issuer) -> None:
    await give(messaging, Assignment("+12145550110"))
    owner = issuer.bearer(messaging.account_id, "owner")
    listed = (await messaging.http.get(PATH, headers=owner)).json()["items"]
    (second,) = [item for item in listed if item["number"] == "+12145550110"]
    headers = {**owner, "If-Match": f'"{second["row_version"]}"'}
    above = {"segments_per_second": messaging.settings.segments_per_second + 1}
    answer = await messaging.http.patch(f"{PATH}/{second['id']}", json=above, headers=headers)
    assert (answer.status_code, "at most 10" in answer.text) == (422, True)


async def test_the_operator_lifts_and_lowers_a_ceiling_and_what_an_owner_wanted_stays_below(
    messaging: Messaging,
) -> None:
    await messaging.rows("UPDATE sender_numbers SET daily_limit = 50")
    await give(messaging, Assignment(messaging.number, max_daily_limit=1))
    today = await at(messaging, 12) + timedelta(hours=1)
    await messaging.send("first", expires_at=today)
    later = await messaging.send("second", address="+12145550124", expires_at=today)
    assert (later["status"], await messaging.bodies()) == ("expired", ["first"])


async def test_a_number_belongs_to_one_account_and_is_written_as_numbers_are(messaging: Messaging) -> None:
    await give(messaging, Assignment("+12145550110"), Assignment("+12145550110"))
    with pytest.raises(Conflict):
        async with messaging.database.begin(Tenant(uuid7())) as db:
            await assign_number(db, Assignment("+12145550110"))
    with pytest.raises(Invalid):
        await give(messaging, Assignment("911"))


async def test_the_operators_command_assigns_a_number(messaging: Messaging) -> None:
    command = [sys.executable, "-m", "services.messaging.senders", "--account", str(messaging.account_id)]
    environment = os.environ | {"FT_DATABASE_URL": messaging.urls.app}
    for number, code in (("+12145550110", 0), ("12", 1)):
        process = await asyncio.create_subprocess_exec(
            *command, "--number", number, "--daily-limit", "7", env=environment, stderr=asyncio.subprocess.PIPE
        )
        _, said = await process.communicate()
        assert (process.returncode, b"Traceback" in said) == (code, False)
    (row,) = await messaging.rows("SELECT max_daily_limit FROM sender_numbers WHERE number = '+12145550110'")
    assert row["max_daily_limit"] == 7
