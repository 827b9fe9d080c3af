"""A programme file becomes sessions, speakers and sponsors; importing it again changes only what changed in it."""

from collections import Counter
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ValidationError

from services.directory.programme.listing import Listing, Place, Talk
from services.directory.programme.matching import Sessions
from services.directory.programme.models import Event, EventSession
from services.directory.programme.queries import lock_of_event
from services.directory.programme.resources import SESSIONS, SPEAKERS, SPONSORS
from services.directory.programme.schemas import MAX_SPEAKERS, NewSession, NewSpeaker, NewSponsor
from services.directory.resource import Resource
from shared.db.database import Db
from shared.errors import Invalid
from shared.http.auth import Caller

MOST_NAMED = 10_000
Outcome = Literal["created", "updated", "unchanged"]


class Taken(BaseModel):
    """An entry that is now a row; `line` of a calendar or `path` in a JSON document says where it stands."""

    line: int | None
    path: str | None
    kind: Literal["session", "speaker", "sponsor"]
    name: str
    outcome: Outcome
    id: UUID


class NotUnderstood(BaseModel):
    line: int | None
    path: str | None
    text: str
    why: str


class ProgrammeReport(BaseModel):
    """What was taken and what was not. An entry may be in both: taken, but for a bit of it.

    `not_understood` has the first thousand, `not_understood_count` counts all.
    """

    created: int
    updated: int
    unchanged: int
    taken: list[Taken]
    not_understood: list[NotUnderstood]
    not_understood_count: int


async def import_programme(db: Db, caller: Caller, event: Event, listing: Listing) -> ProgrammeReport:
    if sum(len(talk.speakers or []) for talk in listing.talks) > MOST_NAMED:
        raise Invalid(f"The programme names more than {MOST_NAMED} speakers. Send it in several files.")
    return await _Import(db, caller, event, listing).run()


class _Import:
    """One file on its way into one event, whose row is locked: two imports of it do not cross."""

    def __init__(self, db: Db, caller: Caller, event: Event, listing: Listing) -> None:
        self.db, self.caller, self.event, self.listing = db, caller, event, listing
        self.taken: list[Taken] = []
        self.speaker_ids: dict[str, UUID] = {}

    async def run(self) -> ProgrammeReport:
        people, firms = await self._known(SPEAKERS, "full_name"), await self._known(SPONSORS, "name")
        for place, fields in self.listing.speakers:
            await self._take_named(SPEAKERS, "full_name", NewSpeaker, place, fields, people)
        for place, fields in self.listing.sponsors:
            await self._take_named(SPONSORS, "name", NewSponsor, place, fields, firms)
        known = Sessions(await lock_of_event(self.db, EventSession, self.event.id), self.listing.talks)
        for talk in self.listing.talks:
            values = await self._valid(NewSession, talk.place, _fields_of(talk, self.event.id))
            if values is None:
                continue
            if known.is_second(talk, values):
                self.listing.miss(talk.place, talk.title, "The file has this talk before; the first one was taken.")
            else:
                await self._take_talk(talk, values, known.find(talk, values), people)
        return self._report()

    async def _known(self, resource: Resource[Any], name: str) -> dict[str, Any]:
        """The event's rows by name, in any case."""
        rows = await lock_of_event(self.db, resource.model, self.event.id)
        return {getattr(row, name).casefold(): row for row in rows}

    async def _take_named(
        self,
        resource: Resource[Any],
        name: str,
        new: type[BaseModel],
        place: Place,
        fields: dict[str, Any],
        known: dict[str, Any],
    ) -> UUID | None:
        """A speaker or sponsor, the same as one of that name; None when it cannot be taken."""
        values = await self._valid(new, place, {"event_id": self.event.id, **fields})
        if values is None:
            return None
        row = known.get(values[name].casefold())
        given = {key: values[key] for key in fields if values[key] not in (None, [])}
        row, outcome = await self._save(resource, row, values, given)
        known[values[name].casefold()] = row
        self._note(place, resource.noun, values[name], outcome, row.id)
        return UUID(str(row.id))

    async def _take_talk(
        self, talk: Talk, values: dict[str, Any], row: EventSession | None, people: dict[str, Any]
    ) -> None:
        if values["starts_at"] and values["ends_at"] and values["ends_at"] < values["starts_at"]:
            self.listing.miss(talk.place, talk.title, "It ends before it starts; the end was left out.")
            values["ends_at"] = None
        values["source_uid"] = talk.uid
        values["speaker_ids"] = await self._speaker_ids(talk, people)
        given = {name: value for name, value in values.items() if name != "event_id"}
        if talk.speakers is None:
            del given["speaker_ids"]
        if talk.uid is None:
            del given["source_uid"]
        saved, outcome = await self._save(SESSIONS, row, values, given)
        self._note(talk.place, "session", talk.title, outcome, saved.id)

    async def _speaker_ids(self, talk: Talk, people: dict[str, Any]) -> list[UUID]:
        ids = []
        if len(talk.speakers or []) > MAX_SPEAKERS:
            self.listing.miss(
                talk.place, talk.title, f"A session has at most {MAX_SPEAKERS} speakers; the first were taken."
            )
        for fields in (talk.speakers or [])[:MAX_SPEAKERS]:
            known = people.get(str(fields.get("full_name", "")).strip().casefold())
            if known is not None and fields.keys() == {"full_name"}:
                ids.append(known.id)
            else:
                ids.append(await self._take_named(SPEAKERS, "full_name", NewSpeaker, talk.place, fields, people))
        return list(dict.fromkeys(speaker_id for speaker_id in ids if speaker_id is not None))

    async def _valid(self, new: type[BaseModel], place: Place, fields: dict[str, Any]) -> dict[str, Any] | None:
        """The fields as they would be over HTTP; an optional one that is wrong is reported and left out."""
        for _ in range(2):
            try:
                return new.model_validate(fields).model_dump()
            except ValidationError as error:
                wrong = {str(each["loc"][0]): each["msg"] for each in error.errors()}
            for name, why in wrong.items():
                self.listing.miss(place, str(fields.get(name)), f"{name}: {why}.")
            if any(new.model_fields[name].is_required() for name in wrong):
                return None
            fields = {name: value for name, value in fields.items() if name not in wrong}
        return None

    async def _save(
        self, resource: Resource[Any], row: Any, values: dict[str, Any], given: dict[str, Any]
    ) -> tuple[Any, Outcome]:
        if row is None:
            return await resource.create(self.db, self.caller, values), "created"
        return row, "updated" if await resource.write(self.db, row, given) else "unchanged"

    def _note(self, place: Place, kind: Any, name: str, outcome: Outcome, row_id: UUID) -> None:
        self.taken.append(Taken(line=place.line, path=place.path, kind=kind, name=name, outcome=outcome, id=row_id))

    def _report(self) -> ProgrammeReport:
        counts = Counter(each.outcome for each in self.taken)
        missed = [
            NotUnderstood(line=each.place.line, path=each.place.path, text=each.text, why=each.why)
            for each in sorted(self.listing.unread, key=lambda each: each.place.line or 0)
        ]
        return ProgrammeReport(
            created=counts["created"],
            updated=counts["updated"],
            unchanged=counts["unchanged"],
            taken=self.taken,
            not_understood=missed,
            not_understood_count=self.listing.missed,
        )


def _fields_of(talk: Talk, event_id: UUID) -> dict[str, Any]:
    return {
        "event_id": event_id,
        "title": talk.title,
        "starts_at": talk.starts_at,
        "ends_at": talk.ends_at,
        "location": talk.location,
        "description": talk.description,
    }
