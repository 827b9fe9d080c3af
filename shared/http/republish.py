"""An owner publishes its current rows again as `.snapshot` events: how a new or emptied replica is filled."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel
from sqlalchemy import select

from shared.bus.outbox import emit_all
from shared.contracts.base import Message
from shared.db.database import Db
from shared.errors import Invalid
from shared.http.auth import permit
from shared.http.tenant_route import DbDep, TenantRoute

BATCH = 500

# aggregate's name → (its table's model, a row → its snapshot event)
Snapshots = Mapping[str, tuple[Any, Callable[[Any], Message]]]


class Republished(BaseModel):
    type: str
    count: int


def router_of(snapshots: Snapshots) -> APIRouter:
    router = APIRouter(prefix="/internal", tags=["internal"], route_class=TenantRoute, include_in_schema=False)

    @router.post("/republish", status_code=202, dependencies=[permit("republish", "write")])
    async def republish(db: DbDep, kind: Annotated[str, Query(alias="type")]) -> Republished:
        """Rows of the caller's account; a service's token asks account by account."""
        if kind not in snapshots:
            raise Invalid(f"Choose one of: {', '.join(sorted(snapshots))}.", field="type")
        model, snapshot = snapshots[kind]
        return Republished(type=kind, count=await publish_again(db, model, snapshot))

    return router


async def publish_again(db: Db, model: Any, snapshot: Callable[[Any], Message]) -> int:
    """Emit a snapshot of each row; returns how many. A row that can be edited is locked meanwhile: no newer state is overtaken."""
    count = 0
    last: UUID | None = None
    while True:
        statement = select(model).order_by(model.id).limit(BATCH)
        statement = statement.with_for_update(read=True) if hasattr(model, "row_version") else statement
        rows = list((await db.scalars(statement if last is None else statement.where(model.id > last))).all())
        await emit_all(db, [snapshot(row) for row in rows])
        count += len(rows)
        if len(rows) < BATCH:
            return count
        last = rows[-1].id
