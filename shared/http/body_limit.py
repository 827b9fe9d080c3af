"""Refuses request bodies over the limit while they arrive, so that memory stays bounded."""

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.errors import TooLarge
from shared.http.problems import of_domain_error


class BodyLimit:
    """`limit` is in bytes."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        refusal = f"The body is larger than {self._limit} bytes. Send less at a time."
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if not declared.isdigit() or int(declared) > self._limit:
            return await of_domain_error(TooLarge(refusal))(scope, receive, send)
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._limit:
                raise HTTPException(413, refusal)  # the one kind that FastAPI lets through while it reads a body
            return message

        return await self._app(scope, counted, send)
