"""Drafts of introductions over HTTP: read, changed, approved, discarded, reported sent."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from services.actions.drafts import queries, use_cases
from services.actions.drafts.models import EmailIntroDraft
from services.actions.drafts.schemas import Discard, DraftChange, DraftOut, DraftStatus
from shared.db.database import Db
from shared.http.auth import CallerDep, permit
from shared.http.etag import IfMatchDep, check_version, set_etag
from shared.http.pagination import Page, PageParams, page_params, paginate
from shared.http.tenant_route import DbDep, TenantRoute

router = APIRouter(prefix="/api/v1/email-intro-drafts", tags=["introductions"], route_class=TenantRoute)
READ, WRITE = permit("email-intro-drafts", "read"), permit("email-intro-drafts", "write")


@router.get("", dependencies=[READ])
async def list_email_intro_drafts(
    db: DbDep,
    params: Annotated[PageParams, Depends(page_params)],
    contractor_id: UUID | None = None,
    action_item_id: UUID | None = None,
    status: DraftStatus | None = None,
) -> Page[DraftOut]:
    """Newest first."""
    filters = {"contractor_id": contractor_id, "action_item_id": action_item_id, "status": status}
    rows, cursor = await paginate(db, queries.list_drafts(filters), params, EmailIntroDraft.id, descending=True)
    return Page(items=[DraftOut.model_validate(row) for row in rows], next_cursor=cursor)


@router.get("/{draft_id}", dependencies=[READ])
async def get_email_intro_draft(draft_id: UUID, db: DbDep, response: Response) -> DraftOut:
    return _shown(await queries.get_draft(db, draft_id), response)


@router.patch("/{draft_id}", dependencies=[WRITE])
async def patch_email_intro_draft(
    draft_id: UUID, body: DraftChange, db: DbDep, expected: IfMatchDep, response: Response
) -> DraftOut:
    """Until it is approved."""
    draft = await _lock(db, draft_id, expected)
    await use_cases.edit_draft(db, draft, body.sent())
    return _shown(draft, response)


@router.post("/{draft_id}/approve", dependencies=[WRITE])
async def approve_email_intro_draft(
    draft_id: UUID, caller: CallerDep, db: DbDep, expected: IfMatchDep, response: Response
) -> DraftOut:
    """May go out as it is. We do not send e-mail yet: whoever sends it says so by `/sent`."""
    draft = await _lock(db, draft_id, expected)
    await use_cases.approve_draft(db, draft, caller)
    return _shown(draft, response)


@router.post("/{draft_id}/discard", dependencies=[WRITE])
async def discard_email_intro_draft(
    draft_id: UUID, db: DbDep, expected: IfMatchDep, response: Response, body: Discard | None = None
) -> DraftOut:
    draft = await _lock(db, draft_id, expected)
    await use_cases.discard_draft(db, draft, body.reason if body else None)
    return _shown(draft, response)


@router.post("/{draft_id}/sent", dependencies=[WRITE])
async def report_email_intro_sent(
    draft_id: UUID, caller: CallerDep, db: DbDep, expected: IfMatchDep, response: Response
) -> DraftOut:
    """An approved draft went out; the history of its action item gets an `email_sent`."""
    draft = await _lock(db, draft_id, expected)
    await use_cases.report_sent(db, draft, caller)
    return _shown(draft, response)


async def _lock(db: Db, draft_id: UUID, expected: int | None) -> EmailIntroDraft:
    draft = await queries.lock_draft(db, draft_id)
    check_version(draft, expected)
    return draft


def _shown(draft: EmailIntroDraft, response: Response) -> DraftOut:
    set_etag(response, draft)
    return DraftOut.model_validate(draft)
