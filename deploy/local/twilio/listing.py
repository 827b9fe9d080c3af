"""Pages of messages as Twilio lists them: newest first, walked by page tokens."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from urllib.parse import urlencode

from deploy.local.twilio.ledger import Ledger, Message, rfc3339

FILTERS = ("To", "From", "DateSent", "DateSent<", "DateSent>")
SECOND = slice(0, len("2026-01-01T00:00:00"))
DAY = slice(0, len("2026-01-01"))


@dataclass(frozen=True, slots=True)
class Page:
    """One page, and the query strings of its neighbours."""

    messages: list[Message]
    number: int
    size: int
    query: str
    first: str
    previous: str | None
    following: str | None


def find_page(ledger: Ledger, query: Mapping[str, str]) -> Page:
    """Return the page that is asked for. Raises ValueError when the query cannot be read."""
    size = min(max(int(query.get("PageSize", 50)), 1), 1000)
    number = max(int(query.get("Page", 0)), 0)
    matching = _matching(ledger, query)
    token = query.get("PageToken", "")
    anchor = ledger.find(token[2:])
    if token and not anchor:
        raise ValueError(f"the PageToken {token!r} is unknown")
    if token.startswith("PB"):
        newer = [message for message in matching if anchor and message.ordinal > anchor.ordinal]
        found = newer[-size:]
    else:
        older = (message for message in matching if not anchor or message.ordinal < anchor.ordinal)
        found = list(islice(older, size + 1))

    def page_query(page: int, token: str = "") -> str:
        kept = {name: query[name] for name in FILTERS if name in query}
        paging = {"PageSize": size, "Page": page, "PageToken": token}
        return urlencode(kept | {name: value for name, value in paging.items() if value != ""})

    page = found[:size]
    more = len(found) > size or token.startswith("PB")
    return Page(
        messages=page,
        number=number,
        size=size,
        query=page_query(number, token),
        first=page_query(0),
        previous=page_query(number - 1, f"PB{page[0].sid}") if number and page else None,
        following=page_query(number + 1, f"PA{page[-1].sid}") if more and page else None,
    )


def _matching(ledger: Ledger, query: Mapping[str, str]) -> Iterable[Message]:
    newest_first = reversed(ledger.between(query.get("To") or None, query.get("From") or None))
    earliest, latest = _bounds(query)
    if earliest is None and latest is None:
        return newest_first
    return (
        message
        for message in newest_first
        if (earliest or "") <= (message.sent_at or message.accepted_at)[SECOND] <= (latest or "9")
    )


def _bounds(query: Mapping[str, str]) -> tuple[str | None, str | None]:
    """Return the first and the last second of DateSent that are wanted; a date means the whole day in GMT."""
    if on := query.get("DateSent"):
        day = _second(on, "T00:00:00")[DAY]
        return f"{day}T00:00:00", f"{day}T23:59:59"
    after, before = query.get("DateSent>"), query.get("DateSent<")
    return _second(after, "T00:00:00") if after else None, _second(before, "T23:59:59") if before else None


def _second(text: str, time_of_day: str) -> str:
    moment = datetime.fromisoformat(text if len(text) > len("2026-01-01") else f"{text}{time_of_day}+00:00")
    if moment.tzinfo is None:
        moment = datetime.fromisoformat(f"{text}+00:00")
    return rfc3339(moment)[SECOND]
