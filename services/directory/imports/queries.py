"""Which rows the lines of a file may mean. Arrays, not IN: a statement takes 32,767 parameters, and a file more lines."""

from collections.abc import Collection, Sequence

from sqlalchemy import or_, select

from services.directory.base import any_text
from services.directory.people.models import Contractor
from services.directory.resource import ARCHIVED
from shared.db.database import Db


async def lock_contractors_by_phone(db: Db, phones: Collection[str]) -> dict[str, Contractor]:
    same = select(Contractor).where(Contractor.phone == any_text(phones), Contractor.status != ARCHIVED)
    return {str(row.phone): row for row in await db.scalars(same.with_for_update())}


async def list_contractors(db: Db, phones: Collection[str], emails: Collection[str]) -> Sequence[Contractor]:
    people = select(Contractor).where(
        or_(Contractor.phone == any_text(phones), Contractor.email == any_text(emails)), Contractor.status != ARCHIVED
    )
    return (await db.scalars(people)).all()
