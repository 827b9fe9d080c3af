"""What every process can be told by environment variables, read once at start."""

import re
import sys
from decimal import Decimal
from typing import Annotated, Literal, NoReturn, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict


def _postgres(url: str) -> str:
    if url and not re.fullmatch(r"postgresql\+asyncpg://\S*/\w+(\?\S*)?", url):
        raise ValueError("give it as postgresql+asyncpg://user:password@host/database")
    return url


def _http(url: str) -> str:
    if not re.fullmatch(r"https?://[^\s/]+\S*", url):
        raise ValueError("give it as http://host/path or https://host/path")
    return url


PostgresUrl = Annotated[str, AfterValidator(_postgres)]
HttpUrl = Annotated[str, AfterValidator(_http)]
LogLevel = Annotated[
    Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], BeforeValidator(lambda v: str(v).upper())
]


class Settings(BaseSettings):
    """Settings of any process. Each field is the variable `FT_<FIELD>`; an empty one counts as left out."""

    model_config = SettingsConfigDict(env_prefix="FT_", extra="ignore", env_ignore_empty=True)

    service: str
    host: str = "127.0.0.1"
    port: int = Field(ge=1, le=65535)
    log_level: LogLevel = "INFO"
    trace_sample: float = Field(0.0, ge=0, le=1)
    otlp_endpoint: str = ""
    jwks_url: HttpUrl
    token_issuer: str = "followthrough"  # noqa: S105
    token_audience: str = "followthrough"  # noqa: S105
    max_body_bytes: int = 1_048_576
    crash_directory: str = ""
    """Where tests say at which commit point this process is to end: see shared/crash_points.py."""


class ServiceSettings(Settings):
    """Settings of a service: what its HTTP and its worker process share."""

    database_url: PostgresUrl = Field(min_length=1)
    worker_database_url: PostgresUrl = ""
    database_pool_size: int = Field(3, ge=1, le=50)
    kafka_bootstrap: str
    kafka_embedded: bool = False
    kafka_partitions: int = Field(3, ge=1, le=100)
    kafka_member: str = ""
    """This process's alone, and the same after a restart: then it goes on at once where it was, not after its session."""
    outbox_keep_seconds: float = Field(0.0, ge=0, le=3600)
    objects_url: str = ""
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
        cannot_start(*(f"FT_{'_'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors()))


def cannot_start(*wrong: str) -> NoReturn:
    """Stop the process; `wrong` says of each variable what is not right."""
    sys.exit("Cannot start. Set these environment variables right:\n" + "\n".join(f"  {line}" for line in wrong))
