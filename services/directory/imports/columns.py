"""Which heading means which field: people name their columns as they like."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

CONTRACTOR_FIELDS: Mapping[str, tuple[str, ...]] = {
    "full_name": ("full name", "name", "contractor", "contact", "contact name", "attendee", "attendee name"),
    "first_name": ("first name", "first", "given name", "forename"),
    "last_name": ("last name", "last", "surname", "family name"),
    "phone": ("phone", "phone number", "mobile", "mobile phone", "mobile number", "cell", "cell phone", "tel"),
    "email": ("email", "e mail", "email address", "e mail address", "mail"),
    "company": ("company", "company name", "business", "organization", "organisation", "firm", "employer"),
    "time_zone": ("time zone", "timezone", "tz"),
    "focus_areas": ("focus areas", "focus area", "focus", "interests", "topics", "trades", "trade"),
}
ATTENDEE_FIELDS: Mapping[str, tuple[str, ...]] = {
    **{name: words for name, words in CONTRACTOR_FIELDS.items() if name not in ("time_zone", "focus_areas")},
    "status": ("status", "registration status", "attendee status"),
}


@dataclass(frozen=True)
class Columns:
    """`fields`: the field of each column by its position; `used` and `ignored` as the headings stand in the file."""

    fields: dict[int, str]
    used: dict[str, str]
    ignored: list[str]

    def values(self, cells: Sequence[str]) -> dict[str, str]:
        """The fields that this row fills; a name in two columns is put together."""
        found = {name: cells[at] for at, name in self.fields.items() if at < len(cells) and cells[at]}
        first, last = found.pop("first_name", ""), found.pop("last_name", "")
        if "full_name" not in found and (first or last):
            found["full_name"] = f"{first} {last}".strip()
        return found


def recognise(headings: Sequence[str], fields: Mapping[str, tuple[str, ...]]) -> Columns:
    """The first column of a meaning counts."""
    meanings = {word: name for name, words in fields.items() for word in words}
    found: dict[int, str] = {}
    for at, heading in enumerate(headings):
        name = meanings.get(_plain(heading))
        if name is not None and name not in found.values():
            found[at] = name
    used = {headings[at]: name for at, name in found.items()}
    return Columns(found, used, [heading for at, heading in enumerate(headings) if heading and at not in found])


def _plain(heading: str) -> str:
    return " ".join(re.findall(r"[a-z]+", heading.lower()))
