"""The words Twilio itself obeys and answers before anybody else sees a text."""

STOP_WORDS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "END", "QUIT", "CANCEL", "REVOKE", "OPTOUT"})
START_WORDS = frozenset({"START", "UNSTOP", "YES"})
HELP_WORDS = frozenset({"HELP", "INFO"})

STOP_REPLY = (
    "You have successfully been unsubscribed. You will not receive any more messages from this number. "
    "Reply START to resubscribe."
)
START_REPLY = (
    "You have successfully been re-subscribed to messages from this number. "
    "Reply HELP for help. Reply STOP to unsubscribe. Msg&Data Rates May Apply."
)
HELP_REPLY = "Reply STOP to unsubscribe. Msg&Data Rates May Apply."


def opted_out_after(body: str, opted_out: bool) -> bool:
    """Say whether a person is opted out once they have texted this. Only a whole text of one such word counts."""
    word = body.strip().upper()
    return word in STOP_WORDS or (opted_out and word not in START_WORDS)


def answer_to(body: str, opted_out: bool) -> str | None:
    """Return Twilio's own answer, given whether the person was opted out before; None when it stays silent."""
    word = body.strip().upper()
    if word in STOP_WORDS and not opted_out:
        return STOP_REPLY
    if word in START_WORDS and opted_out:
        return START_REPLY
    return HELP_REPLY if word in HELP_WORDS else None
