"""Every endpoint x every role x own and other tenant, from the OpenAPI documents and the table of permissions.

A new endpoint is in it by existing: its resource is the first part of its path, a GET reads and all else writes.
"""

import importlib
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from deploy.documents import settings_of
from deploy.local.embedded import PostgresServer
from deploy.topology import SERVICES
from shared.db.database import asyncpg_dsn
from shared.http import auth
from shared.http.auth import Jwks, Tokens
from shared.http.permissions import ROLES, SCOPES, Action, may
from shared.ids import uuid7
from tests.conftest import Urls, client_of
from tests.isolation import rows
from tests.isolation.catalogue import read_tables
from tests.isolation.rows import ALPHA as OURS
from tests.standins.issuer import Issuer

METHODS = ("get", "post", "put", "patch", "delete")
FOR_ANYBODY = re.compile(r"/api/v1/auth/|/\.well-known/|/api/v1/stream|/context$|/report$")
"""Signing in and the keys; the live stream and the composed views are the gateway's, whose tests ask them."""
RESOURCE_OF = {"services": "dead-letters", "labelled-texts": "concierge-turns"}
RESOURCE_AT = {"/api/v1/events/{event_id}/programme": "sessions"}
OWNERS_ALONE = {("patch", "/api/v1/account")}
ROW_OF = {
    "action-items": "contractor_action_items", "notes": "event_notes", "followup-schedules": "contractor_followup_schedules",
    "sessions": "event_sessions", "speakers": "event_speakers", "sponsors": "event_sponsors", "users": "users",
}  # fmt: skip
"""Where the table is not called as the path is."""


@dataclass(frozen=True)
class Operation:
    service: str
    method: str
    path: str

    @property
    def resource(self) -> str:
        first = self.path.split("/")[3]
        return RESOURCE_AT.get(self.path) or RESOURCE_OF.get(first, first)

    @property
    def action(self) -> Action:
        return "read" if self.method == "get" else "write"

    def may(self, role: str, scope: frozenset[str] = frozenset()) -> bool:
        is_open = (self.method, self.path) not in OWNERS_ALONE or role == "owner"
        return is_open and may(role, scope, self.resource, self.action)

    @property
    def table(self) -> str:
        first = self.path.split("/")[3]
        return ROW_OF.get(first, "dead_letters" if first == "services" else first.replace("-", "_"))

    @property
    def has_id(self) -> bool:
        return "{" in self.path

    def at(self, row_id: UUID) -> str:
        return re.sub(r"\{\w+\}", str(row_id), self.path)


class House:
    """The four applications, each on a database of its own."""

    def __init__(self) -> None:
        self.clients: dict[str, httpx.AsyncClient] = {}
        self.operations: list[Operation] = []
        self.bases: dict[str, asyncpg.Connection] = {}
        self._rows: dict[tuple[str, str], UUID] = {}

    async def ask(self, operation: Operation, path: str, headers: dict[str, str]) -> httpx.Response:
        body: dict[str, str] | None = None if operation.method in ("get", "delete") else {}
        return await self.clients[operation.service].request(operation.method, path, headers=headers, json=body)

    async def row_of_theirs(self, operation: Operation) -> UUID:
        place = operation.service, operation.table
        if place not in self._rows:
            base = self.bases[operation.service]
            await base.execute("SET session_replication_role = replica")
            table = (await read_tables(base, operation.service))[operation.table]
            insert = rows.insertion(operation.service, table, rows.OF_BETA)
            self._rows[place] = await base.fetchval(f"{insert} RETURNING id")
        return self._rows[place]


@pytest.fixture(scope="module")
async def house(postgres: PostgresServer, databases: Any, issuer: Issuer) -> AsyncIterator[House]:
    house = House()
    async with AsyncExitStack() as stack:
        for service in SERVICES:
            urls: Urls = await databases.clone(service)
            app = application(service, urls, issuer)
            house.clients[service] = await stack.enter_async_context(client_of(app))
            # directory has its own keys, which the others fetch; here all take the issuer's.
            app.state.tokens = Tokens(Jwks(issuer.jwks_url), issuer="followthrough", audience="followthrough")
            url = asyncpg_dsn(postgres.admin_url).replace("/postgres?", f"/{urls.name}?")
            house.bases[service] = await asyncpg.connect(url)
            stack.push_async_callback(house.bases[service].close)
            house.operations += operations(service, app)
        yield house


def application(service: str, urls: Urls, issuer: Issuer) -> FastAPI:
    settings = settings_of(service)
    settings.database_url, settings.jwks_url = urls.app, issuer.jwks_url
    app: FastAPI = importlib.import_module(f"services.{service}.main").build(settings)
    return app


def operations(service: str, app: FastAPI) -> list[Operation]:
    paths = app.openapi()["paths"]
    found = [Operation(service, method, path) for path, told in paths.items() for method in METHODS if method in told]
    return [each for each in found if not FOR_ANYBODY.search(each.path)]


async def test_each_role_may_what_the_table_says_and_nothing_else(
    house: House, issuer: Issuer, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong, allowed, refused = [], 0, 0
    for operation in house.operations:
        for role in ROLES:
            more = {"contractor_id": uuid7()} if role == "contractor" else {}
            answer = await house.ask(operation, operation.at(uuid7()), issuer.bearer(OURS, role, **more))
            expected = operation.may(role)
            allowed, refused = allowed + expected, refused + (not expected)
            if (answer.status_code in (401, 403)) is expected or answer.status_code >= 500:
                wrong.append(f"{role}: {operation.method} {operation.path} answers {answer.status_code}")
    with capsys.disabled():
        print(f"\n{len(house.operations)} operations x {len(ROLES)} roles: {allowed} allowed, {refused} refused")
    assert wrong == []
    assert len(house.operations) > 90


async def test_a_service_and_a_narrowed_token_may_what_their_scope_names(house: House, issuer: Issuer) -> None:
    wrong = []
    for operation in house.operations:
        named = f"{operation.resource}:{operation.action}"
        assert named in SCOPES, f"{operation.path} is of no resource that permissions.py knows"
        for role in ("service", "owner"):
            others = " ".join(sorted(SCOPES - {named}))
            for scope in (named, others):
                expected = operation.may(role, frozenset(scope.split()))
                answer = await house.ask(operation, operation.at(uuid7()), issuer.bearer(OURS, role, scope=scope))
                if (answer.status_code == 403) is expected:
                    wrong.append(f"{role}, {named} {expected}: {operation.method} {operation.path}")
    assert wrong == []


async def test_nobody_gets_in_without_a_token(house: House) -> None:
    answers = {each: await house.ask(each, each.at(uuid7()), {}) for each in house.operations}
    assert [each for each, answer in answers.items() if answer.status_code != 401] == []


async def test_another_tenants_row_is_answered_as_none_is(house: House, issuer: Issuer) -> None:
    """The same status and the same bytes, but for the id in them."""
    ours, wrong, asked = issuer.bearer(OURS), [], 0
    for operation in house.operations:
        if not operation.has_id:
            continue
        asked += 1
        theirs, nobodys = await house.row_of_theirs(operation), uuid7()
        found = await house.ask(operation, operation.at(theirs), ours)
        absent = await house.ask(operation, operation.at(nobodys), ours)
        told = found.text.replace(str(theirs), str(nobodys))
        if (found.status_code, told) != (absent.status_code, absent.text):
            wrong.append(f"{operation.method} {operation.path}: {found.status_code} {absent.status_code}")
        if operation.method in ("get", "delete") and found.status_code != 404:
            wrong.append(f"{operation.method} {operation.path} answers {found.status_code}")
    assert asked > 60
    assert wrong == []


async def test_a_hole_would_be_noticed(
    house: House, issuer: Issuer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An application that lets everybody do everything, and one that shows the rows of all."""
    monkeypatch.setattr(auth, "may", lambda *_: True)
    with pytest.raises(AssertionError):
        await test_each_role_may_what_the_table_says_and_nothing_else(house, issuer, capsys)
    monkeypatch.undo()
    await house.bases["directory"].execute("ALTER TABLE partners DISABLE ROW LEVEL SECURITY")
    with pytest.raises(AssertionError):
        await test_another_tenants_row_is_answered_as_none_is(house, issuer)
    await house.bases["directory"].execute("ALTER TABLE partners ENABLE ROW LEVEL SECURITY")
