"""Who assigns numbers, and who may change what: the operator sets the ceiling, the account stays below it."""

from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError

from services.messaging.senders import queries
from services.messaging.senders.models import SenderNumber
from services.messaging.senders.schemas import NumberChange
from services.messaging.sending.limits import Limits
from shared.db.database import Db
from shared.errors import Conflict, Invalid
from shared.text.phones import to_e164


@dataclass(frozen=True)
class Assignment:
    """A number of the installation's Twilio account, and what may go from it; without ceilings the settings' hold."""

    number: str
    label: str | None = None
    max_segments_per_second: float | None = None
    max_daily_limit: int | None = None


async def assign_number(db: Db, given: Assignment) -> SenderNumber:
    """An operator's act, safe to repeat: the number is this account's, with these ceilings. Raises Invalid and Conflict."""
    if to_e164(given.number) != given.number:
        raise Invalid("A number is written in E.164, like +12145550100.", field="number")
    try:
        return await queries.upsert_number(db, given)
    except IntegrityError as error:
        raise Conflict("This number belongs to another account.") from error


def change_number(row: SenderNumber, change: NumberChange, limits: Limits) -> None:
    """Raises Invalid for more than the operator allows."""
    for name in change.model_fields_set:
        setattr(row, name, getattr(change, name))
    for name, holds in (("segments_per_second", limits.rate(row)), ("daily_limit", limits.day(row))):
        wanted = getattr(row, name)
        if name in change.model_fields_set and wanted is not None and wanted > holds:
            raise Invalid(f"The operator of this installation allows at most {holds:g}.", field=name)
