"""A row that cannot be handed over: tried again, then given up, and in nobody's way."""

from uuid import UUID

from sqlalchemy import text

from shared.db.database import Database, Tenant
from tests.services.followups.conftest import World, dallas, local


async def spoil(app: Database, account_id: UUID, row_id: UUID) -> None:
    """As no code of ours would have written it."""
    async with app.begin(Tenant(account_id)) as db:
        statement = "UPDATE contractor_followup_schedules SET ai_context_hints = '[]' WHERE id = :id"
        await db.execute(text(statement), {"id": row_id})


async def test_a_row_that_fails_holds_up_nobody_else(world: World, app: Database) -> None:
    broken = await world.contractor(phone="+12145550120")
    await world.item(broken)
    await spoil(app, world.account_id, (await world.one()).id)
    person = await world.contractor()
    await world.item(person)
    await world.clock_to(dallas(10, 9, 10))
    (message,) = await world.dispatch()
    assert message["contractor_id"] == str(person)
    assert local((await world.one(contractor_id=broken)).send_at) == "2041-10-09 10:10"


async def test_a_row_that_fails_holds_up_no_other_of_the_same_person_and_ends(world: World, app: Database) -> None:
    person = await world.contractor()
    broken, good = await world.item(person), await world.item(person, title="Call Lee Wong", person_name="Lee Wong")
    await spoil(app, world.account_id, (await world.one(action_item_id=broken.id)).id)
    await world.clock_to(dallas(10, 9, 10))
    (message,) = await world.dispatch()
    assert "call Lee Wong" in message["body"]
    assert (await world.one(action_item_id=good.id)).handed_over_at is not None
    for hour in (10, 11, 12, 14):
        await world.clock_to(dallas(10, 10, hour))
        assert await world.dispatch() == []
    row = await world.one(action_item_id=broken.id)
    assert (row.attempts, row.status, row.cancel_reason) == (5, "cancelled", "cannot be sent: AttributeError")
