"""ETag and If-Match on editable resources: the entity tag is the row's `row_version`."""

from typing import Annotated, Any

from fastapi import Depends, Header, Response

from shared.errors import Invalid, Stale


def set_etag(response: Response, row: Any) -> None:
    response.headers["ETag"] = f'"{row.row_version}"'


def expected_version(if_match: Annotated[str | None, Header()] = None) -> int | None:
    """The version the caller last saw; None when it does not care."""
    if if_match is None or if_match.strip() == "*":
        return None
    try:
        return int(if_match.strip().removeprefix("W/").strip('"'))
    except ValueError:
        raise Invalid('If-Match must be an ETag that we gave, such as "3".', field="If-Match") from None


IfMatchDep = Annotated[int | None, Depends(expected_version)]


def check_version(row: Any, expected: int | None) -> None:
    """Raises Stale when the row was edited since the caller read it."""
    if expected is not None and row.row_version != expected:
        raise Stale("Somebody changed this in the meantime. Read it again, then repeat your change.")
