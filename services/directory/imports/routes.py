"""POST /api/v1/contractors/import and /api/v1/attendees/import."""

import asyncio
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from services.directory.imports import use_cases
from services.directory.imports.schemas import ImportReport
from services.directory.imports.tables import Table, read_table
from services.directory.imports.use_cases import ImportOptions
from services.directory.settings import DirectorySettings
from shared.errors import Invalid, TooLarge, UnsupportedMedia
from shared.http.auth import CallerDep, permit
from shared.http.tenant_route import DbDep, TenantRoute

router = APIRouter(prefix="/api/v1", route_class=TenantRoute)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
RAW = ("text/csv", "text/plain", "application/octet-stream", XLSX)
_FILE = {"schema": {"type": "string", "format": "binary"}}
_FORM = {"schema": {"type": "object", "properties": {"file": _FILE["schema"]}, "required": ["file"]}}
_BODY: dict[str, Any] = {
    "requestBody": {"required": True, "content": {"text/csv": _FILE, XLSX: _FILE, "multipart/form-data": _FORM}}
}

DryRun = Annotated[bool, Query(description="Say what would happen, and change nothing.")]


@router.post(
    "/contractors/import", tags=["contractors"], dependencies=[permit("contractors", "write")], openapi_extra=_BODY
)
async def import_contractors(request: Request, db: DbDep, caller: CallerDep, dry_run: DryRun = False) -> ImportReport:
    """CSV or XLSX, the first line names the columns. A contractor is the same by phone; empty cells change nothing."""
    table, options = await _read(request, dry_run)
    return await use_cases.import_contractors(db, caller, table, options)


@router.post("/attendees/import", tags=["attendees"], dependencies=[permit("attendees", "write")], openapi_extra=_BODY)
async def import_attendees(
    request: Request, event_id: UUID, db: DbDep, caller: CallerDep, dry_run: DryRun = False
) -> ImportReport:
    """CSV or XLSX. An attendee is the same by contractor, phone or e-mail; contractors are found by phone or e-mail."""
    table, options = await _read(request, dry_run)
    return await use_cases.import_attendees(db, caller, event_id, table, options)


async def _read(request: Request, dry_run: bool) -> tuple[Table, ImportOptions]:
    settings: DirectorySettings = request.app.state.settings
    table = await asyncio.to_thread(read_table, await _file(request), settings.import_rows)
    return table, ImportOptions(dry_run=dry_run, region=settings.phone_region)


async def _file(request: Request) -> bytes:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in RAW:
        return await request.body()
    if kind != "multipart/form-data":
        raise UnsupportedMedia("Send text/csv, an XLSX file, or a form with one file.")
    try:
        form = await request.form(max_files=1, max_fields=10)
    except HTTPException as error:
        if "Too many" in str(error.detail):
            raise TooLarge("The form has too many parts. Send one file.") from None
        raise Invalid("The form cannot be read. Send it again as multipart/form-data with one file.") from None
    try:
        for _, part in form.multi_items():
            if isinstance(part, UploadFile):
                return await part.read()
    finally:
        await form.close()
    raise Invalid("The form holds no file. Add one in the field `file`.", field="file")
