"""The report of an import, line by line."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel

Outcome = Literal["created", "updated", "unchanged", "refused"]


class ImportedRow(BaseModel):
    """`line` of the file; `id` of the row (None when refused, or not made because it is a dry run); `why` if refused."""

    line: int
    outcome: Outcome
    id: UUID | None = None
    why: str | None = None


class ImportReport(BaseModel):
    """`columns`: heading → the field it was taken for."""

    dry_run: bool
    columns: dict[str, str]
    ignored_columns: list[str]
    created: int
    updated: int
    unchanged: int
    refused: int
    rows: list[ImportedRow]
