"""Names of objects: `<account_id>/<kind>/<id>`, so that an account's objects can be listed, billed and erased together."""

import re
from uuid import UUID

from shared.errors import Invalid

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_KEY = re.compile(rf"{_UUID}/[a-z][a-z0-9_-]{{0,31}}/[A-Za-z0-9][A-Za-z0-9_-]{{0,127}}(?:\.[a-z0-9]{{1,8}})?")
_PREFIX = re.compile(rf"{_UUID}(?:/[a-z][a-z0-9_-]{{0,31}})?")


class InvalidKey(Invalid):
    code = "invalid_object_key"


def object_key(account_id: UUID, kind: str, object_id: UUID | str) -> str:
    return checked_key(f"{account_id}/{kind}/{object_id}")


def checked_key(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise InvalidKey(f"{key[:80]!r} names no object. Write <account_id>/<kind>/<id>, each of plain characters.")
    return key


def checked_prefix(prefix: str) -> str:
    if not _PREFIX.fullmatch(prefix):
        raise InvalidKey(f"{prefix[:80]!r} names no group of objects. Write <account_id> or <account_id>/<kind>.")
    return prefix
