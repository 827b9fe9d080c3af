"""One-time tickets for the live stream, because a browser's EventSource sends no Authorization header."""

import hashlib
import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, NamedTuple
from uuid import uuid4

import jwt

from shared.errors import Unauthenticated
from shared.http.auth import Caller, caller_of

TICKET_SECONDS = 30
_TICKET = "followthrough-stream"
_COOKIE = "followthrough-stream-again"


class Listener(NamedTuple):
    """Who listens, and until when: the end of the token that they showed, as seconds since 1970."""

    caller: Caller
    until: int


class Tickets:
    """Signed and short-lived; a gateway takes each once. EventSource comes back to the same address when its connection
    breaks, so the first answer gives a cookie that opens that one address again, as long as the token was good for."""

    def __init__(self, key: str) -> None:
        self._key = key
        self._used: dict[str, float] = {}

    def issue(self, listener: Listener) -> str:
        return self._signed(listener, _TICKET, exp=min(int(time.time()) + TICKET_SECONDS, listener.until))

    def redeem(self, ticket: str, cookies: Mapping[str, str]) -> Listener:
        """Raises Unauthenticated for a ticket that is wrong, late, or used and without its cookie."""
        again = cookies.get(cookie_name(ticket))
        if again is not None:
            claims = self._claims(again, _COOKIE)
            if claims.get("ticket") == cookie_name(ticket):
                return _listener(claims)
        claims = self._claims(ticket, _TICKET)
        now = time.time()
        self._used = {used: until for used, until in self._used.items() if until > now}
        if claims["jti"] in self._used:
            raise Unauthenticated("This ticket was used before. Ask for another.")
        self._used[claims["jti"]] = claims["exp"]
        return _listener(claims)

    def cookie(self, ticket: str, listener: Listener) -> str:
        """What the browser shows when it comes back with the same ticket."""
        return self._signed(listener, _COOKIE, exp=listener.until, ticket=cookie_name(ticket))

    def _signed(self, listener: Listener, audience: str, **more: Any) -> str:
        caller = listener.caller
        claims: dict[str, Any] = {name: str(value) for name, value in asdict(caller).items() if value}
        claims |= {"sub": caller.subject, "scope": " ".join(caller.scope), "until": listener.until, "jti": uuid4().hex}
        return jwt.encode({**claims, "aud": audience, **more}, self._key, "HS256")

    def _claims(self, signed: str, audience: str) -> dict[str, Any]:
        try:
            return dict(
                jwt.decode(signed, self._key, ["HS256"], audience=audience, options={"require": ["exp", "jti"]})
            )
        except (jwt.PyJWTError, ValueError):
            raise Unauthenticated("This ticket is not valid any more. Ask for another.") from None


def cookie_name(ticket: str) -> str:
    """One for each ticket, so that a browser's windows do not take each other's."""
    return f"ft-stream-{hashlib.sha256(ticket.encode()).hexdigest()[:16]}"


def _listener(claims: dict[str, Any]) -> Listener:
    return Listener(caller_of(claims), claims["until"])
