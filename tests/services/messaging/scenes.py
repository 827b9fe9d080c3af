"""What many tests begin with: somebody directory knows, an hour of the day, a question."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from services.messaging.contractors.handlers import HANDLERS as LEARN
from services.messaging.contractors.handlers import REPLICAS
from shared.contracts.directory import ContractorCreated
from shared.contracts.messaging import Option, Question
from shared.db.database import Tenant
from tests.services.messaging.stack import Messaging

ARRIVED = ("sent", "delivered")


def question(ref: str, *labels: str, hours: float = 24) -> Question:
    options = [Option(key=label.lower(), label=label) for label in labels]
    return Question(kind="check_in", ref=ref, options=options, expires_at=datetime.now(UTC) + timedelta(hours=hours))


async def know(messaging: Messaging, contractor_id: UUID, phone: str | None, version: int = 1, **more: Any) -> None:
    event = ContractorCreated(id=contractor_id, row_version=version, phone=phone, **more)
    async with messaging.database.begin(Tenant(messaging.account_id)) as db:
        await REPLICAS[ContractorCreated](db, event)
        await LEARN[ContractorCreated](db, event)


async def at(messaging: Messaging, hour: int) -> datetime:
    """Move the database's clock to that hour of tomorrow in Dallas: where the number is from decides from now on."""
    messaging.time_zone = None
    now = datetime.now(ZoneInfo("America/Chicago"))
    wanted = (now + timedelta(days=1)).replace(hour=hour, minute=0, second=0, microsecond=0)
    await messaging.move_clock(f"{(wanted - now).total_seconds()} seconds")
    return wanted
