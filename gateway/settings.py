"""What the gateway can be told."""

from pydantic import Field

from shared.settings import Settings


class GatewaySettings(Settings):
    """Addresses of the services behind it, and limits. Times are in seconds, sizes in bytes."""

    service: str = "gateway"
    directory_url: str
    messaging_url: str
    actions_url: str
    followups_url: str
    kafka_bootstrap: str
    kafka_embedded: bool = False
    public_url: str = ""
    metrics_port: int = Field(0, ge=0, le=65535, description="Where /metrics is, never at the public port; 0: nowhere.")
    ticket_key: str = Field(min_length=32, description="Signs the one-time tickets of the live stream.")
    max_body_bytes: int = 10_485_760
    connect_seconds: float = 2
    request_seconds: float = 30
    account_requests_per_minute: int = Field(6_000, ge=1)
    address_requests_per_minute: int = Field(
        60, ge=1, description="Sign-ins; as many refused credentials; as many documents."
    )

    streams_per_account: int = Field(100, ge=1, description="Live streams open at once, at one gateway.")

    @property
    def is_public_over_tls(self) -> bool:
        return self.public_url.startswith("https:")

    @property
    def upstreams(self) -> dict[str, str]:
        return {
            "directory": self.directory_url,
            "messaging": self.messaging_url,
            "actions": self.actions_url,
            "followups": self.followups_url,
        }
