"""Reads Twilio's signed forms: refuses what is not exactly what Twilio sends."""

import re
from dataclasses import dataclass
from enum import Enum
from urllib.parse import parse_qsl

from starlette.datastructures import ImmutableMultiDict

from shared.errors import Forbidden, Malformed

MAX_FIELDS = 500
MAX_MEDIA = 10
MAX_BODY = 20_000
FORM = "application/x-www-form-urlencoded"
TEXT_FIELDS = ("MessageSid", "AccountSid", "From", "To", "Body", "NumMedia")
STATUS_FIELDS = ("MessageSid", "AccountSid", "MessageStatus")
_SID = re.compile(r"(?:SM|MM)[0-9a-fA-F]{32}")
_NUMBER = re.compile(r"\+?[0-9]{1,20}")
_NAME = re.compile(r"(?=.*[A-Za-z])[0-9A-Za-z &+_-]{1,20}")

Form = ImmutableMultiDict[str, str]


class NotFromTwilio(Forbidden):
    code = "not_from_twilio"


class UnknownNumber(Forbidden):
    code = "unknown_number"


@dataclass(frozen=True)
class File:
    index: int
    type: str
    url: str


@dataclass(frozen=True)
class Text:
    """An inbound text as its webhook tells it."""

    sid: str
    address: str
    our_address: str
    body: str
    files: tuple[File, ...]


@dataclass(frozen=True)
class Status:
    sid: str
    status: str
    our_address: str | None
    error_code: int | None


class Sender(Enum):
    """Who texts: somebody with a number, or a firm under a name, which takes no answers."""

    PERSON = 1
    NAME = 2
    MALFORMED = 3


def sender_of(address: str) -> Sender:
    if _NUMBER.fullmatch(address):
        return Sender.PERSON
    return Sender.NAME if _NAME.fullmatch(address) else Sender.MALFORMED


def read_form(content_type: str, body: bytes) -> Form:
    """Raises Malformed for what is no form, NotFromTwilio for another content type: Twilio signs forms to these addresses."""
    if content_type.partition(";")[0].strip().lower() != FORM:
        raise NotFromTwilio("Twilio sends texts as a form; this is something else.")
    try:
        pairs = parse_qsl(
            body.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS, separator="&"
        )
    except ValueError:
        raise Malformed("The form cannot be read.") from None
    return ImmutableMultiDict(pairs)


def require(form: Form, names: tuple[str, ...], account_sid: str) -> None:
    """A signature has no separators: a name that was shifted into a neighbour's value is missing here."""
    for name in names:
        if len(form.getlist(name)) != 1:
            raise NotFromTwilio(f"{name} must be there exactly once.")
    if form["AccountSid"] != account_sid:
        raise NotFromTwilio("This is another Twilio account's.")
    if not _SID.fullmatch(form["MessageSid"]):
        raise Malformed("MessageSid is not one of Twilio's.")


def text_of(form: Form) -> Text | None:
    """None from a name, which is ignored: it could never be answered. Raises Malformed for values that Twilio never sends."""
    if not _NUMBER.fullmatch(form["To"]):
        raise Malformed("To is not a number.")
    sender = sender_of(form["From"])
    if sender is not Sender.PERSON:
        if sender is Sender.MALFORMED:
            raise Malformed("From is not an address.")
        return None
    count = form["NumMedia"]
    if not re.fullmatch("[0-9]{1,3}", count) or int(count) > MAX_MEDIA:
        raise Malformed("NumMedia is not a number of files.")
    return Text(
        sid=form["MessageSid"],
        address=form["From"],
        our_address=form["To"],
        body=storable(form["Body"]),
        files=tuple(_file(form, index) for index in range(int(count))),
    )


def _file(form: Form, index: int) -> File:
    return File(
        index,
        storable(form.get(f"MediaContentType{index}", ""))[:200],
        storable(form.get(f"MediaUrl{index}", ""))[:2000],
    )


def storable(text: str) -> str:
    """PostgreSQL keeps no NUL; a lone surrogate cannot come out of UTF-8."""
    return text.replace("\x00", "")[:MAX_BODY]


def status_of(form: Form) -> Status:
    code = form.get("ErrorCode", "")
    return Status(
        sid=form["MessageSid"],
        status=form["MessageStatus"][:50],
        our_address=form.get("From"),
        error_code=int(code) if code.isascii() and code.isdigit() and len(code) < 7 else None,
    )
