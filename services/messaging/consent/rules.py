"""Which suppression keeps which message back, and how addresses are written."""

from collections.abc import Collection

from shared.errors import Invalid
from shared.text.emails import normalise_email
from shared.text.phones import to_e164

# Texts of a conversation with one person; everything else is sent to many.
_PERSONAL = frozenset({"reply", "check_in", "priorities", "question", "staff", "consent"})


def is_suppressed(purpose: str, scopes: Collection[str]) -> bool:
    """The one confirmation of an opt-out goes out in spite of it."""
    if purpose == "consent":
        return False
    return "everything" in scopes or ("bulk" in scopes and purpose not in _PERSONAL)


def normal_address(text: str) -> tuple[str, str]:
    """(channel, address as it is stored). Raises Invalid."""
    channel = "email" if "@" in text else "sms"
    address = normalise_email(text) if channel == "email" else to_e164(text)
    if address is None:
        raise Invalid("This is neither a phone number like +12145550123 nor an e-mail address.", field="address")
    return channel, address
