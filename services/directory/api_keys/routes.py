"""/api/v1/api-keys: for owners and admins."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from services.directory.api_keys import queries, use_cases
from services.directory.api_keys.models import ApiKey
from services.directory.api_keys.schemas import ApiKeyFilters, ApiKeyMade, ApiKeyOut, EditApiKey, NewApiKey
from shared.http.auth import CallerDep, permit
from shared.http.etag import IfMatchDep, set_etag
from shared.http.pagination import Page, PageParams, page_params, paginate
from shared.http.tenant_route import DbDep, TenantRoute


class UnrepeatableRoute(TenantRoute):
    """A secret must not be kept as the answer of an Idempotency-Key."""

    idempotent = False


router = APIRouter(prefix="/api/v1/api-keys", tags=["api-keys"], route_class=UnrepeatableRoute)
may_read, may_write = [permit("api-keys", "read")], [permit("api-keys", "write")]


@router.get("", dependencies=may_read, response_model=Page[ApiKeyOut])
async def list_api_keys(
    db: DbDep, filters: Annotated[ApiKeyFilters, Query()], page: Annotated[PageParams, Depends(page_params)]
) -> Any:
    rows, cursor = await paginate(db, queries.listed(filters), page, ApiKey.id)
    return {"items": rows, "next_cursor": cursor}


@router.post("", status_code=201, dependencies=may_write)
async def create_api_key(body: NewApiKey, db: DbDep, caller: CallerDep, response: Response) -> ApiKeyMade:
    """The answer holds the key, once. An Idempotency-Key has no effect here."""
    key, secret = await use_cases.make(db, caller, name=body.name, role=body.role, scopes=body.scopes)
    response.headers["Cache-Control"] = "no-store"
    return ApiKeyMade(**ApiKeyOut.model_validate(key).model_dump(), api_key=secret)


@router.get("/{key_id}", dependencies=may_read, response_model=ApiKeyOut)
async def get_api_key(key_id: UUID, db: DbDep, response: Response) -> ApiKey:
    key = await queries.get_api_key(db, key_id)
    set_etag(response, key)
    return key


@router.patch("/{key_id}", dependencies=may_write, response_model=ApiKeyOut)
async def update_api_key(
    key_id: UUID,
    body: EditApiKey,  # type: ignore[valid-type]
    db: DbDep,
    caller: CallerDep,
    response: Response,
    expected: IfMatchDep,
) -> ApiKey:
    given = body.model_dump(exclude_unset=True)  # type: ignore[attr-defined]
    if given:
        key = await use_cases.rename(db, caller, key_id, given["name"], expected)
    else:
        key = await queries.get_api_key(db, key_id)
    set_etag(response, key)
    return key


@router.delete("/{key_id}", status_code=204, dependencies=may_write)
async def delete_api_key(key_id: UUID, db: DbDep, caller: CallerDep, expected: IfMatchDep) -> None:
    """Revokes it."""
    await use_cases.revoke(db, caller, key_id, expected)
