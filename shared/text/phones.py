"""Finds, normalises and judges phone numbers in texts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberMatcher, PhoneNumberType, timezone

from shared.text.plain import MAX_READ, overlaps
from shared.text.spoken_numbers import spoken_numbers

MAX_FOUND = 20
_MAX_NUMBER_LENGTH = 40
_FEWEST_DIGITS = 7

_NEVER_TEXTED = (
    PhoneNumberType.PREMIUM_RATE,
    PhoneNumberType.SHARED_COST,
    PhoneNumberType.UAN,
    PhoneNumberType.PAGER,
    PhoneNumberType.VOICEMAIL,
)
# Seven bare digits are an order number as often as a phone; printed as 555-1234 they are a phone.
_LOCAL_PRINT = re.compile(r"\d{3}[-. ]\d{4}")
_AREA_PRINT = re.compile(r"\+|\(\d{3}\)")
_EXTENSION = re.compile(r"[\s,;]*(?:ext|extension|x)\b\.?.*|[\s,;]*x\d+$", re.I | re.S)
_DOTS = str.maketrans("•·", "--")
_NOT_A_PHONE_BEFORE = frozenset("$#€£")
# North American exchanges that bill the caller (976) and directory assistance (555-1212).
_BILLED_AMERICAN = re.compile(r"\+1\d{3}(?:976\d{4}|5551212)")


@dataclass(frozen=True, slots=True)
class FoundPhone:
    """A number as printed. `sendable` says a text may go there: valid, and neither premium, shared-cost nor short.

    The fictional numbers that tests use, 555-0100 to 555-0199 with an area code (+12145550123), are valid and
    FIXED_LINE_OR_MOBILE to phonenumbers, so they are sendable. "555-1234" without an area code is only possible, never
    valid: its e164 is None. 911 is not even possible, and is not found at all.
    """

    start: int
    end: int
    text: str
    e164: str | None
    valid: bool
    sendable: bool


def find_phones(text: str, region: str = "US") -> tuple[FoundPhone, ...]:
    """Up to 20 numbers of the first 2,000 characters, in order: printed or dictated, without their extensions."""
    text = text[:MAX_READ]
    digits = sum(char.isdigit() for char in text)
    printed = list(islice(_printed(text.translate(_DOTS), text, region), MAX_FOUND)) if digits >= _FEWEST_DIGITS else []
    taken = [(one.start, one.end) for one in printed]
    spoken = [one for one in _spoken(text, region) if not overlaps(one.start, one.end, taken)]
    return tuple(sorted([*printed, *spoken], key=lambda one: one.start)[:MAX_FOUND])


def to_e164(text: str, region: str = "US") -> str | None:
    """The E.164 form of a typed number, or None when it is not a valid number of any country."""
    number = _parse(text, region)
    return _e164(number) if number is not None and phonenumbers.is_valid_number(number) else None


def is_sendable(e164: str) -> bool:
    """Whether a text may be sent to this number: only E.164, only valid, never premium or shared-cost."""
    number = _parse(e164, None) if e164.startswith("+") else None
    return number is not None and _e164(number) == e164 and _is_sendable(number)


def time_zones_of(e164: str) -> tuple[str, ...]:
    """The IANA zones a number's prefix allows, possibly none; a toll-free number has every zone of its country."""
    number = _parse(e164, None)
    if number is None:
        return ()
    return tuple(zone for zone in timezone.time_zones_for_number(number) if zone != "Etc/Unknown")


def _printed(plain: str, text: str, region: str) -> Iterator[FoundPhone]:
    matcher = PhoneNumberMatcher(plain, region, leniency=phonenumbers.Leniency.POSSIBLE, max_tries=50)
    for match in matcher:
        start, end = match.start, match.start + len(_EXTENSION.sub("", match.raw_string))
        start += match.raw_string[0] == "(" and ")" not in match.raw_string
        found = _judge(text, start, end, match.number)
        if found is not None:
            yield found


def _judge(text: str, start: int, end: int, number: PhoneNumber) -> FoundPhone | None:
    valid, printed = phonenumbers.is_valid_number(number), text[start:end]
    if start and text[start - 1] in _NOT_A_PHONE_BEFORE:
        return None
    if not valid and not _LOCAL_PRINT.fullmatch(printed) and not _AREA_PRINT.match(printed):
        return None
    return FoundPhone(start, end, printed, _e164(number) if valid else None, valid, valid and _is_sendable(number))


def _spoken(text: str, region: str) -> Iterator[FoundPhone]:
    for one in spoken_numbers(text):
        number = _parse(one.digits, region)
        valid = number is not None and phonenumbers.is_valid_number(number)
        if number is not None and (valid or len(one.digits) == _FEWEST_DIGITS):
            e164 = _e164(number) if valid else None
            yield FoundPhone(one.start, one.end, text[one.start : one.end], e164, valid, valid and _is_sendable(number))


def _parse(text: str, region: str | None) -> PhoneNumber | None:
    if len(text) > _MAX_NUMBER_LENGTH:
        return None
    try:
        return phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None


def _e164(number: PhoneNumber) -> str:
    return str(phonenumbers.format_number(number, PhoneNumberFormat.E164))


def _is_sendable(number: PhoneNumber) -> bool:
    return (
        phonenumbers.is_valid_number(number)
        and phonenumbers.number_type(number) not in _NEVER_TEXTED
        and not _BILLED_AMERICAN.fullmatch(_e164(number))
    )
