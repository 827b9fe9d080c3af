"""What each role may do: one table for every service."""

from typing import Literal

Action = Literal["read", "write"]

EVERYTHING = frozenset({"read", "write"})
READ = frozenset({"read"})
STAFF = ("owner", "admin", "marketing_manager", "content_manager", "sales", "analytics", "csm")
ROLES = (*STAFF, "contractor")

_PROGRAMME = ("events", "sessions", "speakers", "sponsors", "partners")
_PEOPLE = ("contractors", "attendees", "demo-bookings")
_WORK = (
    "notes",
    "action-items",
    "followup-schedules",
    "priority-questions",
    "concierge-turns",
    "conversations",
    "messages",
)

# owner, admin and service may do everything; what is not named here, a role may not do.
_TABLE: dict[str, dict[str, frozenset[str]]] = {
    "csm": {
        "account": READ,
        **dict.fromkeys(_PROGRAMME, READ),
        **dict.fromkeys(_PEOPLE, EVERYTHING),
        **dict.fromkeys(_WORK, EVERYTHING),
        "suppressions": EVERYTHING,
        "users": READ,
        "followup-policy": READ,
    },
    "marketing_manager": {
        "account": READ,
        **dict.fromkeys(_PROGRAMME, EVERYTHING),
        **dict.fromkeys(_PEOPLE, READ),
        "suppressions": READ,
    },
    "content_manager": {"account": READ, **dict.fromkeys(_PROGRAMME, EVERYTHING)},
    "sales": {"account": READ, **dict.fromkeys(_PROGRAMME, READ)},
    "analytics": {"account": READ, **dict.fromkeys(_PROGRAMME, READ)},
    "contractor": {
        **dict.fromkeys(_PROGRAMME, READ),
        **dict.fromkeys(("notes", "action-items"), EVERYTHING),
        **dict.fromkeys((*_PEOPLE, "followup-schedules", "messages", "conversations"), READ),
    },
}


def may(role: str, resource: str, action: Action) -> bool:
    if role in ("owner", "admin", "service"):
        return True
    return action in _TABLE.get(role, {}).get(resource, frozenset())
