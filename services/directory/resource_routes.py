"""The HTTP face of a resource: five routes, the same for every noun."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from services.directory.resource import Resource
from shared.http.auth import CallerDep, permit
from shared.http.etag import IfMatchDep, set_etag
from shared.http.pagination import Page, PageParams, page_params, paginate
from shared.http.tenant_route import DbDep, TenantRoute


def router_of(resource: Resource[Any]) -> APIRouter:
    """`/api/v1/<path>` and `/api/v1/<path>/{id}`."""
    router = APIRouter(prefix=f"/api/v1/{resource.path}", tags=[resource.path], route_class=TenantRoute)
    add_reading(router, resource)
    add_writing(router, resource)
    return router


def add_reading(router: APIRouter, resource: Resource[Any]) -> None:
    Filters, Out = resource.filters, resource.out
    may_read = [permit(resource.path, "read")]

    @router.get("", name=f"list_{resource.noun}s", dependencies=may_read, response_model=Page[Out])  # type: ignore[valid-type]
    async def list_rows(
        db: DbDep,
        filters: Annotated[Filters, Query()],  # type: ignore[valid-type]
        page: Annotated[PageParams, Depends(page_params)],
    ) -> Any:
        rows, cursor = await paginate(db, resource.listed(filters), page, resource.model.id)
        return {"items": rows, "next_cursor": cursor}

    @router.get("/{row_id}", name=f"get_{resource.noun}", dependencies=may_read, response_model=Out)
    async def get_row(row_id: UUID, db: DbDep, response: Response) -> Any:
        row = await resource.get(db, row_id)
        set_etag(response, row)
        return row


def add_writing(router: APIRouter, resource: Resource[Any]) -> None:
    New, Edit, Out = resource.new, resource.edit, resource.out
    may_write = [permit(resource.path, "write")]

    @router.post("", name=f"create_{resource.noun}", status_code=201, dependencies=may_write, response_model=Out)
    async def create_row(body: New, db: DbDep, caller: CallerDep, request: Request, response: Response) -> Any:  # type: ignore[valid-type]
        row = await resource.create(db, caller, body.model_dump())  # type: ignore[attr-defined]
        set_etag(response, row)
        response.headers["Location"] = f"{request.url.path}/{row.id}"
        return row

    @router.patch("/{row_id}", name=f"update_{resource.noun}", dependencies=may_write, response_model=Out)
    async def update_row(
        row_id: UUID,
        body: Edit,  # type: ignore[valid-type]
        db: DbDep,
        caller: CallerDep,
        response: Response,
        expected: IfMatchDep,
    ) -> Any:
        row = await resource.update(db, caller, row_id, body.model_dump(exclude_unset=True), expected)  # type: ignore[attr-defined]
        set_etag(response, row)
        return row

    @router.delete("/{row_id}", name=f"delete_{resource.noun}", status_code=204, dependencies=may_write)
    async def delete_row(row_id: UUID, db: DbDep, caller: CallerDep, expected: IfMatchDep) -> None:
        await resource.remove(db, caller, row_id, expected)
