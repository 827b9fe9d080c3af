"""Names of things as Twilio makes them, and the parameters that every webhook carries."""

import secrets

from deploy.local.twilio.ledger import Message

API_VERSION = "2010-04-01"


def new_sid(prefix: str) -> str:
    """Make a sid: two letters and 32 hexadecimal digits."""
    return prefix + secrets.token_hex(16)


def messages_path(account_sid: str) -> str:
    """Return where an account's messages are, without a slash or `.json` at the end."""
    return f"/{API_VERSION}/Accounts/{account_sid}/Messages"


def webhook_parameters(account_sid: str, message: Message) -> dict[str, str]:
    """Return what Twilio says of a message in every webhook about it."""
    return {
        "MessageSid": message.sid,
        "SmsSid": message.sid,
        "AccountSid": account_sid,
        "From": message.from_,
        "To": message.to,
        "ApiVersion": API_VERSION,
    }
