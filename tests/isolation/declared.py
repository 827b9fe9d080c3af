"""What is open across accounts, or unlike other tables, and why: a new exception is written down here, for a reviewer to see."""

from dataclasses import dataclass
from typing import Any

_PLATFORM_WITHOUT_ACCOUNT = {
    "alembic_version": "which migration the database is at",
    "clock_offset": "development's clock",
    "inbox": "ids of events that were handled",
    "leases": "which process relays",
}
WITHOUT_ACCOUNT = {
    "directory": {
        **_PLATFORM_WITHOUT_ACCOUNT,
        "sign_in_attempts": "guesses, before anybody is known; only functions of the owner reach them",
    },
    "messaging": _PLATFORM_WITHOUT_ACCOUNT,
    "actions": _PLATFORM_WITHOUT_ACCOUNT,
    "followups": _PLATFORM_WITHOUT_ACCOUNT,
}


@dataclass(frozen=True)
class Opening:
    """What a role that is no tenant may do with every account's rows. `few`: by command, the only rows of tests.isolation.rows."""

    commands: tuple[str, ...]
    why: str
    few: tuple[tuple[str, str], ...] = ()


_READ, _CLEAN, _CLAIM = ("SELECT",), ("SELECT", "DELETE"), ("SELECT", "UPDATE")
_PLATFORM = {
    ("worker", "outbox"): Opening(
        ("SELECT", "INSERT", "UPDATE", "DELETE"), "the relay publishes what every account emits"
    ),
    ("worker", "dead_letters"): Opening(
        _CLEAN, "replays are found; only what is done with, and is old, goes", few=(("DELETE", "1"),)
    ),
    ("worker", "idempotency_keys"): Opening(_CLEAN, "old ones go"),
    ("owner", "dead_letters"): Opening(_READ, "key_is_parked answers yes or no while another tenant is set"),
}
_QUEUE = "its loops claim jobs of every account"
OPENINGS = {
    "directory": {
        **_PLATFORM,
        ("worker", "refresh_tokens"): Opening(_CLEAN, "expired ones go"),
        ("owner", "users"): Opening(_READ, "find_sign_ins, before a tenant is known"),
        ("owner", "api_keys"): Opening(_READ, "find_api_key, before a tenant is known"),
        ("owner", "refresh_tokens"): Opening(_READ, "find_refresh_token, before a tenant is known"),
    },
    "messaging": {
        **_PLATFORM,
        ("worker", "messages"): Opening(_CLAIM, _QUEUE),
        ("worker", "message_media"): Opening(_CLAIM, _QUEUE),
        ("worker", "sender_numbers"): Opening(_READ, "lists what each number received"),
        ("owner", "sender_numbers"): Opening(_READ, "account_of_number, and that no two accounts have one"),
    },
    "actions": {
        **_PLATFORM,
        ("worker", "concierge_lanes"): Opening(_CLAIM, _QUEUE),
        ("worker", "email_intro_requests"): Opening(_CLAIM, _QUEUE),
        ("worker", "suggestion_rounds"): Opening(_CLAIM, _QUEUE),
        ("worker", "recent_messages"): Opening(_CLEAN, "old ones go"),
    },
    "followups": {
        **_PLATFORM,
        ("worker", "contractor_followup_schedules"): Opening(_READ, "accounts that have something due are found"),
        ("worker", "followup_preparations"): Opening(_CLAIM, _QUEUE),
        ("worker", "followup_replans"): Opening(_CLAIM, _QUEUE),
    },
}

# Of which a contractor who signs in reaches only own rows, by which column.
OWN_ROWS = {
    "directory": {"attendees": "contractor_id", "contractors": "id", "demo_bookings": "contractor_id"},
    "messaging": dict.fromkeys(("conversations", "messages"), "contractor_id"),
    "actions": dict.fromkeys(
        (
            *("action_item_updates", "concierge_turns", "contractor_action_items", "demo_preparations"),
            *("email_intro_drafts", "event_notes", "labelled_texts", "partner_suggestions"),
        ),
        "contractor_id",
    ),
    "followups": {"contractor_followup_schedules": "contractor_id"},
}
# They name a contractor, and the policy lets each contractor of the account pass: copies for the service itself, and staff's.
OF_STAFF = {
    "directory": set[str](),
    "messaging": {"suppressions"},
    "actions": {"attendees", "demo_bookings", "followup_schedules", "recent_messages"},
    "followups": {"action_items", "attendees"},
}

_PLATFORM_DEFINERS = {
    "key_is_parked": "yes or no, while another tenant is set",
    "claim_events": "a batch of several accounts' events at once",
}
DEFINERS = {
    "directory": {
        **_PLATFORM_DEFINERS,
        **dict.fromkeys(("find_sign_ins", "find_api_key", "find_refresh_token"), "ids, before a tenant is known"),
        **dict.fromkeys(("count_sign_in", "forget_sign_ins"), "guesses, which are no tenant's"),
    },
    "messaging": {
        **_PLATFORM_DEFINERS,
        "account_of_number": "an id, before a tenant is known",
        "keep_number_single": "a trigger: no number of two accounts",
    },
    "actions": _PLATFORM_DEFINERS,
    "followups": _PLATFORM_DEFINERS,
}

# Keys of an account's tables that the account does not lead.
KEYS_OF_ALL = {"outbox_pkey": "the order of commits, in which the relay publishes; an identity, which nobody gives"}

# Where a CHECK or a test asks for more than any value of the type: one for each row of tests.isolation.rows.
VALUES: dict[tuple[str, str], tuple[Any, ...]] = {
    ("dead_letters", "state"): ("replayed", "dead", "dead", "dead"),
    ("dead_letters", "updated_at"): ("2020-01-01T00:00Z",) * 4,
}


def openings_of(service: str, role: str, table: str) -> dict[str, str]:
    """By command, the rows of the other account that the role is meant to reach."""
    opening = OPENINGS[service].get((role, table))
    if opening is None:
        return {}
    return {command: "1" if command == "INSERT" else "1, 2" for command in opening.commands} | dict(opening.few)
