"""What becomes of a message after Twilio took it: sent, delivered or not, called back."""

import asyncio
import re
from typing import Any

from deploy.local.twilio.faults import Faults
from deploy.local.twilio.ledger import Ledger, Message
from deploy.local.twilio.settings import StandInSettings
from deploy.local.twilio.sids import new_sid, webhook_parameters
from deploy.local.twilio.webhooks import Webhooks
from shared.text.segments import count_segments

NEVER_ARRIVES = re.compile(r"\+15005553(00[3-8])")


class Outbound:
    """Takes messages, and carries each in a task of its own."""

    def __init__(self, settings: StandInSettings, ledger: Ledger, faults: Faults, webhooks: Webhooks) -> None:
        self._settings = settings
        self._ledger = ledger
        self._faults = faults
        self._webhooks = webhooks
        self._called_back = settings.callbacks()
        self._tasks: set[asyncio.Task[None]] = set()

    def resume(self) -> None:
        """Carry on what a restart interrupted."""
        for message in self._ledger.unfinished():
            self._set_going(message)

    async def stop(self) -> None:
        """Leave every message where it is."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def send(
        self,
        *,
        to: str,
        from_: str,
        body: str,
        media_urls: list[str] | None = None,
        status_callback: str = "",
        direction: str = "outbound-api",
        origin: str | None = None,
    ) -> Message:
        """Take a message that was found fit, and set it going. Raises OSError when it cannot be kept."""
        media = [{"sid": new_sid("ME"), "url": url} for url in media_urls or []]
        fields: dict[str, Any] = {
            "sid": new_sid("MM" if media else "SM"),
            "to": to,
            "from": from_,
            "body": body,
            "direction": direction,
            "num_segments": str(1 if media else count_segments(body)),
            "num_media": str(len(media)),
        }
        extras = {"media": media, "status_callback": status_callback, "standin_origin": origin}
        fields |= {name: value for name, value in extras.items() if value}
        message = self._ledger.accept(fields, plan=self._plan(to, status_callback), status="queued")
        self._set_going(message)
        return message

    def _plan(self, to: str, status_callback: str) -> dict[str, Any]:
        """Decide the fate at acceptance; it is kept with the message, so that a restart does not change it."""
        fate = self._faults.take("fate", to=to)
        order = self._faults.take("callbacks", to=to)
        plan: dict[str, Any] = {"callback": status_callback, "fate": "delivered", "code": None, "order": None}
        if fate:
            plan |= {"fate": fate.kind, "code": fate.code}
        elif magic := NEVER_ARRIVES.fullmatch(to):
            plan |= {"fate": "undelivered", "code": int("30" + magic[1])}
        return plan | {"order": order.kind} if order else plan

    def _set_going(self, message: Message) -> None:
        task = asyncio.get_running_loop().create_task(self._travel(message))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _travel(self, message: Message) -> None:
        order = message.plan["order"]
        due: list[str] = []
        for status, delay in self._stations(message):
            await asyncio.sleep(delay)
            if status != message.status:
                self._ledger.set_status(message, status, self._code(message, status))
            if message.plan["callback"] and status in self._called_back:
                due.append(status)
            if order is None:
                await self._call_back(message, due)
                due = []
        await self._call_back(message, _in_order(due, order))

    def _stations(self, message: Message) -> list[tuple[str, float]]:
        sent_after, delivered_after = self._settings.twilio_sent_after, self._settings.twilio_delivered_after
        fate = message.plan["fate"]
        if message.status == "sent":
            return [(fate, delivered_after)]
        if fate == "failed":
            return [("queued", 0), (fate, sent_after)]
        return [("queued", 0), ("sent", sent_after), (fate, delivered_after)]

    def _code(self, message: Message, status: str) -> int | None:
        return message.plan["code"] if status == message.plan["fate"] else None

    async def _call_back(self, message: Message, statuses: list[str]) -> None:
        for status in statuses:
            parameters = webhook_parameters(self._settings.twilio_account_sid, message)
            parameters |= {"MessageStatus": status, "SmsStatus": status}
            if code := self._code(message, status):
                parameters["ErrorCode"] = str(code)
            await self._webhooks.post(message.plan["callback"], parameters)


def _in_order(statuses: list[str], order: str | None) -> list[str]:
    match order:
        case "shuffle_callbacks":  # last first: the one order that is always wrong
            return statuses[::-1]
        case "repeat_callbacks":
            return statuses * 2
        case "drop_callbacks":
            return []
    return statuses
