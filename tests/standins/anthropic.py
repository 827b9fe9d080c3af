"""A server that speaks Anthropic's Messages API on the wire: answers as told, and fails on demand."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Literal

from aiohttp import web

Body = dict[str, Any]
Fault = Literal[
    "overloaded",  # 529
    "internal",  # 500
    "rate_limited",  # 429, come back in a minute
    "hang",  # takes the question and says nothing
    "stall",  # 200, begins, then says nothing more
    "cut",  # 200, begins, then the connection is gone
    "end_early",  # 200, begins, then ends in order, without an end of the message
    "error_event",  # 200, begins, then an error event
    "truncated",  # JSON that stops in the middle, though the message ends as if all were said
    "max_tokens",  # JSON that stops in the middle because the limit was reached
    "refusal",
    "html",  # 200 from something that is not the API
    "no_usage",  # 200 with a message that lacks its parts
]
KEY = "sk-ant-REDACTED"  # accepted, like any other that begins so
_KNOWN = {
    *("model", "max_tokens", "messages", "system", "stream", "output_config", "metadata", "stop_sequences", "thinking"),
    *("tools", "tool_choice", "cache_control", "service_tier", "temperature", "top_p", "top_k"),
}
_STATUS = {
    "overloaded": (529, "overloaded_error", "Overloaded"),
    "internal": (500, "api_error", "Internal server error"),
    "rate_limited": (429, "rate_limit_error", "This request would exceed your rate limit"),
}


class AnthropicStandin:
    """`reply` makes the answer of a request body: an object becomes JSON, a string is said as it is."""

    def __init__(self) -> None:
        self.url = ""
        self.requests: list[Body] = []
        self.reply: Callable[[Body], Any] = lambda body: {}
        self.usage = {
            "input_tokens": 120,
            "output_tokens": 30,
            "cache_read_input_tokens": 1000,
            "cache_creation_input_tokens": 500,
        }
        self.fault: Fault | None = None
        self._next: deque[Fault] = deque()

    def fail_next(self, *faults: Fault) -> None:
        self._next.extend(faults)

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        body: Body = await request.json()
        if wrong := _what_is_wrong(request, body):
            return _error(*wrong)
        self.requests.append(body)
        fault = self._next.popleft() if self._next else self.fault
        if fault in _STATUS:
            return _error(*_STATUS[fault], headers={"retry-after": "60"})
        if fault == "hang":
            await asyncio.sleep(3600)
        if fault == "html":
            return web.Response(text="<html>Welcome to this network. Sign in.</html>", content_type="text/html")
        reply = self.reply(body)
        text = reply if isinstance(reply, str) else json.dumps(reply)
        if fault in ("truncated", "max_tokens"):
            text = text[: len(text) // 2]
        stop = fault if fault in ("max_tokens", "refusal") else "end_turn"
        if body.get("stream"):
            return await self._stream(request, body, text, stop, fault)
        return web.json_response(_message(body, self.usage, [{"type": "text", "text": text}], stop))

    async def _stream(
        self, request: web.Request, body: Body, text: str, stop: str, fault: Fault | None
    ) -> web.StreamResponse:
        response = web.StreamResponse(headers={"content-type": "text/event-stream; charset=utf-8"})
        await response.prepare(request)
        for number, event in enumerate(_events(body, self.usage, text, stop)):
            if fault == "no_usage" and event["type"] == "message_start":
                event["message"] = {"type": "message", "role": "assistant", "content": []}
            await response.write(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode())
            if number == 3 and fault in ("stall", "cut", "end_early", "error_event"):
                return await self._break(request, response, fault)
        await response.write_eof()
        return response

    async def _break(self, request: web.Request, response: web.StreamResponse, fault: Fault) -> web.StreamResponse:
        if fault == "stall":
            await asyncio.sleep(3600)
        if fault == "cut" and request.transport is not None:
            request.transport.abort()
        if fault == "error_event":
            error = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
            await response.write(f"event: error\ndata: {json.dumps(error)}\n\n".encode())
        if fault != "cut":
            await response.write_eof()
        return response


def _what_is_wrong(request: web.Request, body: Body) -> tuple[int, str, str] | None:
    key = request.headers.get("x-api-key") or request.headers.get("authorization", "").removeprefix("Bearer ")
    if not key.startswith("sk-ant-"):
        return 401, "authentication_error", "invalid x-api-key"
    if "anthropic-version" not in request.headers:
        return 400, "invalid_request_error", "anthropic-version: header is required"
    if unknown := body.keys() - _KNOWN:
        return 400, "invalid_request_error", f"{min(unknown)}: Extra inputs are not permitted"
    if missing := {"model", "max_tokens", "messages"} - body.keys():
        return 400, "invalid_request_error", f"{min(missing)}: Field required"
    if body["model"] == "claude-unknown":
        return 404, "not_found_error", "model: claude-unknown"
    if body["model"] == "claude-haiku-5-5" and body.keys() & {"temperature", "top_p", "top_k"}:
        return 400, "invalid_request_error", "sampling parameters are not supported by this model"
    if body["messages"][-1]["role"] != "user":
        return 400, "invalid_request_error", "messages: the last message must be the user's"
    schema = body.get("output_config", {}).get("format", {}).get("schema", {})
    if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
        return 400, "invalid_request_error", "output_config.format.schema: additionalProperties must be false"
    return None


def _error(status: int, kind: str, message: str, headers: dict[str, str] | None = None) -> web.Response:
    body = {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_standin"}
    return web.json_response(body, status=status, headers=headers)


def _message(body: Body, usage: Body, content: list[Body], stop: str | None) -> Body:
    return {
        "id": "msg_standin",
        "type": "message",
        "role": "assistant",
        "model": body["model"],
        "content": content,
        "stop_reason": stop,
        "stop_sequence": None,
        "usage": usage,
    }


def _events(body: Body, usage: Body, text: str, stop: str) -> list[Body]:
    """A thinking block first, as current models send one, then the text in pieces."""
    pieces = [text[at : at + 24] for at in range(0, len(text), 24)] or [""]
    deltas: list[Body] = [{"type": "text_delta", "text": piece} for piece in pieces]
    return [
        {"type": "message_start", "message": _message(body, usage | {"output_tokens": 1}, [], None)},
        {
            "type": "content_block_start",
            "index": 0,
            "content_block": {"type": "thinking", "thinking": "", "signature": ""},
        },
        {"type": "content_block_stop", "index": 0},
        {"type": "content_block_start", "index": 1, "content_block": {"type": "text", "text": ""}},
        *({"type": "content_block_delta", "index": 1, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": 1},
        {
            "type": "message_delta",
            "delta": {"stop_reason": stop, "stop_sequence": None},
            "usage": {"output_tokens": usage["output_tokens"]},
        },
        {"type": "message_stop"},
    ]


@asynccontextmanager
async def anthropic_standin() -> AsyncIterator[AnthropicStandin]:
    """Listens on a free port of the loopback; `url` is the base address for the SDK."""
    standin = AnthropicStandin()
    app = web.Application()
    app.router.add_post("/v1/messages", standin._messages)
    runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    standin.url = f"http://{host}:{port}"
    try:
        yield standin
    finally:
        await runner.cleanup()
