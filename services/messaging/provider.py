"""What messaging needs of who carries its texts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from services.messaging.sending.outcomes import Outcome


class Found(Protocol):
    """A message in the provider's list. `created_at` is the provider's clock."""

    @property
    def sid(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def our_address(self) -> str: ...
    @property
    def body(self) -> str: ...
    @property
    def inbound(self) -> bool: ...
    @property
    def media_count(self) -> int: ...
    @property
    def created_at(self) -> datetime: ...


class MediaGone(Exception):
    """The provider had files with a text, and has them no more."""


class Provider(Protocol):
    """All but `ready` and `send` raise Unavailable when the provider cannot be asked."""

    async def ready(self) -> None:
        """Returns when it can be asked at once."""

    async def send(self, *, to: str, from_: str, body: str, status_callback: str) -> Outcome: ...

    async def list_messages(
        self,
        *,
        to: str,
        from_: str | None = None,
        since: datetime | None = None,
        before: datetime | None = None,
        limit: int,
    ) -> Sequence[Found]:
        """Newest first. `since` and `before` bound the time of sending; without them what is still queued is listed too."""

    async def media_of(self, sid: str) -> list[tuple[str, str]]:
        """(path, content type) of each file of a message. Raises MediaGone."""
