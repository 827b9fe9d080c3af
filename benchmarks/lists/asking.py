"""Asks every list of a service over HTTP, with each of its filters, and notes the statements that it runs."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx
from cryptography.hazmat.primitives import serialization
from fastapi import FastAPI
from sqlalchemy import event

from services.actions.main import build as build_actions
from services.actions.settings import ActionsSettings
from services.directory.main import build as build_directory
from services.directory.settings import DirectorySettings
from services.followups.main import build as build_followups
from services.followups.settings import FollowupsSettings
from services.messaging.main import build as build_messaging
from services.messaging.settings import MessagingSettings
from shared.db.database import Database
from shared.http.auth import Jwks, Tokens
from shared.telemetry.logs import configure_logging
from tests.conftest import client_of
from tests.standins.issuer import Issuer

# A filter that is no field of the items: by which field it asks.
_FIELDS = {
    "captured_from": "captured_at", "captured_before": "captured_at", "due_from": "due_date", "running_on": "date",
    "ids": "id", "due_before": "scheduled_time",
}  # fmt: skip
# Where the page at hand has none.
_OTHERWISE = dict.fromkeys(("address", "phone"), "+12145550111") | dict.fromkeys(
    ("captured_from", "captured_before", "due_from", "due_before"), "2026-01-01T00:00:00Z"
)
_MOST_VALUES = 4


@dataclass(frozen=True)
class Statement:
    sql: str
    values: tuple[Any, ...]


@dataclass(frozen=True)
class List:
    """A list's path in the document, and the names of its filters with the values they may have, where it says them."""

    path: str
    filters: dict[str, list[str]]
    needed: frozenset[str]


class Service:
    """One service's application on a database, and what it asked of it since `statements` was emptied."""

    def __init__(self, app: FastAPI, client: httpx.AsyncClient, issuer: Issuer) -> None:
        self.app, self._client, self._issuer = app, client, issuer
        self.database: Database = app.state.database
        self.statements: list[Statement] = []
        event.listen(self.database.engine.sync_engine, "before_cursor_execute", self._note_mapped)
        event.listen(self.database.engine.sync_engine, "connect", self._listen)

    def _note_mapped(self, _connection: Any, _cursor: Any, sql: str, values: Any, *_: Any) -> None:
        self._note(sql, values)

    def _listen(self, adapted: Any, _record: object) -> None:
        """What goes past SQLAlchemy, straight to the driver."""
        adapted.driver_connection.add_query_logger(lambda query: self._note(query.query, query.args))

    def _note(self, sql: str, values: Any) -> None:
        words = sql.upper().split()
        if words[0] in ("SELECT", "WITH") and "FROM" in words:
            self.statements.append(Statement(sql, tuple(values)))

    async def ask(
        self, path: str, bearer: dict[str, str], **params: Any
    ) -> tuple[list[dict[str, Any]], str | None] | None:
        """A page and its cursor; None where this caller may not."""
        self.statements.clear()
        answer = await self._client.get(path, params=params, headers=bearer)
        if answer.status_code in (403, 404):
            return None
        assert answer.status_code == 200, f"{path} {params}: {answer.text}"
        return answer.json()["items"], answer.json()["next_cursor"]

    def bearer(self, account_id: UUID, role: str, **claims: Any) -> dict[str, str]:
        return self._issuer.bearer(account_id, role, **claims)

    def lists(self) -> Iterator[List]:
        for path, operations in self.app.openapi()["paths"].items():
            answer = operations.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
            name = answer.get("application/json", {}).get("schema", {}).get("$ref", "")
            if "/Page_" in name:
                asked = [
                    each for each in operations["get"].get("parameters", []) if each["name"] not in ("limit", "cursor")
                ]
                needed = frozenset(each["name"] for each in asked if each["required"] and each["in"] == "query")
                yield List(
                    path, {each["name"]: _values(each["schema"]) for each in asked if each["in"] == "query"}, needed
                )


def _values(schema: dict[str, Any]) -> list[str]:
    kind = schema.get("anyOf", [schema])[0]
    return kind.get("enum") or (["true", "false"] if kind.get("type") == "boolean" else [])


def values_of(name: str, told: list[str], items: list[dict[str, Any]]) -> list[Any]:
    """What to ask a filter for: every value that the document names, else some that rows have, else one that none has."""
    if told:
        return told
    if name == "address":
        return [_OTHERWISE[name]]
    found = [item[field] for item in items if item.get(field := _FIELDS.get(name, name)) is not None]
    if name == "ids":
        return [found[:3]]
    return list(dict.fromkeys(found))[: _MOST_VALUES if name == "status" or name.endswith("_type") else 1] or [
        _OTHERWISE.get(name, str(uuid4()))
    ]


@asynccontextmanager
async def serving(service: str, urls: dict[str, str]) -> AsyncIterator[Service]:
    configure_logging(service, "WARNING")
    issuer = Issuer()
    app = _build(service, issuer, urls["app"])
    try:
        async with client_of(app) as client:
            settings = app.state.settings
            app.state.tokens = Tokens(
                Jwks(issuer.jwks_url), issuer=settings.token_issuer, audience=settings.token_audience
            )
            yield Service(app, client, issuer)
    finally:
        issuer.close()


def _build(service: str, issuer: Issuer, url: str) -> FastAPI:
    given: dict[str, Any] = {
        "port": 1, "jwks_url": issuer.jwks_url, "database_url": url, "kafka_bootstrap": "127.0.0.1:1", "database_pool_size": 1,
    }  # fmt: skip
    if service == "directory":
        pem = issuer.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return build_directory(DirectorySettings(**given, token_signing_key=pem.decode()))
    if service == "messaging":
        return build_messaging(MessagingSettings(**given, twilio_account_sid="AC1", twilio_auth_token="x"))
    if service == "actions":
        return build_actions(ActionsSettings(**given))
    return build_followups(FollowupsSettings(**given))
