"""Turns that failed: what is said of them, and how they run again."""

from collections.abc import Callable

import httpx

from services.actions.concierge.queries import LANES
from shared.ids import uuid7
from tests.services.actions.conftest import Actions

Http = Callable[..., httpx.AsyncClient]
JOHN = "Met John Smith - amazing insights on AI automation. 555-1234, john@example.com"
BROKEN = 'UPDATE concierge_turns SET open_questions = \'[{"bad": "214-555-0199"}]\' RETURNING id'
MENDED = "UPDATE concierge_turns SET open_questions = '[]' RETURNING id"


async def fail(actions: Actions) -> None:
    """The turn that waits fails until it is given up."""
    for _ in range(5):
        [lease] = await LANES.claim(actions.worker, 1)
        try:
            await actions.concierge().work(lease)
        except ValueError:
            await LANES.put_back(actions.worker, lease, "ValueError")
            await actions.rows("UPDATE concierge_lanes SET run_after = clock_timestamp() RETURNING 1")


async def test_a_failed_turn_says_its_kind_of_error_only_and_runs_again_in_its_place(
    actions: Actions, http_of: Http
) -> None:
    client = http_of("csm")
    await actions.tell(actions.received(JOHN))
    [row] = await actions.rows(BROKEN)
    path = f"/api/v1/concierge-turns/{row['id']}"
    await fail(actions)
    turn = (await client.get(path)).json()
    assert (turn["status"], turn["failure_reason"]) == ("failed", "ValidationError")
    assert "214-555-0199" not in turn["failure_reason"]
    await actions.rows(MENDED)
    await actions.tell(actions.received("done"))
    again = await client.post(f"{path}/retry")
    assert (again.status_code, again.json()["status"], again.json()["failure_reason"]) == (202, "queued", None)
    await actions.run()
    assert [turn["status"] for turn in await actions.turns()] == ["done", "done"]
    assert [item["status"] for item in await actions.items()] == ["completed"], "the older turn ran first"


async def test_only_a_failed_turn_is_run_again_and_only_by_staff(actions: Actions, http_of: Http) -> None:
    await actions.text(JOHN)
    [turn] = await actions.turns()
    path = f"/api/v1/concierge-turns/{turn['id']}/retry"
    refused = await http_of("csm").post(path)
    assert (refused.status_code, refused.json()["code"]) == (409, "concierge_turn_not_failed")
    for role, status in (("contractor", 403), ("sales", 403)):
        assert (await http_of(role, contractor_id=actions.contractor_id).post(path)).status_code == status
    assert (await http_of("csm", account_id=uuid7()).post(path)).status_code == 404
    assert [(each["status"], len(await actions.notes())) for each in await actions.turns()] == [("done", 1)]
