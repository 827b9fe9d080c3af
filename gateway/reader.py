"""Reads other services on behalf of one caller: what answers are composed of."""

from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse

from gateway.access import Access
from gateway.upstream import Params, Upstream, silent
from shared.errors import DomainError, Unavailable
from shared.http.problems import problem

PAGE = 200
MOST_PAGES = 10
IDS_AT_ONCE = 100


class Refused(DomainError):
    """A service said no; its answer is passed on."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__("refused")
        self.status = status
        self.body = body


class Reader:
    """`unavailable` are services that were down, `cut` lists that go on; both are told to the caller."""

    def __init__(self, upstream: Upstream, token: str) -> None:
        self._upstream = upstream
        self._authorization = f"Bearer {token}"
        self.unavailable: set[str] = set()
        self.cut: set[str] = set()

    async def one(self, service: str, path: str, params: Params | None = None) -> dict[str, Any]:
        """Raises Unavailable, or Refused with the service's own answer."""
        status, body = await self._upstream.get_json(service, f"/api/v1/{path}", self._authorization, params)
        if status == 503:
            raise silent(service)
        if status != 200:
            raise Refused(status, body)
        return dict(body)

    async def items(self, service: str, path: str, **params: str) -> list[dict[str, Any]]:
        """The first page."""
        page = await self.one(service, path, params)
        if page.get("next_cursor"):
            self.cut.add(path)
        return list(page["items"])

    async def items_or_none(self, service: str, path: str, **params: str) -> list[dict[str, Any]] | None:
        try:
            return await self.items(service, path, **params)
        except Unavailable:
            self.unavailable.add(service)
            return None

    async def all(self, service: str, path: str, **params: str) -> list[dict[str, Any]]:
        """Page by page, up to 2,000 items."""
        found: list[dict[str, Any]] = []
        cursor: dict[str, str] = {}
        for _ in range(MOST_PAGES):
            page = await self.one(service, path, {**params, **cursor, "limit": str(PAGE)})
            found += page["items"]
            if page["next_cursor"] is None:
                return found
            cursor = {"cursor": page["next_cursor"]}
        self.cut.add(path)
        return found

    async def by_ids(self, service: str, path: str, ids: list[str], **params: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for start in range(0, len(ids), IDS_AT_ONCE):
            some = ids[start : start + IDS_AT_ONCE]
            found += (await self.one(service, path, {**params, "ids": some, "limit": str(IDS_AT_ONCE)}))["items"]
        return found


async def reader_of(request: Request) -> Reader:
    access: Access = request.app.state.access
    _, token = await access.admit(request)
    return Reader(request.app.state.upstream, token)


def on_refused(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refused)
    if isinstance(error.body, dict) and "code" in error.body:
        return JSONResponse(error.body, error.status, media_type="application/problem+json")
    return problem(error.status, "refused", "A service refused this request.")
