"""/api/v1/followup-policy: one a account."""

from fastapi import APIRouter, Response

from services.followups.policies import queries, use_cases
from services.followups.policies.schemas import PolicyChange, PolicyOut
from shared.http.auth import permit
from shared.http.etag import IfMatchDep, check_version, set_etag
from shared.http.tenant_route import DbDep, TenantRoute

router = APIRouter(prefix="/api/v1/followup-policy", tags=["follow-ups"], route_class=TenantRoute)


@router.get("", dependencies=[permit("followup-policy", "read")])
async def get_followup_policy(db: DbDep, response: Response) -> PolicyOut:
    row = await queries.get_policy(db)
    set_etag(response, row)
    return PolicyOut.model_validate(row)


@router.patch("", dependencies=[permit("followup-policy", "write")])
async def patch_followup_policy(body: PolicyChange, db: DbDep, expected: IfMatchDep, response: Response) -> PolicyOut:
    row = await queries.lock_policy(db)
    check_version(row, expected)
    await use_cases.change_policy(db, row, body.sent())
    set_etag(response, row)
    return PolicyOut.model_validate(row)
