"""The times that bodies and queries may name: what a calendar of people can hold, and a database gives back."""

from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AwareDatetime, Field, Strict

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)

# asyncpg stores year 1 as -infinity, which no consumer of a domain event could read.
BusinessTime = Annotated[AwareDatetime, Field(ge=EARLIEST, lt=LATEST)]
BusinessDay = Annotated[date, Strict(), Field(ge=EARLIEST.date(), lt=LATEST.date())]
