"""The queries of document 000 that no list endpoint asks."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import Select
from sqlalchemy.dialects import postgresql

from benchmarks.lists.asking import Service, Statement
from benchmarks.lists.timing import Timed, callers, explain
from services.actions.action_items.queries import pending_items
from services.actions.notes.queries import notes_of_event
from services.followups.dispatch.queries import upcoming_to_send

Query = Callable[[UUID, UUID, datetime], Select[Any]]
QUERIES: dict[str, dict[str, Query]] = {
    "actions": {
        "all notes from an event (document 000)": lambda person, event, _now: notes_of_event(event, person),
        "pending actions by priority (document 000)": lambda person, _event, _now: pending_items(person),
    },
    "followups": {"upcoming follow-ups to send (document 000)": lambda _person, _event, now: upcoming_to_send(now)},
}
_ROW = "SELECT person, event FROM given WHERE account_id = $1 ORDER BY n DESC LIMIT 1"


async def time_documents(service: Service, owner: asyncpg.Connection) -> dict[str, Timed]:
    """As staff of the large account."""
    staff = (await callers(service, owner))[0]
    person, event = await owner.fetchrow(_ROW, staff.tenant.account_id)
    now = await owner.fetchval("SELECT app_clock()")
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    found = {}
    for name, query in QUERIES.get(service.database.service, {}).items():
        sql = str(query(person, event, now).compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
        found[name] = await explain(service.database, staff.tenant, [Statement(sql, ())])
    return found
