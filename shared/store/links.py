"""Links of our own to objects in a store that cannot sign: valid until a time, for one object, for those who hold them."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import urlencode

from shared.errors import Forbidden


class LinkRefused(Forbidden):
    code = "link_refused"


class LinkSigner:
    """`base` is the address that serves objects. The media type is signed too: a picture cannot be turned into a page."""

    def __init__(self, key: str, base: str) -> None:
        if len(key) < 16:
            raise ValueError("The signing key is too short to sign links. Set at least 16 random characters.")
        self._key = key.encode()
        self._base = base.rstrip("/")

    def link(self, key: str, content_type: str, until: datetime) -> str:
        expires = str(int(until.timestamp()))
        query = {"expires": expires, "type": content_type, "signature": self._signature(key, content_type, expires)}
        return f"{self._base}/{key}?{urlencode(query)}"

    def verify(self, key: str, query: Mapping[str, str], now: datetime) -> str:
        """The media type to serve the object with. Raises LinkRefused."""
        expires, content_type = query.get("expires", ""), query.get("type", "")
        expected = self._signature(key, content_type, expires)
        if not hmac.compare_digest(expected.encode(), query.get("signature", "").encode("utf-8", "replace")):
            raise LinkRefused("This link is not one we made. Ask for a new one.")
        if now >= datetime.fromtimestamp(int(expires), now.tzinfo):
            raise LinkRefused("This link has expired. Ask for a new one.")
        return content_type

    def _signature(self, key: str, content_type: str, expires: str) -> str:
        # Lengths stand in front, so that no character can move from one part to the next.
        parts = "".join(f"{len(part)}:{part}" for part in (key, content_type, expires))
        return hmac.new(self._key, parts.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def lasts_until(now: datetime, expires_in: timedelta) -> datetime:
    if not timedelta(0) < expires_in <= timedelta(days=7):
        raise ValueError("A link lasts more than nothing and at most seven days.")
    return now + expires_in
