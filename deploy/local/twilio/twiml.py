"""Reads what an application answers to a text: TwiML, or plain words."""

from dataclasses import dataclass
from xml.etree import ElementTree


@dataclass(frozen=True, slots=True)
class Reply:
    """One message that the answer asks to be sent; `to` is None for the person who texted."""

    body: str
    to: str | None
    media_urls: list[str]
    status_callback: str


def read_replies(content_type: str, text: str) -> list[Reply]:
    """Return the messages an answer asks for, as Twilio understands it. Raises ValueError when it is no TwiML."""
    if not text.strip():
        return []
    if content_type == "text/plain":
        return [Reply(text, None, [], "")]
    if content_type not in ("text/xml", "application/xml"):
        return []
    try:
        root = ElementTree.fromstring(text)  # noqa: S314  # it comes from the application under test, bounded by expat
    except ElementTree.ParseError as error:
        raise ValueError(f"The webhook answered with something that is not TwiML: {error}") from error
    return [_read_message(message) for message in root.iter("Message")]


def _read_message(message: ElementTree.Element) -> Reply:
    bodies = [body.text or "" for body in message.iter("Body")]
    media_urls = [(media.text or "").strip() for media in message.iter("Media")]
    body = "".join(bodies) if bodies else (message.text or "").strip()
    return Reply(body, message.get("to"), media_urls, message.get("statusCallback") or "")
