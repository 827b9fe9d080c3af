"""RFC 9457 answers: one table turns kinds of errors into statuses; an unknown error never says more than "internal"."""

import logging
from typing import Any

import asyncpg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException

from shared import errors
from shared.bus.transient import is_transient

log = logging.getLogger(__name__)

STATUSES: dict[type[errors.DomainError], int] = {
    errors.Malformed: 400,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.Stale: 412,
    errors.TooLarge: 413,
    errors.UnsupportedMedia: 415,
    errors.Invalid: 422,
    errors.TooMany: 429,
    errors.Unavailable: 503,
}
_HTTP_CODES = {
    404: "not_found",
    405: "method_not_allowed",
    400: "malformed",
    413: "too_large",
    415: "unsupported_media_type",
}
_UNSTORABLE = (
    asyncpg.CheckViolationError,
    asyncpg.NotNullViolationError,
    asyncpg.DataError,
    asyncpg.CharacterNotInRepertoireError,
)


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    field_errors: list[dict[str, str]] | None = None,
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    body: dict[str, Any] = {"type": "about:blank", "status": status, "code": code, "detail": detail}
    if field_errors:
        body["errors"] = field_errors
    return JSONResponse(body, status, headers, media_type="application/problem+json")


def of_domain_error(error: errors.DomainError) -> JSONResponse:
    status = next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)
    headers = {}
    if isinstance(error, errors.TooMany):
        headers["Retry-After"] = str(max(1, round(error.retry_after)))
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if status == 503:
        headers["Retry-After"] = "2"
    fields = [{"field": error.field, "code": error.code, "detail": error.message}] if error.field else None
    return problem(status, error.code, error.message, field_errors=fields, headers=headers or None)


def install(app: FastAPI) -> None:
    app.add_exception_handler(errors.DomainError, _on_domain_error)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(DBAPIError, _on_database_error)
    for kind in (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
        app.add_exception_handler(kind, _on_database_error)
    app.add_exception_handler(Exception, _on_unknown)


async def _on_domain_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, errors.DomainError)
    return of_domain_error(error)


async def _on_validation_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    fields = [
        {
            "field": ".".join(str(part) for part in item["loc"][1:]) or str(item["loc"][0]),
            "code": item["type"],
            "detail": item["msg"].removeprefix("Value error, "),
        }
        for item in error.errors()
    ]
    return problem(422, "invalid", "Some fields are not as they should be; see errors.", field_errors=fields)


async def _on_http_exception(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    detail = "There is nothing at this address." if error.status_code == 404 else str(error.detail)
    code = _HTTP_CODES.get(error.status_code, "refused")
    return problem(error.status_code, code, detail, headers=dict(error.headers or {}))


async def _on_database_error(request: Request, error: Exception) -> JSONResponse:
    cause = getattr(getattr(error, "orig", None), "__cause__", None) or error
    if is_transient(error):
        log.warning("unavailable: %s", type(error).__name__)
        return of_domain_error(
            errors.Unavailable("The service is catching up after an outage. Try again in a few seconds.")
        )
    if isinstance(cause, asyncpg.UniqueViolationError):
        return of_domain_error(errors.Conflict("One with the same unique values exists already."))
    if isinstance(cause, asyncpg.ForeignKeyViolationError):
        return of_domain_error(errors.Invalid("It refers to something that does not exist (any more)."))
    if isinstance(cause, _UNSTORABLE):
        return of_domain_error(errors.Invalid("A value is outside what can be stored."))
    return await _on_unknown(request, error)


async def _on_unknown(_request: Request, error: Exception) -> JSONResponse:
    log.error("internal error", exc_info=error)
    return problem(
        500, "internal", "Something went wrong on our side. Try again; if it stays, tell us the time of this answer."
    )
