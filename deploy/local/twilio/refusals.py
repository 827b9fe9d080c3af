"""Which messages Twilio refuses to take, with which code and words."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

E164 = re.compile(r"\+[1-9][0-9]{6,14}")
HTTP_URL = re.compile(r"https?://[^\s/?#]+\S*")
MAX_BODY = 1600
MAX_MEDIA = 10
MAX_VALIDITY_SECONDS = 36_000
ALWAYS_SENDS = "+15005550006"

MAGIC_TO = {"+15005550001": 21211, "+15005550002": 21612, "+15005550003": 21408, "+15005550004": 21610}
MAGIC_TO["+15005550009"] = 21614
MAGIC_FROM = {"+15005550001": 21212, "+15005550007": 21606, "+15005550008": 21611}

STATUS = {20003: 401, 20004: 405, 20404: 404, 20429: 429, 20500: 500, 20503: 503}
MESSAGES = {
    20001: "Invalid parameter",
    20003: "Authenticate",
    20004: "Method not allowed",
    20404: "The requested resource was not found",
    20429: "Too Many Requests",
    20500: "An internal server error has occurred",
    20503: "Service is unavailable. Please try again.",
    21211: "Invalid 'To' Phone Number: {to}",
    21212: "Invalid 'From' Number (caller ID): {from_}",
    21266: "'To' and 'From' number cannot be the same: {to}",
    21408: "Permission to send an SMS has not been enabled for the region indicated by the 'To' number: {to}",
    21602: "Message body is required.",
    21603: "A 'From' phone number is required.",
    21604: "A 'To' phone number is required.",
    21606: "The 'From' phone number provided ({from_}) is not a valid message-capable Twilio phone number.",
    21609: "The 'StatusCallback' URL is not a valid URL.",
    21610: "Attempt to send to unsubscribed recipient",
    21611: "This 'From' number has exceeded the maximum number of queued messages",
    21612: "The 'To' phone number: {to}, is not currently reachable using the 'From' phone number: {from_} via SMS.",
    21614: "'To' number is not a valid mobile number: {to}",
    21617: "The concatenated message body exceeds the 1600 character limit",
    21620: "Invalid media URL(s)",
    21623: "Number of media files exceeds allowed limit",
    21659: "'From' {from_} is not a Twilio phone number or short code country mismatch",
    30003: "Unreachable destination handset",
    30004: "Message blocked",
    30005: "Unknown destination handset",
    30006: "Landline or unreachable carrier",
    30007: "Carrier violation",
    30008: "Unknown error",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """One of Twilio's errors, as its REST API answers it."""

    code: int
    message: str

    @property
    def status(self) -> int:
        return STATUS.get(self.code, 400)

    def body(self) -> dict[str, object]:
        more_info = f"https://www.twilio.com/docs/errors/{self.code}"
        return {"code": self.code, "message": self.message, "more_info": more_info, "status": self.status}


def refuse(code: int, *, to: str = "", from_: str = "") -> Refusal:
    """Make the refusal of that code in Twilio's words."""
    return Refusal(
        code, MESSAGES.get(code, "The stand-in was told to answer with this code").format(to=to, from_=from_)
    )


def find_refusal(
    form: Mapping[str, str], media_urls: list[str], numbers: Collection[str], opted_out: Callable[[str, str], bool]
) -> Refusal | None:
    """Say why Twilio would not take this message; None when it would. No known numbers: any may send."""
    to, from_ = form.get("To", ""), form.get("From", "")
    codes = (
        _wrong_addresses(to, from_, numbers),
        _wrong_content(form, media_urls),
        21610 if opted_out(to, from_) else None,
    )
    code = next((code for code in codes if code), None)
    return refuse(code, to=to, from_=from_) if code else None


def _wrong_addresses(to: str, from_: str, numbers: Collection[str]) -> int | None:
    if not to:
        return 21604
    if not from_:
        return 21603
    if not E164.fullmatch(to):
        return 21211
    if not E164.fullmatch(from_):
        return 21212
    if to == from_:
        return 21266
    if magic := MAGIC_TO.get(to) or MAGIC_FROM.get(from_):
        return magic
    return 21659 if numbers and from_ not in numbers and from_ != ALWAYS_SENDS else None


def _wrong_content(form: Mapping[str, str], media_urls: list[str]) -> int | None:
    if not form.get("Body") and not media_urls:
        return 21602
    if len(form.get("Body", "")) > MAX_BODY:
        return 21617
    if len(media_urls) > MAX_MEDIA:
        return 21623
    if not all(HTTP_URL.fullmatch(url) for url in media_urls):
        return 21620
    if (callback := form.get("StatusCallback")) and not HTTP_URL.fullmatch(callback):
        return 21609
    validity = form.get("ValidityPeriod", "1")
    in_range = validity.isdecimal() and 1 <= int(validity) <= MAX_VALIDITY_SECONDS
    # Scheduling is not played: to send such a message at once would be worse than to refuse it.
    return 20001 if not in_range or "ScheduleType" in form or "SendAt" in form else None
