"""A whole stack whose servers stand behind wires: any of its processes can be killed or stopped, any wire cut."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deploy.local.embedded import POSTGRES_PORT, PostgresServer
from deploy.local.home import ROOT, read_json
from deploy.local.memory import children_of
from deploy.local.ports import HOST, free_port
from tests.faults.servers import has_apache_kafka
from tests.faults.wire import Wire, Wires
from tests.stack import Stack, local, running_stack, until

SERVERS = ("postgres", "kafka")


@dataclass(frozen=True)
class House:
    """`database_url` leads to PostgreSQL past its wire, as its superuser. `crash` is FT_CRASH_DIRECTORY of all processes."""

    stack: Stack
    servers: Path
    wires: dict[str, Wire]
    crash: Path
    database_url: str
    kafka: str
    """The broker's bootstrap address, past its wire."""

    @property
    def processes(self) -> list[str]:
        """Everything that can be killed, servers included."""
        state = read_json(self.stack.home / "run" / "state.json")
        return sorted({*(name for name, each in state["processes"].items() if not each["once"]), *SERVERS})

    def pid(self, process: str) -> int:
        """Raises FileNotFoundError while it is down."""
        own = self.servers / "run" / f"{process}.pid"
        return int(own.read_text()) if own.exists() else self.stack.pid(process)

    def url(self, process: str) -> str:
        """Where it listens itself."""
        state = read_json(self.stack.home / "run" / "state.json")
        return f"http://{HOST}:{state['processes'][process]['port']}"

    @property
    def accounts(self) -> list[dict[str, str]]:
        """Both of the demonstration's: `email`, `password`, `api_key`."""
        return [self.stack.demo, self.stack.demo["other_account"]]

    def token(self, account: dict[str, str]) -> str:
        form = {"grant_type": "password", "username": account["email"], "password": account["password"]}
        answer = self.stack.api.post("/api/v1/auth/token", data=form)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def signal(self, process: str, number: signal.Signals) -> bool:
        """To it and, for stopping and going on, to all it started; whether it was there."""
        try:
            pid = self.pid(process)
            for each in [pid, *(_family(pid) if number != signal.SIGKILL else [])]:
                os.kill(each, number)
        except (FileNotFoundError, ProcessLookupError):
            return False
        return True

    def kill(self, process: str) -> bool:
        return self.signal(process, signal.SIGKILL)

    @contextlib.contextmanager
    def stopped(self, process: str) -> Iterator[None]:
        self.signal(process, signal.SIGSTOP)
        try:
            yield
        finally:
            self.signal(process, signal.SIGCONT)

    @contextlib.contextmanager
    def down(self, process: str) -> Iterator[None]:
        """Killed, and kept from coming back: its supervisor cannot see that it ended."""
        state = self.servers / "run" if (self.servers / "run" / f"{process}.pid").exists() else self.stack.home / "run"
        supervisor = int((state / "supervisor.pid").read_text())
        os.kill(supervisor, signal.SIGSTOP)
        self.kill(process)
        try:
            yield
        finally:
            os.kill(supervisor, signal.SIGCONT)
            self.until_ready()

    @contextlib.contextmanager
    def cut(self, wire: str) -> Iterator[None]:
        self.wires[wire].turn("cut")
        try:
            yield
        finally:
            self.wires[wire].turn("open")

    def crash_at(self, place: str) -> None:
        """Whoever passes it next is killed there."""
        (self.crash / "kill" / place).touch()

    @contextlib.contextmanager
    def ending_at(self, place: str) -> Iterator[None]:
        """What is done meanwhile makes somebody pass `place`, who is killed there."""
        self.crash_at(place)
        yield
        until(lambda: not self.is_asked(place), 20, f"somebody passing {place}")

    def is_asked(self, place: str) -> bool:
        return (self.crash / "kill" / place).exists()

    def take_back(self, place: str) -> bool:
        """Whether nobody had passed it yet."""
        try:
            (self.crash / "kill" / place).unlink()
        except FileNotFoundError:
            return False
        return True

    def passed(self) -> list[str]:
        return sorted(file.name for file in (self.crash / "passed").glob("*"))

    def until_ready(self, seconds: float = 60) -> None:
        until(self.is_ready, seconds, "readiness of all processes")

    def is_ready(self) -> bool:
        """Each says so, and is the one that the supervisor knows."""
        told = [read_json(home / "run" / "state.json") for home in (self.stack.home, self.servers)]
        return all(each["state"] in ("ready", "done") for one in told for each in one["processes"].values())

    def power_off(self) -> None:
        """Everything of the stack's machine ends at once; then it is started again."""
        os.kill(self.stack.pid("supervisor"), signal.SIGKILL)
        up = local(self.stack.home, "up", within=(), **environment_of(self))
        assert up.returncode == 0, up.stdout + up.stderr


def environment_of(house: House) -> dict[str, str]:
    """What `make up` was told."""
    kept: dict[str, str] = json.loads((house.servers / "environment.json").read_text())
    return kept


def _family(pid: int) -> list[int]:
    return [each for child in children_of(pid) for each in (child, *_family(child))]


@contextlib.contextmanager
def running_house(home: Path, **environment: str) -> Iterator[House]:
    """`environment`: more of what `make up` is told."""
    with tempfile.TemporaryDirectory(prefix="ft-faults-") as short, contextlib.ExitStack() as stack:
        servers, sockets, crash = home / "servers", Path(short), home / "crash"
        servers.mkdir(parents=True)
        for folder in ("passed", "kill"):
            (crash / folder).mkdir(parents=True)
        ports = {name: free_port() for name in ("kafka", "advertised", "public", "gateway")}
        stack.enter_context(_running_servers(servers, ports["kafka"], ports["advertised"]))
        wires = Wires()
        stack.callback(wires.close)
        postgres = PostgresServer(servers / "postgres")
        laid = {
            "postgres": wires.lay(
                sockets / f".s.PGSQL.{POSTGRES_PORT}", postgres.socket_directory / f".s.PGSQL.{POSTGRES_PORT}"
            ),
            "webhooks": wires.lay(ports["public"], ports["gateway"]),
        }
        told = environment | {
            "FT_PORT": str(ports["gateway"]),
            "FT_POSTGRES_URL": f"postgresql://postgres@/postgres?host={sockets}&port={POSTGRES_PORT}",
            "FT_PUBLIC_URL": f"http://{HOST}:{ports['public']}",
            "FT_CRASH_DIRECTORY": str(crash),
        }
        bootstrap = f"{HOST}:{ports['kafka']}"
        if has_apache_kafka():
            laid["kafka"] = wires.lay(ports["advertised"], ports["kafka"])
            told["FT_KAFKA_BOOTSTRAP"] = f"{HOST}:{ports['advertised']}"
        (servers / "environment.json").write_text(json.dumps(told))
        running = stack.enter_context(running_stack(home / "stack", within=(), **told))
        if not has_apache_kafka():
            bootstrap = f"{HOST}:{json.loads((home / 'stack/run/ports.json').read_text())['kafka']}"
        yield House(running, servers, laid, crash, postgres.admin_url.replace("+asyncpg", ""), bootstrap)


@contextlib.contextmanager
def _running_servers(home: Path, kafka_port: int, advertised: int) -> Iterator[None]:
    command = [sys.executable, "-m", "tests.faults.servers", str(home), str(kafka_port), str(advertised)]
    with (home / "supervisor.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    try:
        state = home / "run" / "state.json"
        until(lambda: (read_json(state) or {}).get("phase") == "ready", 60, "the start of PostgreSQL and Kafka")
        yield
    finally:
        process.terminate()
        process.wait(30)
