"""What each role may do, and to what a token's scope narrows it: one table for every service."""

from collections.abc import Iterable
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
    "email-intro-drafts",
    "followup-schedules",
    "priority-questions",
    "concierge-turns",
    "conversations",
    "messages",
)

_OPERATION = (
    "account",
    "users",
    "api-keys",
    "followup-policy",
    "suppressions",
    "sender-numbers",
    "dead-letters",
    "republish",
)
SCOPES = frozenset(f"{name}:{action}" for name in (*_PROGRAMME, *_PEOPLE, *_WORK, *_OPERATION) for action in EVERYTHING)

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
    # No personal columns: a speaker has a name and an e-mail.
    "analytics": {"account": READ, **dict.fromkeys(_PROGRAMME, READ), "speakers": frozenset()},
    "contractor": {
        **dict.fromkeys(_PROGRAMME, READ),
        **dict.fromkeys(("notes", "action-items", "email-intro-drafts"), EVERYTHING),
        **dict.fromkeys((*_PEOPLE, "followup-schedules", "messages", "conversations"), READ),
    },
}


def may(role: str, scope: frozenset[str], resource: str, action: Action) -> bool:
    """An empty `scope` leaves a role all it has; a service has only what its scope names."""
    if f"{resource}:{action}" not in scope and (scope or role == "service"):
        return False
    if role in ("owner", "admin", "service"):
        return True
    return action in _TABLE.get(role, {}).get(resource, frozenset())


def check_scopes(scopes: Iterable[str]) -> None:
    """Raises ValueError for a scope that names nothing."""
    unknown = sorted(set(scopes) - SCOPES)
    if unknown:
        raise ValueError(f"{unknown[0]} is no scope. Say <resource>:read or <resource>:write, such as notes:read.")
