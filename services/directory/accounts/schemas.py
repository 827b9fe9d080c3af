"""The account and its users over HTTP."""

from typing import Annotated, Literal

from pydantic import BaseModel, StringConstraints

from services.directory.fields import Body, Email, Name, Stored, TimeZone

StaffRole = Literal["owner", "admin", "marketing_manager", "content_manager", "sales", "analytics", "csm"]
AnyRole = Literal[StaffRole, "contractor"]
Password = Annotated[str, StringConstraints(min_length=12, max_length=256)]


class NewAccount(Body):
    """`time_zone` is where the account's events are, unless an event says otherwise."""

    name: Name
    time_zone: TimeZone | None = None


class AccountOut(Stored):
    name: str
    time_zone: str | None


class NewUser(Body):
    """Who has a password may sign in. The user rows of contractors are made with the contractor."""

    email: Email
    full_name: Name | None = None
    role: StaffRole
    password: Password | None = None
    status: Literal["active"] = "active"


class UserOut(Stored):
    email: str | None
    full_name: str | None
    role: str
    status: str


class UserFilters(BaseModel):
    email: Email | None = None
    role: AnyRole | None = None
    status: Literal["active", "archived"] | None = None


class NoFilters(BaseModel): ...
