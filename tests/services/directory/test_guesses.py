"""What a password may be tried for, and what is told to who guesses."""

import asyncio
import statistics
import time

import asyncpg
import httpx

from services.directory.main import build
from services.directory.settings import DirectorySettings
from services.directory.sign_in import queries
from shared.db.database import Database, Tenant, asyncpg_dsn
from tests.conftest import Urls, client_of
from tests.services.directory.conftest import PASSWORD, Api, new_api
from tests.services.directory.test_sign_in import ask, sign_in


async def test_a_wrong_password_and_an_unknown_e_mail_get_the_same_answer(client: httpx.AsyncClient, api: Api) -> None:
    wrong = await sign_in(client, "owner@example.com", "wrong password")
    unknown = await sign_in(client, "nobody@example.com", "wrong password")
    assert (wrong.status_code, wrong.json()["code"]) == (401, "invalid_grant")
    assert wrong.content == unknown.content


async def test_an_unknown_e_mail_takes_as_long_as_a_wrong_password(settings: DirectorySettings, api: Api) -> None:
    patient = settings.model_copy(update={"sign_in_attempts": 1000})

    async def seconds(client: httpx.AsyncClient, email: str) -> float:
        start = time.perf_counter()
        await sign_in(client, email, "wrong password")
        return time.perf_counter() - start

    async with client_of(build(patient)) as client:
        pairs = [
            (await seconds(client, "owner@example.com"), await seconds(client, "nobody@example.com")) for _ in range(8)
        ]
    known, unknown = (statistics.median(each) for each in zip(*pairs, strict=True))
    assert unknown > known / 2, "an unknown e-mail is told by how soon the answer comes"
    assert known > unknown / 2


async def test_after_too_many_failures_even_the_right_password_waits(client: httpx.AsyncClient, api: Api) -> None:
    for _ in range(3):
        assert (await sign_in(client, "owner@example.com", "wrong password")).status_code == 401
    refused = await sign_in(client, "owner@example.com")
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_attempts")
    assert 0 < int(refused.headers["retry-after"]) <= 900


async def test_guesses_made_at_once_are_all_counted(client: httpx.AsyncClient, api: Api) -> None:
    answers = await asyncio.gather(*(sign_in(client, "owner@example.com", f"guess {n:010}") for n in range(10)))
    assert sorted(answer.status_code for answer in answers) == [401] * 3 + [429] * 7


async def test_a_success_forgets_the_failures_before_it(client: httpx.AsyncClient, api: Api) -> None:
    for _ in range(3):
        await sign_in(client, "owner@example.com", "wrong password")
        await sign_in(client, "owner@example.com", "wrong password")
        assert (await sign_in(client, "owner@example.com")).status_code == 200


async def test_the_wait_ends_with_its_window(client: httpx.AsyncClient, api: Api, urls: Urls) -> None:
    for _ in range(4):
        await sign_in(client, "owner@example.com", "wrong password")
    owner = await asyncpg.connect(asyncpg_dsn(urls.owner))
    await owner.execute("UPDATE sign_in_attempts SET first_at = first_at - interval '901 seconds'")
    await owner.close()
    assert (await sign_in(client, "owner@example.com")).status_code == 200


async def test_names_of_accounts_are_told_only_to_who_knows_the_password(
    client: httpx.AsyncClient, database: Database
) -> None:
    for name in ("Power100 Events", "Trade Forum"):
        await new_api(client, database, name, "ann@example.com")
    answer = await sign_in(client, "ann@example.com", "wrong password")
    assert (answer.status_code, "Trade Forum" in answer.text) == (401, False)


THEIRS = "another password"


async def test_who_signs_in_to_their_own_account_wins_no_guesses_at_anothers(
    client: httpx.AsyncClient, api: Api, other: Api
) -> None:
    await other.post("/users", email="owner@example.com", role="csm", password=THEIRS)
    statuses = []
    for number in range(3):
        statuses.append((await sign_in(client, "owner@example.com", f"guess {number}")).status_code)
        statuses.append((await sign_in(client, "owner@example.com", THEIRS)).status_code)
    assert statuses == [401, 200, 401, 200, 401, 200]
    assert (await sign_in(client, "owner@example.com", PASSWORD)).status_code == 401, "not tried any more"
    await sign_in(client, "owner@example.com", "guess")
    await sign_in(client, "owner@example.com", "guess")
    assert (await sign_in(client, "owner@example.com", PASSWORD)).status_code == 429


async def test_an_e_mail_of_nobody_is_counted_like_any_other(client: httpx.AsyncClient, api: Api) -> None:
    for _ in range(3):
        assert (await sign_in(client, "nobody@example.com", "guess")).status_code == 401
    assert (await sign_in(client, "nobody@example.com", "guess")).status_code == 429


async def test_a_password_that_changes_while_it_is_checked_opens_nothing(
    client: httpx.AsyncClient, api: Api, database: Database
) -> None:
    user = await api.post("/users", email="ann@example.com", role="csm", password=PASSWORD)
    async with database.begin(Tenant(api.account_id)) as db:
        (known,) = await queries.find_sign_ins(db, "ann@example.com")
        held = await queries.lock_active_user(db, known.user_id)
        assert held is not None
        change = asyncio.create_task(api.call("PATCH", f"/users/{user['id']}", json={"password": THEIRS}))
        await asyncio.sleep(0.5)
        assert not change.done(), "the change waits for who is signing in"
    assert (await change).status_code == 200


async def test_changes_of_the_password_and_sign_ins_at_once_leave_no_session_of_the_old_one(
    client: httpx.AsyncClient, api: Api
) -> None:
    user = await api.post("/users", email="ann@example.com", role="csm", password=PASSWORD)
    token = (await sign_in(client, "ann@example.com")).json()["refresh_token"]
    answers = await asyncio.gather(
        api.call("PATCH", f"/users/{user['id']}", json={"password": THEIRS}),
        *(sign_in(client, "ann@example.com") for _ in range(2)),
        ask(client, grant_type="refresh_token", refresh_token=token),
    )
    assert answers[0].status_code == 200
    for answer in answers[1:]:
        assert answer.status_code in (200, 401)
        if answer.status_code == 200:
            left = answer.json()["refresh_token"]
            assert (await ask(client, grant_type="refresh_token", refresh_token=left)).status_code == 401
