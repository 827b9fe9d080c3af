"""Provisioning: roles, databases, migrations, and whether the clock may be moved."""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from deploy import provision
from deploy.local.embedded import running_postgres
from shared.db.migrations import ROLES

PASSWORDS = {f"FT_FOLLOWUPS_{role.upper()}_PASSWORD": "secret" for role in ROLES}


def test_the_clock_can_be_moved_where_it_was_told_so_and_more_pools_than_the_server_takes_stop_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provision, "SERVICES", ("followups",))
    for name, value in PASSWORDS.items():
        monkeypatch.setenv(name, value)
    with running_postgres(tmp_path) as server:
        monkeypatch.setenv("FT_ADMIN_DATABASE_URL", server.admin_url)
        movable = []
        for told in ("off", "on", "on", "off"):
            monkeypatch.setenv("FT_DEV_CLOCK", told)
            provision.run()
            movable.append(asyncio.run(_rows(server.admin_url)))
        monkeypatch.setenv("FT_DATABASE_POOL_SIZE", "50")
        with pytest.raises(SystemExit, match=r"needs 408 connections, and PostgreSQL takes 117.*max_connections"):
            provision.run()
    assert movable == [0, 1, 1, 0]


async def _rows(admin_url: str) -> int:
    dsn = admin_url.replace("+asyncpg", "").replace("/postgres?", "/followups?")
    connection = await asyncpg.connect(dsn)
    try:
        return int(await connection.fetchval("SELECT count(*) FROM clock_offset"))
    finally:
        await connection.close()


def test_a_word_that_is_neither_on_nor_off_stops_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FT_DEV_CLOCK", "yes")
    with pytest.raises(SystemExit, match="FT_DEV_CLOCK=yes"):
        provision.run()
