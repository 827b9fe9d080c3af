"""The statuses of a message, and which may follow which."""

from typing import Literal, get_args

Status = Literal[
    "received",
    "pending",
    "in_doubt",
    "sent",
    "delivered",
    "failed",
    "opened",
    "clicked",
    "suppressed",
    "expired",
    "cancelled",
]
STATUSES: tuple[Status, ...] = get_args(Status)
_RANK = {
    name: rank for rank, name in enumerate(("pending", "in_doubt", "sent", "delivered", "failed", "opened", "clicked"))
}
# What Twilio calls what we call otherwise: it has the message from `accepted` on.
_OF_TWILIO = {
    **dict.fromkeys(("accepted", "scheduled", "queued", "sending", "sent"), "sent"),
    "delivered": "delivered",
    **dict.fromkeys(("undelivered", "failed", "canceled"), "failed"),
    "read": "opened",
}


def status_of_twilio(status: str) -> str | None:
    """Our word for Twilio's; None for one that says nothing about the fate of a message."""
    return _OF_TWILIO.get(status)


def rises(current: str, new: str) -> bool:
    """Whether a message may go from `current` to `new`: only upwards, and never from what was ended before it left."""
    return current in _RANK and _RANK[new] > _RANK[current]


def statuses_below(new: str) -> list[str]:
    """Those that may become `new`."""
    return [status for status in _RANK if rises(status, new)]
