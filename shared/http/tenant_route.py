"""The route class of everything with a tenant: caller, transaction, Idempotency-Key, commit before the answer."""

import hashlib
import json
from collections.abc import Callable, Coroutine, Iterator
from typing import Annotated, Any, ClassVar

import asyncpg
from fastapi import Depends, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel
from python_multipart.multipart import parse_options_header

from shared.db.database import Database, Db
from shared.errors import Conflict, Invalid
from shared.http import strict_json
from shared.http.auth import Caller, Tokens, bearer_token
from shared.http.waiting import once_known

RUNNING_SECONDS = 5
KEPT_HEADERS = ("etag", "location", "content-type")

_CLAIM = """
INSERT INTO idempotency_keys (account_id, caller, method, path, key, body_hash) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (account_id, caller, method, path, key) DO UPDATE
SET body_hash = excluded.body_hash, status = NULL, created_at = clock_timestamp()
WHERE idempotency_keys.created_at < clock_timestamp() - interval '24 hours'
RETURNING 1
"""
_FIND = (
    "SELECT body_hash, status, headers, body FROM idempotency_keys WHERE (caller, method, path, key) = ($1, $2, $3, $4)"
)
_KEEP = "UPDATE idempotency_keys SET status = $5, headers = $6, body = $7 WHERE (caller, method, path, key) = ($1, $2, $3, $4)"


async def read_strictly(request: Request) -> None:
    """Read a JSON body by `strict_json`, before anything is opened for the request; Starlette keeps what was read."""
    if "json" in request.headers.get("content-type", "").lower():
        body = await request.body()
        if body:
            request._json = strict_json.loads(body)


class StrictRoute(APIRoute):
    """For routes without a tenant: only the strict body."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def strict(request: Request) -> Response:
            await read_strictly(request)
            return await handle(request)

        return strict


class TenantRoute(APIRoute):
    """Opens the request's transaction as the caller's tenant, and commits it before the answer leaves."""

    idempotent: ClassVar[bool] = True
    """Whether an Idempotency-Key counts; not where the answer must not be stored."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        known = frozenset(_query_names(self.dependant))

        async def in_transaction(request: Request) -> Response:
            tokens: Tokens = request.app.state.tokens
            database: Database = request.app.state.database
            caller = await tokens.caller(bearer_token(request))
            request.state.caller = caller
            _refuse_unknown(request, known)
            await read_strictly(request)
            await request.body()  # a file that comes slowly must not hold a connection meanwhile; Starlette keeps it
            key = request.headers.get("idempotency-key") if self._may_repeat(request) else None

            async def attempt() -> Response:
                async with database.begin(caller.tenant) as db:
                    request.state.db = db
                    if key is None:
                        return _if_changed(request, await handle(request))
                    return await _once(request, db, caller, key, handle)

            return await once_known(attempt)

        return in_transaction

    def _may_repeat(self, request: Request) -> bool:
        return self.idempotent and request.method == "POST"


def _query_names(dependant: Dependant) -> Iterator[str]:
    for param in dependant.query_params:
        model = param.field_info.annotation
        if isinstance(model, type) and issubclass(model, BaseModel):
            yield from (field.alias or name for name, field in model.model_fields.items())
        else:
            yield param.alias
    for each in dependant.dependencies:
        yield from _query_names(each)


def _refuse_unknown(request: Request, known: frozenset[str]) -> None:
    """A filter that is misspelled would list everything."""
    for name in request.query_params:
        if name not in known:
            there = ", ".join(sorted(known)) or "none"
            raise Invalid(f"There is no query parameter {name!r} here; there are: {there}.", field=name)


def _if_changed(request: Request, response: Response) -> Response:
    """304 without a body where the caller has this version (If-None-Match)."""
    told = {tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")}
    etag = response.headers.get("etag")
    if request.method == "GET" and etag and (etag in told or "*" in told):
        return Response(status_code=304, headers={"etag": etag})
    return response


async def _once(
    request: Request, db: Db, caller: Caller, key: str, handle: Callable[[Request], Coroutine[Any, Any, Response]]
) -> Response:
    """The first answer is stored with what it did; a repetition gets the stored one."""
    if not 1 <= len(key) <= 200:
        raise Invalid("Idempotency-Key must have 1 to 200 characters.", field="Idempotency-Key")
    place = (caller.subject, request.method, request.url.path, key)
    body_hash = hashlib.sha256(request.url.query.encode() + b"\n" + await _body_to_compare(request)).hexdigest()
    raw = db.raw
    await raw.execute(f"SET LOCAL lock_timeout = '{RUNNING_SECONDS}s'")
    try:
        claimed = await raw.fetchval(_CLAIM, caller.account_id, *place, body_hash)
    except asyncpg.LockNotAvailableError:
        raise Conflict("The first request with this Idempotency-Key is still running. Ask again shortly.") from None
    if not claimed:
        return _stored_answer(await raw.fetchrow(_FIND, *place), body_hash)
    response = await handle(request)
    if response.status_code < 300:
        headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
        await raw.execute(_KEEP, *place, response.status_code, json.dumps(headers), bytes(response.body).decode())
    return response


async def _body_to_compare(request: Request) -> bytes:
    """The body without what a client draws anew for each attempt: the boundary of a form's parts."""
    body = await request.body()
    boundary = parse_options_header(request.headers.get("content-type"))[1].get(b"boundary")
    return body.replace(boundary, b"") if boundary else body


def _stored_answer(stored: Any, body_hash: str) -> Response:
    if stored["body_hash"] != body_hash:
        raise Invalid(
            "This Idempotency-Key was used with another body. Use a new key for a new request.", field="Idempotency-Key"
        )
    headers = {**stored["headers"], "Idempotency-Replayed": "true"}
    return Response(stored["body"], stored["status"], headers)


def current_db(request: Request) -> Db:
    """The request's transaction, opened by `TenantRoute`."""
    db: Db = request.state.db
    return db


DbDep = Annotated[Db, Depends(current_db)]
