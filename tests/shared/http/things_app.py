"""The sample service over HTTP."""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, FastAPI, Response, UploadFile
from pydantic import AwareDatetime, BaseModel, ConfigDict
from sqlalchemy import select

from shared.bus.outbox import emit
from shared.errors import NotFound
from shared.http.app import create_app
from shared.http.auth import permit
from shared.http.etag import IfMatchDep, check_version, set_etag
from shared.http.pagination import Page, PageParams, page_params, paginate
from shared.http.tenant_route import DbDep, TenantRoute
from shared.settings import ServiceSettings
from tests.conftest import Urls
from tests.shared.sample import Thing, ThingCreated, ThingSnapshot

router = APIRouter(prefix="/api/v1/things", route_class=TenantRoute, dependencies=[permit("notes", "read")])


class NewThing(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    seen_at: AwareDatetime | None = None
    weight: float = 0
    count: int = 0


class ThingOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    row_version: int


@router.post("", status_code=201, dependencies=[permit("notes", "write")])
async def post_thing(body: NewThing, db: DbDep, response: Response) -> ThingOut:
    thing = Thing(name=body.name)
    db.add(thing)
    await db.flush()
    await emit(db, ThingCreated(id=thing.id, row_version=1, name=thing.name))
    if body.name == "slow":
        await asyncio.sleep(2)
    if body.name == "broken":
        raise RuntimeError("the secret is 42")
    set_etag(response, thing)
    return ThingOut.model_validate(thing)


@router.post("/files", status_code=201, dependencies=[permit("notes", "write")])
async def post_thing_file(file: UploadFile, db: DbDep) -> ThingOut:
    thing = Thing(name=(await file.read()).decode())
    db.add(thing)
    await db.flush()
    return ThingOut.model_validate(thing)


@router.get("")
async def list_things(db: DbDep, params: Annotated[PageParams, Depends(page_params)]) -> Page[ThingOut]:
    rows, cursor = await paginate(db, select(Thing), params, Thing.created_at, Thing.id, descending=True)
    return Page(items=[ThingOut.model_validate(row) for row in rows], next_cursor=cursor)


@router.get("/{thing_id}")
async def get_thing(thing_id: UUID, db: DbDep, response: Response) -> ThingOut:
    thing = await db.scalar(select(Thing).where(Thing.id == thing_id))
    if thing is None:
        raise NotFound("There is no such thing.")
    set_etag(response, thing)
    return ThingOut.model_validate(thing)


@router.patch("/{thing_id}", dependencies=[permit("notes", "write")])
async def patch_thing(thing_id: UUID, body: NewThing, db: DbDep, expected: IfMatchDep) -> ThingOut:
    thing = (await db.scalars(select(Thing).where(Thing.id == thing_id).with_for_update())).one()
    check_version(thing, expected)
    thing.name = body.name
    await db.flush()
    return ThingOut.model_validate(thing)


def build(urls: Urls, jwks_url: str) -> FastAPI:
    settings = ServiceSettings(
        service="sample",
        port=1,
        jwks_url=jwks_url,
        database_url=urls.app,
        kafka_bootstrap="127.0.0.1:1",
        max_body_bytes=100_000,
    )
    return create_app(settings, [router], snapshots={"thing": (Thing, lambda row: ThingSnapshot.model_validate(row))})
