"""One-time tickets for the live stream, because a browser's EventSource sends no Authorization header."""

import time
from dataclasses import asdict
from typing import Any
from uuid import uuid4

import jwt

from shared.errors import Unauthenticated
from shared.http.auth import Caller, caller_of

TICKET_SECONDS = 30
_AUDIENCE = "followthrough-stream"


class Tickets:
    """Signed and short-lived; a gateway takes each once."""

    def __init__(self, key: str) -> None:
        self._key = key
        self._used: dict[str, float] = {}

    def issue(self, caller: Caller) -> str:
        claims: dict[str, Any] = {name: str(value) for name, value in asdict(caller).items() if value}
        claims |= {"sub": caller.subject, "scope": " ".join(caller.scope), "jti": uuid4().hex}
        return jwt.encode({**claims, "aud": _AUDIENCE, "exp": int(time.time()) + TICKET_SECONDS}, self._key, "HS256")

    def redeem(self, ticket: str) -> Caller:
        """Raises Unauthenticated for a ticket that is wrong, late or used."""
        try:
            claims = jwt.decode(ticket, self._key, ["HS256"], audience=_AUDIENCE, options={"require": ["exp", "jti"]})
            caller = caller_of(claims)
        except (jwt.PyJWTError, KeyError, ValueError):
            raise Unauthenticated("This ticket is not valid any more. Ask for another.") from None
        now = time.time()
        self._used = {used: until for used, until in self._used.items() if until > now}
        if claims["jti"] in self._used:
            raise Unauthenticated("This ticket was used before. Ask for another.")
        self._used[claims["jti"]] = claims["exp"]
        return caller
