"""What followups can be told by environment variables."""

from pydantic import Field

from shared.settings import ServiceSettings


class FollowupsSettings(ServiceSettings):
    """`dispatch_poll_seconds`: how late a check-in may be when nobody wakes the dispatcher."""

    service: str = "followups"
    dispatch_poll_seconds: float = Field(1.0, gt=0, le=60)
    dispatch_batch: int = Field(
        200, ge=1, le=1000, description="People whose due rows are handed over in one transaction."
    )
    prepare_concurrency: int = Field(4, ge=1, le=32)
