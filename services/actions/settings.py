"""What actions can be told by environment variables."""

from pydantic import Field

from shared.settings import ServiceSettings


class ActionsSettings(ServiceSettings):
    """`burst_seconds`: texts of one person within this time are one turn; 0 answers each at once."""

    service: str = "actions"
    burst_seconds: float = Field(0, ge=0, le=60)
    concierge_turns: int = Field(8, ge=1, le=64, description="Turns of different people run at once.")
    reply_expires_seconds: int = Field(3600, ge=60, le=86_400)
    messages_kept_days: int = Field(30, ge=1, le=3650)
