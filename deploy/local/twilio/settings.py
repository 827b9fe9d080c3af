"""What the Twilio stand-in can be told by environment variables."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class StandInSettings(BaseSettings):
    """Each field is the variable `FT_<FIELD>`. Delays are in seconds."""

    model_config = SettingsConfigDict(env_prefix="FT_", extra="ignore")

    host: str = "127.0.0.1"
    port: int = Field(0, ge=0, le=65535)
    twilio_account_sid: str
    twilio_auth_token: str
    twilio_ledger: str = ""
    """A file that outlives the process; empty keeps the ledger in memory."""
    twilio_number: str = ""
    twilio_sms_url: str = ""
    twilio_webhooks: str = ""
    """More numbers of the account: `+12145550100=http://…,+12145550101=http://…`."""
    twilio_public_url: str = ""
    """Where media addresses point; empty takes the address the text was handed in at."""
    twilio_callbacks: str = "sent,delivered"
    """The statuses that are called back; Twilio can be seen to call back `queued` too."""
    twilio_sent_after: float = 0.005
    twilio_delivered_after: float = 0.02
    twilio_webhook_timeout: float = 15.0

    def numbers(self) -> dict[str, str]:
        """Return the webhook's address by number, as told at start."""
        pairs = [pair.partition("=") for pair in self.twilio_webhooks.split(",") if pair.strip()]
        known = {number.strip(): url.strip() for number, _, url in pairs}
        if self.twilio_number:
            known[self.twilio_number] = self.twilio_sms_url
        return known

    def callbacks(self) -> frozenset[str]:
        """Return the statuses that are called back; a failure always is."""
        named = {status.strip() for status in self.twilio_callbacks.split(",") if status.strip()}
        return frozenset(named | {"failed", "undelivered"})
