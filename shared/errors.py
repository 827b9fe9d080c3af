"""Named errors: what can go wrong, by kind; `shared.http.problems` turns the kinds into HTTP answers."""

from typing import ClassVar
from uuid import UUID


class DomainError(Exception):
    """Something a caller can act on: `code` is stable, the message is a sentence for a person."""

    code: ClassVar[str] = "refused"

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class NotFound(DomainError):
    code = "not_found"


class ReferenceNotFound(NotFound):
    """An id in a body that is not known here. Over HTTP, what was made a moment ago is waited for: `TenantRoute`."""

    code = "reference_not_found"

    def __init__(self, message: str, *, field: str, row_id: UUID) -> None:
        super().__init__(message, field=field)
        self.row_id = row_id


class Conflict(DomainError):
    code = "conflict"


class Invalid(DomainError):
    code = "invalid"


class Malformed(DomainError):
    """Not what the address takes at all: 400."""

    code = "malformed"


class Unauthenticated(DomainError):
    code = "unauthenticated"


class Forbidden(DomainError):
    code = "forbidden"


class Stale(DomainError):
    code = "stale"


class TooLarge(DomainError):
    code = "too_large"


class UnsupportedMedia(DomainError):
    code = "unsupported_media_type"


class TooMany(DomainError):
    """`retry_after` is in seconds."""

    code = "too_many_requests"

    def __init__(self, message: str, *, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(DomainError):
    """Something we depend on is down; the same request may work later."""

    code = "unavailable"
