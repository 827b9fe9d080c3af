"""What will be said, when and why: the dispatcher's own rules, asked beforehand."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from services.followups.dispatch.rules import Decision
from services.followups.dispatch.texts import Part, options_of, words_of
from services.followups.dispatch.use_cases import Surroundings
from services.followups.planning.rules import Clock
from services.followups.schedules import queries
from services.followups.schedules.models import FollowupSchedule
from services.followups.schedules.schemas import Preview
from shared.db.database import Db

_MEANING = {
    "contractor_gone": "They are gone, or archived.",
    "opted_out": "They opted out of texts.",
    "event_archived": "The event is archived.",
    "item_completed": "The promise is kept already.",
    "item_cancelled": "The promise was dropped.",
}


async def preview_schedule(db: Db, row: FollowupSchedule) -> Preview:
    if row.status != "scheduled" or row.handed_over_at is not None:
        return await _of_the_past(db, row)
    then = max(row.send_at, db.now)
    rows = await queries.list_waiting_until(db, row.contractor_id, then)
    around = await Surroundings.read(db, rows, [row.contractor_id])
    clocks = [replace(around.clock(db, each), now=then) for each in rows]
    decision = around.decide(rows, clocks)
    number = next(place for place, each in enumerate(rows) if each.id == row.id)
    text = next((text for text in decision.texts if number in text), [number])
    parts = [around.part(rows[place]) for place in text]
    goes_at = decision.later.get(number, then) if number not in decision.cancel else None
    return _preview(row, parts, clocks[number], goes_at, _why(row, number, decision, clocks[number]))


async def _of_the_past(db: Db, row: FollowupSchedule) -> Preview:
    around = await Surroundings.read(db, [row], [row.contractor_id])
    why = f"It is {row.status} already." if row.status != "scheduled" else "It is being sent right now."
    reason = [f"Reason: {row.cancel_reason}."] if row.cancel_reason else []
    return _preview(row, [around.part(row)], around.clock(db, row), None, [why, *reason])


def _preview(
    row: FollowupSchedule, parts: Sequence[Part], clock: Clock, goes_at: datetime | None, why: list[str]
) -> Preview:
    return Preview(
        schedule_id=row.id,
        body=words_of(parts),
        options=[option.label for option in options_of(parts)],
        scheduled_time=row.scheduled_time,
        will_send_at=goes_at,
        will_send_at_local=f"{goes_at.astimezone(clock.zone):%A, %B %-d, %Y %H:%M %Z}" if goes_at else None,
        time_zone=clock.zone.key,
        would_be_sent=goes_at is not None,
        prepared=len(parts) == 1 and row.prepared_body is not None,
        together_with=[part.row.id for part in parts if part.row.id != row.id],
        why=why,
    )


def _why(row: FollowupSchedule, number: int, decision: Decision, clock: Clock) -> list[str]:
    by = {"policy": "Planned by the account's policy", "person": "Asked for by the contractor"}
    reasons = [f"{by.get(row.planned_by, 'Asked for over the interface')}: {row.plan_reason or row.followup_type}."]
    if number in decision.cancel:
        return [*reasons, _MEANING.get(decision.cancel[number], decision.cancel[number])]
    if row.send_at > row.scheduled_time:
        hours = clock.policy.hours
        reasons.append(f"Texts go between {hours.opens:%H:%M} and {hours.closes:%H:%M} their time.")
    if number in decision.later:
        reasons.append("Another planned text goes to them that day; this one waits for the next.")
    if any(len(text) > 1 and number in text for text in decision.texts):
        reasons.append("Several are due together: they become one text.")
    return reasons
