"""What every process can be told by environment variables, read once at start."""

import sys
from decimal import Decimal
from typing import TypeVar

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Settings of any process. Each field is the variable `FT_<FIELD>`."""

    model_config = SettingsConfigDict(env_prefix="FT_", extra="ignore")

    service: str
    host: str = "127.0.0.1"
    port: int = Field(ge=1, le=65535)
    log_level: str = "INFO"
    trace_sample: float = Field(0.0, ge=0, le=1)
    otlp_endpoint: str = ""
    jwks_url: str
    token_issuer: str = "followthrough"  # noqa: S105
    token_audience: str = "followthrough"  # noqa: S105
    max_body_bytes: int = 1_048_576


class ServiceSettings(Settings):
    """Settings of a service: what its HTTP and its worker process share."""

    database_url: str
    worker_database_url: str = ""
    database_pool_size: int = Field(3, ge=1, le=50)
    kafka_bootstrap: str
    kafka_embedded: bool = False
    kafka_partitions: int = Field(3, ge=1, le=100)
    outbox_keep_seconds: float = Field(0.0, ge=0, le=3600)
    objects_url: str = ""
    objects_signing_key: str = ""
    public_url: str = "http://127.0.0.1:8080"
    anthropic_api_key: str = ""
    anthropic_base_url: str = ""
    ai_model: str = ""
    ai_timeout: float = Field(20.0, gt=0)
    ai_daily_budget: Decimal | None = None


SettingsT = TypeVar("SettingsT", bound=BaseSettings)


def read_settings(kind: type[SettingsT]) -> SettingsT:
    """Read the environment, or stop the process with a sentence that names what is wrong."""
    try:
        return kind()
    except ValidationError as error:
        lines = [f"  FT_{'_'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors()]
        sys.exit("Cannot start. Set these environment variables right:\n" + "\n".join(lines))
