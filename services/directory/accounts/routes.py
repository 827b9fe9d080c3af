"""/api/v1/account: the caller's own."""

from typing import Any

from fastapi import APIRouter, Response

from services.directory.accounts.models import Account
from services.directory.accounts.resources import ACCOUNTS
from services.directory.accounts.schemas import AccountOut
from shared.errors import Forbidden
from shared.http.auth import CallerDep, permit
from shared.http.etag import IfMatchDep, set_etag
from shared.http.tenant_route import DbDep, TenantRoute

router = APIRouter(prefix="/api/v1/account", tags=["account"], route_class=TenantRoute)


@router.get("", dependencies=[permit("account", "read")], response_model=AccountOut)
async def get_account(db: DbDep, caller: CallerDep, response: Response) -> Account:
    account = await ACCOUNTS.get(db, caller.account_id)
    set_etag(response, account)
    return account


@router.patch("", dependencies=[permit("account", "write")], response_model=AccountOut)
async def update_account(
    body: ACCOUNTS.edit,  # type: ignore[name-defined]
    db: DbDep,
    caller: CallerDep,
    response: Response,
    expected: IfMatchDep,
) -> Any:
    if caller.role != "owner":
        raise Forbidden("Only an owner may change the account.")
    account = await ACCOUNTS.update(db, caller, caller.account_id, body.model_dump(exclude_unset=True), expected)
    set_etag(response, account)
    return account
