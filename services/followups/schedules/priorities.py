"""/api/v1/priority-questions: ask for the top 3 of an event at once."""

from fastapi import APIRouter, Response

from services.followups.schedules import use_cases
from services.followups.schedules.schemas import PriorityQuestion, ScheduleOut
from shared.http.auth import permit
from shared.http.etag import set_etag
from shared.http.tenant_route import DbDep, TenantRoute

router = APIRouter(prefix="/api/v1/priority-questions", tags=["follow-ups"], route_class=TenantRoute)


@router.post("", status_code=201, dependencies=[permit("priority-questions", "write")])
async def post_priority_question(body: PriorityQuestion, db: DbDep, response: Response) -> ScheduleOut:
    """Inside the allowed hours it goes at once; `will_send_at` says when."""
    row = await use_cases.ask_priorities(db, body.contractor_id, body.event_id)
    set_etag(response, row)
    return ScheduleOut.model_validate(row)
