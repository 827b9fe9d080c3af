"""POST /api/v1/events/{id}/removal."""

from uuid import UUID

from fastapi import APIRouter

from services.directory.fields import Body, Name
from services.directory.removals.use_cases import Removed, remove_event
from shared.http.auth import CallerDep, permit
from shared.http.tenant_route import DbDep, TenantRoute

router = APIRouter(prefix="/api/v1/events", tags=["events"], route_class=TenantRoute)


class Confirmation(Body):
    """The event's name as it stands."""

    name: Name


@router.post("/{event_id}/removal", dependencies=[permit("events", "write")])
async def remove_event_for_good(event_id: UUID, body: Confirmation, db: DbDep, caller: CallerDep) -> Removed:
    """For an owner alone. An archived event goes for good, with its sessions, speakers, sponsors, attendees, demos."""
    return await remove_event(db, caller, event_id, body.name)
