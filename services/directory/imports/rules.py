"""What becomes of each line of a file, decided before anything is written."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ValidationError

from services.directory.imports.columns import Columns
from services.directory.imports.schemas import ImportedRow, ImportReport
from shared.text.emails import normalise_email
from shared.text.phones import to_e164

Values = dict[str, Any]


@dataclass
class Draft:
    """A line with the keys by which it is known: phone and e-mail, where they can be read."""

    line: int
    values: Values
    phone: str | None = None
    email: str | None = None
    why: str | None = None


@dataclass
class Plan:
    """`new` and `edits` are what would be written; `rows` says so line by line."""

    new: list[tuple[ImportedRow, Values]] = field(default_factory=list)
    edits: list[tuple[ImportedRow, Any, Values]] = field(default_factory=list)
    rows: list[ImportedRow] = field(default_factory=list)

    def refuse(self, line: int, why: str) -> None:
        self.rows.append(ImportedRow(line=line, outcome="refused", why=why))

    def create(self, line: int, values: Values) -> None:
        self.rows.append(ImportedRow(line=line, outcome="created"))
        self.new.append((self.rows[-1], values))

    def change(self, line: int, row: Any, values: Values) -> None:
        differs = {name: value for name, value in values.items() if getattr(row, name) != value}
        self.rows.append(ImportedRow(line=line, outcome="updated" if differs else "unchanged", id=row.id))
        if differs:
            self.edits.append((self.rows[-1], row, differs))

    def report(self, columns: Columns, *, dry_run: bool) -> ImportReport:
        counts = Counter(row.outcome for row in self.rows)
        return ImportReport(
            dry_run=dry_run,
            columns=columns.used,
            ignored_columns=columns.ignored,
            created=counts["created"],
            updated=counts["updated"],
            unchanged=counts["unchanged"],
            refused=counts["refused"],
            rows=self.rows,
        )


def draft(line: int, values: Mapping[str, str], region: str) -> Draft:
    """Phone and e-mail in the form they are stored in; what cannot be read refuses the line."""
    made = Draft(line, dict(values))
    if "phone" in values:
        made.phone = made.values["phone"] = to_e164(values["phone"], region)
        if made.phone is None:
            made.why = f"phone: {values['phone']} is no whole phone number with its area code."
    if "email" in values:
        made.email = made.values["email"] = normalise_email(values["email"])
        if made.email is None:
            made.why = f"email: {values['email']} is no e-mail address."
    return made


def checked(kind: type[BaseModel], values: Values) -> Values:
    """The values as `kind` accepts them. Raises ValueError with the reasons in words."""
    try:
        return kind.model_validate(values).model_dump(exclude_unset=True)
    except ValidationError as error:
        reasons = (f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise ValueError("; ".join(reasons) + ".") from None


def plan_contractors(
    drafts: list[Draft], known: Mapping[str, Any], new: type[BaseModel], edit: type[BaseModel]
) -> Plan:
    """A contractor is the same by phone. Empty cells change nothing."""

    def one(plan: Plan, each: Draft) -> None:
        row = known.get(each.phone or "")
        if row is None:
            plan.create(each.line, checked(new, each.values))
        else:
            plan.change(each.line, row, checked(edit, each.values))

    return _plan(drafts, one, lambda each: each.phone)


def plan_attendees(
    drafts: list[Draft],
    find: Callable[[Draft], tuple[Any, UUID | None]],
    new: type[BaseModel],
    edit: type[BaseModel],
    event_id: UUID,
) -> Plan:
    """`find` tells an attendee whom the line means, and the contractor who has this phone or e-mail."""

    def one(plan: Plan, each: Draft) -> None:
        row, contractor_id = find(each)
        values = {"contractor_id": contractor_id, **each.values} if contractor_id else each.values
        if row is None:
            plan.create(each.line, checked(new, {"event_id": event_id, **values}))
        else:
            plan.change(each.line, row, checked(edit, values))

    return _plan(drafts, one, lambda each: find(each)[1] or each.email or each.phone)


def _plan(drafts: list[Draft], one: Callable[[Plan, Draft], None], key: Callable[[Draft], UUID | str | None]) -> Plan:
    """The first line of a person counts; `key` tells who it is, None is nobody else."""
    plan = Plan()
    lines: dict[UUID | str, int] = {}
    for each in drafts:
        who = None if each.why else key(each)
        first = each.line if who is None else lines.setdefault(who, each.line)
        if each.why or first != each.line:
            plan.refuse(each.line, each.why or f"The same person as in line {first}.")
            continue
        try:
            one(plan, each)
        except ValueError as error:
            plan.refuse(each.line, str(error))
    return plan
