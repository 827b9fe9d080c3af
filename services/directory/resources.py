"""Every noun of directory, in the order of the documentation."""

from typing import Any

from services.directory.accounts.resources import ACCOUNTS, USERS
from services.directory.people.resources import ATTENDEES, CONTRACTORS, DEMO_BOOKINGS
from services.directory.programme.resources import EVENTS, PARTNERS, SESSIONS, SPEAKERS, SPONSORS
from services.directory.resource import Resource

RESOURCES: tuple[Resource[Any], ...] = (
    *(USERS, CONTRACTORS, PARTNERS),
    *(EVENTS, SESSIONS, SPEAKERS, SPONSORS),
    *(ATTENDEES, DEMO_BOOKINGS),
)

SNAPSHOTS = {resource.aggregate: (resource.model, resource.snapshot) for resource in (ACCOUNTS, *RESOURCES)}
