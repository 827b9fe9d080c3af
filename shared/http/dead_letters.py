"""Dead letters over HTTP: list, inspect, replay."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel
from sqlalchemy import text

from shared.bus.dead_letters import CHANNEL
from shared.db.database import Db
from shared.errors import NotFound
from shared.http.auth import permit
from shared.http.pagination import Page
from shared.http.tenant_route import DbDep, TenantRoute

_COLUMNS = "id, event_id, topic, key, type, state, attempts, error, replay_requested_at, created_at, updated_at"


class DeadLetterOut(BaseModel):
    """A message that this service could not handle, or that waits behind one (`parked`)."""

    id: UUID
    event_id: UUID
    topic: str
    key: str
    type: str
    state: str
    attempts: int
    error: str | None
    replay_requested_at: datetime | None
    created_at: datetime
    updated_at: datetime


class DeadLetterWhole(DeadLetterOut):
    envelope: dict[str, Any]


def router_of(service: str) -> APIRouter:
    """`/api/v1/services/<service>/dead-letters`, for owners and admins."""
    router = APIRouter(
        prefix=f"/api/v1/services/{service}/dead-letters", tags=["dead letters"], route_class=TenantRoute
    )

    @router.get("", dependencies=[permit("dead-letters", "read")], name=f"list_{service}_dead_letters")
    async def list_dead_letters(
        db: DbDep,
        state: Annotated[Literal["failing", "dead", "parked", "replayed"] | None, Query()] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        cursor: Annotated[UUID | None, Query()] = None,
    ) -> Page[DeadLetterOut]:
        found = await db.execute(
            text(
                f"SELECT {_COLUMNS} FROM dead_letters WHERE (CAST(:state AS text) IS NULL OR state = :state)"
                " AND (CAST(:cursor AS uuid) IS NULL OR id > :cursor) ORDER BY id LIMIT :limit"
            ),
            {"state": state, "cursor": cursor, "limit": limit + 1},
        )
        rows = [DeadLetterOut.model_validate(dict(row)) for row in found.mappings()]
        return Page(items=rows[:limit], next_cursor=str(rows[limit - 1].id) if len(rows) > limit else None)

    @router.get("/{letter_id}", dependencies=[permit("dead-letters", "read")], name=f"get_{service}_dead_letter")
    async def get_dead_letter(letter_id: UUID, db: DbDep) -> DeadLetterWhole:
        return await _get(db, letter_id)

    @router.post(
        "/{letter_id}/replay",
        status_code=202,
        dependencies=[permit("dead-letters", "write")],
        name=f"replay_{service}_dead_letter",
    )
    async def replay(letter_id: UUID, db: DbDep) -> DeadLetterWhole:
        """Runs the key's letters again, in order, up to the first that fails."""
        letter = await _get(db, letter_id)
        await db.execute(
            text(
                "UPDATE dead_letters SET replay_requested_at = clock_timestamp()"
                " WHERE topic = :topic AND key = :key AND state IN ('dead', 'parked')"
            ),
            {"topic": letter.topic, "key": letter.key},
        )
        await db.notify(CHANNEL)
        return await _get(db, letter_id)

    return router


async def _get(db: Db, letter_id: UUID) -> DeadLetterWhole:
    found = await db.execute(text(f"SELECT {_COLUMNS}, envelope FROM dead_letters WHERE id = :id"), {"id": letter_id})
    row = found.mappings().one_or_none()
    if row is None:
        raise NotFound("There is no such dead letter.")
    return DeadLetterWhole.model_validate(dict(row))
