"""What a booked demo asks for: its preparation, due the day before."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from services.actions.action_items.rules import due_at


@dataclass(frozen=True)
class Booking:
    """`company` as the booking, its sponsor or its partner names it; `zone` is the contractor's, else the event's."""

    id: UUID
    contractor_id: UUID
    event_id: UUID | None
    sponsor_id: UUID | None
    partner_id: UUID | None
    company: str | None
    starts_at: datetime
    status: str
    contractor_is_gone: bool
    zone: ZoneInfo

    @property
    def is_called_off(self) -> bool:
        return self.status == "cancelled"

    @property
    def due_on(self) -> date:
        return self.starts_at.astimezone(self.zone).date() - timedelta(days=1)

    @property
    def reasoning(self) -> str:
        return f"Demo scheduled for {self.starts_at.astimezone(self.zone):%b %-d}, prep day before"

    def wants_preparation(self, now: datetime) -> bool:
        return self.status == "booked" and self.starts_at > now and not self.contractor_is_gone

    def due_at(self, now: datetime) -> datetime:
        """Now, where the day before is over; never after the demo has begun."""
        due = due_at(self.due_on, self.zone)
        assert due is not None
        return min(max(due, now), self.starts_at)


def title_of(company: str | None) -> str:
    return f"Prepare for {company} demo" if company else "Prepare for the demo"


def preparation_of(booking: Booking, now: datetime) -> dict[str, Any]:
    """The columns of the promise."""
    return {
        "contractor_id": booking.contractor_id,
        "event_id": booking.event_id,
        "title": title_of(booking.company),
        "action_type": "demo_prep",
        "due_date": booking.due_at(now),
        "related_partner_id": booking.partner_id,
        "related_sponsor_id": booking.sponsor_id,
        "related_demo_booking_id": booking.id,
        "ai_generated": True,
        "ai_reasoning": booking.reasoning,
    }


def what_moved(booking: Booking, company: str | None, due_on: date, title: str, now: datetime) -> dict[str, Any]:
    """New values of a promise that was told `company` and `due_on`; a title or a due date of somebody's own stays."""
    values: dict[str, Any] = {}
    if booking.due_on != due_on and booking.starts_at > now:
        values |= {"due_date": booking.due_at(now), "ai_reasoning": booking.reasoning}
    if booking.company != company and title == title_of(company):
        values |= {"title": title_of(booking.company)}
    return values
