"""A setting that is wrong or missing stops the process with a sentence that names it."""

import pytest

from shared.bus.subscription import Subscription
from shared.settings import ServiceSettings, read_settings
from shared.worker import Worker

GOOD = {
    "FT_SERVICE": "sample",
    "FT_PORT": "1",
    "FT_JWKS_URL": "http://127.0.0.1:1/jwks.json",
    "FT_DATABASE_URL": "postgresql+asyncpg://app:secret@/db?host=/tmp&port=5432",
    "FT_KAFKA_BOOTSTRAP": "127.0.0.1:1",
}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)


def test_the_good_ones_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FT_LOG_LEVEL", "debug")
    settings = read_settings(ServiceSettings)
    assert (settings.log_level, settings.database_url) == ("DEBUG", GOOD["FT_DATABASE_URL"])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FT_LOG_LEVEL", "LOUD"),
        ("FT_PORT", "99999"),
        ("FT_DATABASE_URL", ""),
        ("FT_DATABASE_URL", "postgres://app:secret@db/sample"),
        ("FT_WORKER_DATABASE_URL", "db/sample"),
        ("FT_JWKS_URL", "directory:8080"),
        ("FT_DATABASE_POOL_SIZE", "0"),
    ],
)
def test_a_wrong_one_stops_the_process_and_is_named_without_its_value(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit, match=f"Cannot start.*\n  {name}: ") as stopped:
        read_settings(ServiceSettings)
    assert "secret" not in str(stopped.value)


def test_a_missing_one_stops_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FT_DATABASE_URL")
    with pytest.raises(SystemExit, match="FT_DATABASE_URL: "):
        read_settings(ServiceSettings)


def test_a_worker_without_its_own_role_stops_with_a_sentence() -> None:
    with pytest.raises(SystemExit, match="FT_WORKER_DATABASE_URL: a worker process needs"):
        Worker(read_settings(ServiceSettings), Subscription({}))
