"""Contractors, attendees, demo bookings: what is particular about each."""

from collections.abc import Sequence

from services.directory.accounts.resources import USERS
from services.directory.accounts.use_cases import operator_of
from services.directory.fields import edit_of
from services.directory.people import queries
from services.directory.people.models import Attendee, Contractor, DemoBooking
from services.directory.people.schemas import (
    AttendeeFilters,
    AttendeeOut,
    ContractorFilters,
    ContractorOut,
    DemoBookingFilters,
    DemoBookingOut,
    NewAttendee,
    NewContractor,
    NewDemoBooking,
)
from services.directory.programme.resources import EVENTS, PARTNERS, SPONSORS
from services.directory.resource import ARCHIVED, Published, Resource, Values
from shared.contracts import directory as contracts
from shared.db.database import Db
from shared.errors import Invalid
from shared.http.auth import Caller
from shared.ids import uuid7

CONTRACTOR = "contractor"


class Contractors(Resource[Contractor]):
    """Each has a user row, so that every `user_id` resolves; signing in is optional."""

    async def check(self, db: Db, caller: Caller, row: Contractor | None, values: Values) -> None:
        if row is None:
            values["user_id"] = uuid7()
        elif row.provisional and values.get("full_name"):
            values["provisional"] = False

    async def created(self, db: Db, rows: Sequence[Contractor]) -> None:
        if rows:
            await USERS.create_many(db, operator_of(rows[0].account_id), [_user_of(row) for row in rows])
        await self._meet(db, rows)

    async def changed(self, db: Db, row: Contractor, names: Sequence[str]) -> None:
        user = await USERS.get(db, row.user_id, lock=True)
        if user.role == CONTRACTOR:
            await USERS.write(db, user, {"full_name": row.full_name, "status": row.status})
        if "phone" in names:
            await self._meet(db, [row])

    async def release(self, db: Db, row: Contractor) -> None:
        user = await USERS.get(db, row.user_id)
        if user.role == CONTRACTOR and user.status != ARCHIVED:
            await USERS.archive(db, user)

    async def _meet(self, db: Db, rows: Sequence[Contractor]) -> None:
        """Attendees without a contractor who have this one's phone are this one."""
        ids = {row.phone: row.id for row in rows if row.phone}
        found = await queries.lock_nameless_attendees(db, ids.keys())
        if not found:
            return
        met = await queries.find_parts(db, ids.values())
        for attendee in found:
            contractor_id = ids[attendee.phone or ""]
            if (attendee.event_id, contractor_id) not in met:
                met.add((attendee.event_id, contractor_id))
                await ATTENDEES.write(db, attendee, {"contractor_id": contractor_id})


def _user_of(row: Contractor) -> Values:
    return {"id": row.user_id, "full_name": row.full_name, "role": CONTRACTOR}


CONTRACTORS = Contractors(
    noun="contractor",
    model=Contractor,
    new=NewContractor,
    edit=edit_of(NewContractor),
    out=ContractorOut,
    filters=ContractorFilters,
    events=Published(
        contracts.ContractorCreated,
        contracts.ContractorUpdated,
        contracts.ContractorDeleted,
        contracts.ContractorSnapshot,
    ),
    archives=True,
    conflicts={"uq_contractors_phone": "Another contractor of this account has this phone already."},
)


class Attendees(Resource[Attendee]):
    """One whose phone is a contractor's is that contractor, unless they have their part in the event already."""

    async def create_many(self, db: Db, caller: Caller, many: Sequence[Values]) -> list[Attendee]:
        await self._recognise(db, [values for values in many if not values.get("contractor_id")])
        return await super().create_many(db, caller, many)

    async def check(self, db: Db, caller: Caller, row: Attendee | None, values: Values) -> None:
        await super().check(db, caller, row, values)
        if row is None:
            if not any(values.get(name) for name in ("contractor_id", "full_name", "email", "phone")):
                raise Invalid("Say who it is: a contractor, a name, an e-mail or a phone.", field="full_name")
        elif row.contractor_id is None and "contractor_id" not in values and values.get("phone"):
            values["event_id"] = row.event_id
            await self._recognise(db, [values])
        if values.get("status") == "checked_in" and not values.get("checked_in_at"):
            values["checked_in_at"] = (row and row.checked_in_at) or db.now

    async def _recognise(self, db: Db, many: Sequence[Values]) -> None:
        """All at once: a file has thousands."""
        contractors = await queries.find_contractors_by_phone(db, {each["phone"] for each in many if each.get("phone")})
        met = await queries.find_parts(db, contractors.values()) if contractors else set()
        for values in many:
            contractor_id = contractors.get(values.get("phone") or "")
            if contractor_id is not None and (values["event_id"], contractor_id) not in met:
                met.add((values["event_id"], contractor_id))
                values["contractor_id"] = contractor_id


ATTENDEES = Attendees(
    noun="attendee",
    model=Attendee,
    new=NewAttendee,
    edit=edit_of(NewAttendee, without=("event_id",)),
    out=AttendeeOut,
    filters=AttendeeFilters,
    refers={"event_id": EVENTS, "contractor_id": CONTRACTORS},
    events=Published(
        contracts.AttendeeCreated, contracts.AttendeeUpdated, contracts.AttendeeDeleted, contracts.AttendeeSnapshot
    ),
    conflicts={"uq_attendees_contractor": "This contractor is an attendee of this event already."},
)


DEMO_BOOKINGS = Resource(
    noun="demo_booking",
    model=DemoBooking,
    new=NewDemoBooking,
    edit=edit_of(NewDemoBooking, without=("contractor_id",)),
    out=DemoBookingOut,
    filters=DemoBookingFilters,
    refers={"contractor_id": CONTRACTORS, "event_id": EVENTS, "sponsor_id": SPONSORS, "partner_id": PARTNERS},
    events=Published(
        contracts.DemoBookingCreated,
        contracts.DemoBookingUpdated,
        contracts.DemoBookingDeleted,
        contracts.DemoBookingSnapshot,
    ),
)
