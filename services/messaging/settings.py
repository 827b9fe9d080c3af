"""What messaging can be told, beyond what every service can."""

from typing import Literal

from pydantic import Field, model_validator

from shared.settings import ServiceSettings


class MessagingSettings(ServiceSettings):
    """Each field is the variable `FT_<FIELD>`. Limits hold where a sender number has none of its own."""

    service: str = "messaging"
    sms: Literal["standin", "twilio"] = "twilio"
    twilio_account_sid: str = Field(min_length=1)
    twilio_auth_token: str = Field(min_length=1)
    twilio_base_url: str = ""
    twilio_timeout_seconds: float = Field(10, gt=0, le=15)
    segments_per_second: float = Field(10, gt=0)
    daily_limit: int = Field(10_000, ge=1)
    sending_concurrency: int = Field(16, ge=1)
    listing_seconds: float = Field(300, gt=0)
    doubt_seconds: float = Field(600, gt=0)
    """How long a message whose fate is unknown is looked for in the provider's list."""
    verify_seconds: float = Field(10, ge=0)
    """How long after the provider's own error its list is trusted to show what it took nevertheless."""
    media_max_bytes: int = Field(10_485_760, ge=1)

    @model_validator(mode="after")
    def _stand_in_has_an_address(self) -> "MessagingSettings":
        if self.sms == "standin" and not self.twilio_base_url:
            raise ValueError("FT_SMS=standin needs FT_TWILIO_BASE_URL, the stand-in's address")
        return self

    @property
    def provider_url(self) -> str:
        """Where Twilio's REST API answers, without a slash at the end."""
        return (self.twilio_base_url or "https://api.twilio.com").rstrip("/")
