"""What messaging tells again, for those who lost their replicas."""

from services.messaging.main import build
from tests.conftest import client_of
from tests.services.messaging.stack import PERSON, Messaging
from tests.standins.issuer import Issuer


async def test_suppressions_are_told_again_so_that_the_newest_holds(messaging: Messaging, issuer: Issuer) -> None:
    for body in ("STOP", "START", "no more texts from you, thanks"):
        await messaging.text(body)
    headers = issuer.bearer(messaging.account_id)
    async with client_of(build(messaging.settings), headers) as client:
        answer = await client.post("/internal/republish", params={"type": "suppression"})
        assert answer.json() == {"type": "suppression", "count": 3}
    told = sorted(await messaging.events("suppression.snapshot"), key=lambda event: str(event["changed_at"]))
    assert [(event["address"], event["scope"], event["active"]) for event in told] == [
        (PERSON, "everything", active) for active in (True, False, True)
    ]
