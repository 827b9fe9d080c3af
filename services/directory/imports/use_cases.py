"""Contractors and attendees from a file: planned as a whole, then written, unless it is a dry run."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from services.directory.imports import columns, queries, rules
from services.directory.imports.schemas import ImportReport
from services.directory.imports.tables import Table
from services.directory.people.models import Attendee, Contractor
from services.directory.people.resources import ATTENDEES, CONTRACTORS
from services.directory.people.schemas import NewAttendee, NewContractor
from services.directory.programme.queries import lock_of_event
from services.directory.programme.resources import EVENTS
from services.directory.resource import Resource
from shared.db.database import Db
from shared.errors import Invalid
from shared.http.auth import Caller

_BETWEEN_AREAS = str.maketrans(";|/", ",,,")


class ImportOptions(BaseModel):
    """`region` is where a number without a country code is from."""

    dry_run: bool
    region: str


async def import_contractors(db: Db, caller: Caller, table: Table, options: ImportOptions) -> ImportReport:
    found = columns.recognise(table.headings, columns.CONTRACTOR_FIELDS)
    if "phone" not in found.used.values():
        raise Invalid("No column with phone numbers was found. Name one Phone: it tells contractors apart.")
    drafts = [rules.draft(line, found.values(cells), options.region) for line, cells in table.rows]
    for each in drafts:
        if "focus_areas" in each.values:
            parts = str(each.values["focus_areas"]).translate(_BETWEEN_AREAS).split(",")
            each.values["focus_areas"] = [part.strip() for part in parts if part.strip()]
        if each.phone is None and each.why is None:
            each.why = "The phone is missing: it tells contractors apart."
    phones = [each.phone for each in drafts if each.phone]
    known = await queries.lock_contractors_by_phone(db, phones)
    plan = rules.plan_contractors(drafts, known, NewContractor, CONTRACTORS.edit)
    return await _finish(db, caller, CONTRACTORS, plan, found, options)


async def import_attendees(
    db: Db, caller: Caller, event_id: UUID, table: Table, options: ImportOptions
) -> ImportReport:
    await EVENTS.get(db, event_id, lock=True)  # two imports into one event wait for each other
    found = columns.recognise(table.headings, columns.ATTENDEE_FIELDS)
    if not {"full_name", "first_name", "last_name", "email", "phone"} & set(found.used.values()):
        raise Invalid("No column with names, e-mails or phones was found. Name at least one of them so.")
    drafts = [rules.draft(line, found.values(cells), options.region) for line, cells in table.rows]
    for each in drafts:
        if "status" in each.values:
            each.values["status"] = str(each.values["status"]).strip().lower().replace(" ", "_").replace("-", "_")
    guests = await _Guests.of(db, event_id, drafts)
    plan = rules.plan_attendees(drafts, guests.find, NewAttendee, ATTENDEES.edit, event_id)
    return await _finish(db, caller, ATTENDEES, plan, found, options)


class _Guests:
    """Who is known of an event and of the account, by phone and e-mail."""

    def __init__(self, attendees: Sequence[Attendee], contractors: Sequence[Contractor]) -> None:
        self._contractors = {str(c.phone): c.id for c in contractors if c.phone}
        self._by_email: dict[str, set[UUID]] = {}
        for contractor in contractors:
            if contractor.email:
                self._by_email.setdefault(contractor.email, set()).add(contractor.id)
        self._attendees: dict[UUID | str | None, Attendee] = {}
        for attendee in attendees:
            for key in (attendee.contractor_id, attendee.phone, attendee.email, _name_key(attendee.full_name)):
                if key is not None:
                    self._attendees.setdefault(key, attendee)

    @classmethod
    async def of(cls, db: Db, event_id: UUID, drafts: list[rules.Draft]) -> "_Guests":
        phones = [each.phone for each in drafts if each.phone]
        emails = [each.email for each in drafts if each.email]
        guests = await lock_of_event(db, Attendee, event_id)
        return cls(guests, await queries.list_contractors(db, phones, emails))

    def find(self, each: rules.Draft) -> tuple[Attendee | None, UUID | None]:
        """The attendee whom the line means, and the contractor; an e-mail of several people is nobody's."""
        by_email = self._by_email.get(each.email or "", set())
        contractor_id = self._contractors.get(each.phone or "") or (min(by_email) if len(by_email) == 1 else None)
        known = self._attendees.get(contractor_id) if contractor_id else None
        for attendee in (known, self._attendees.get(each.email), self._attendees.get(each.phone)):
            if attendee is not None and _may_be(attendee, each, contractor_id):
                return attendee, contractor_id
        nameless = each.phone or each.email
        return (None if nameless else self._attendees.get(_name_key(each.values.get("full_name")))), contractor_id


def _may_be(attendee: Attendee, each: rules.Draft, contractor_id: UUID | None) -> bool:
    """Colleagues share a phone: another e-mail is another person, unless both are the same contractor."""
    if contractor_id is not None and attendee.contractor_id is not None:
        return attendee.contractor_id == contractor_id
    return attendee.email is None or each.email is None or attendee.email == each.email


def _name_key(full_name: str | None) -> str | None:
    """Told apart from phones and e-mails by its mark."""
    return f"name {full_name.casefold().strip()}" if full_name else None


async def _finish(
    db: Db, caller: Caller, resource: Resource[Any], plan: rules.Plan, found: columns.Columns, options: ImportOptions
) -> ImportReport:
    if not options.dry_run:
        for _, row, values in plan.edits:
            await resource.check(db, caller, row, values)
            await resource.write(db, row, values)
        made = await resource.create_many(db, caller, [values for _, values in plan.new])
        for (told, _), row in zip(plan.new, made, strict=True):
            told.id = row.id
    return plan.report(found, dry_run=options.dry_run)
