"""What one local stack runs: the processes of the topology, PostgreSQL and the broker, with their ports and secrets."""

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from deploy import topology
from deploy.local.children import Child, run_module, run_server
from deploy.local.embedded import ApacheKafka, EmbeddedKafka, PostgresServer, Server
from deploy.local.home import ROOT, Home, Secrets, write_json
from deploy.local.ports import HOST, Ports, is_free

DEFAULT_PORT = 8080
STORES = ("postgres", "kafka")


class CannotStart(Exception):
    """A sentence that says what to do."""


class LocalPlace:
    """A topology's Place on this machine, in FT_HOME."""

    host = HOST
    dev_clock = True

    def __init__(self, home: Home) -> None:
        self.home = home
        self.ports = Ports(home.run / "ports.json")
        self.secrets = Secrets(home.path / "secrets.json")
        self.sms = _sms()
        self.gateway_port = _gateway_port(self.ports)
        self.public_url = os.environ.get("FT_PUBLIC_URL") or f"http://{HOST}:{self.gateway_port}"
        self.objects_url = os.environ.get("FT_OBJECTS_URL") or f"file://{quote(str(home.path / 'objects'))}"
        self.postgres = None if os.environ.get("FT_POSTGRES_URL") else PostgresServer(home.path / "postgres")
        self.broker = _broker(home, self.ports)
        self.kafka_bootstrap = self.broker.bootstrap if self.broker else os.environ["FT_KAFKA_BOOTSTRAP"]
        self.kafka_embedded = isinstance(self.broker, EmbeddedKafka)
        self._chosen: dict[str, int] = {}
        own = self.sms == "standin"
        self.twilio_base_url = self.url("twilio") if own else os.environ.get("FT_TWILIO_BASE_URL", "")

    def port(self, process: str) -> int:
        if process == "gateway":
            return self.gateway_port
        if process not in self._chosen:
            self._chosen[process] = self.ports.of(process)
        return self._chosen[process]

    def url(self, process: str) -> str:
        return f"http://{HOST}:{self.port(process)}"

    def admin_url(self) -> str:
        return self.postgres.admin_url if self.postgres else _with_driver(os.environ["FT_POSTGRES_URL"])

    def database_url(self, service: str, role: str) -> str:
        return database_url(self.admin_url(), service, role, self.secret(f"{service}_{role}_password"))

    def secret(self, name: str) -> str:
        """What the environment says, or a random one of this stack."""
        return os.environ.get(f"FT_{name.upper()}") or self.secrets.get(name)


def _sms() -> str:
    sms = os.environ.get("FT_SMS") or "standin"
    if sms not in ("standin", "twilio"):
        raise CannotStart(f"FT_SMS={sms} is unknown: leave it out, or say FT_SMS=twilio.")
    missing = [name for name in ("FT_TWILIO_ACCOUNT_SID", "FT_TWILIO_AUTH_TOKEN") if not os.environ.get(name)]
    if sms == "twilio" and missing:
        raise CannotStart(f"FT_SMS=twilio needs {' and '.join(missing)}. Without a Twilio account leave FT_SMS out.")
    return sms


def _gateway_port(ports: Ports) -> int:
    """FT_PORT; without it 8080, or another when that is taken."""
    asked = os.environ.get("FT_PORT")
    if asked:
        if not asked.isdigit() or not 0 < int(asked) < 65536:
            raise CannotStart(f"FT_PORT={asked} is not a port: give a number from 1 to 65535.")
        if not is_free(int(asked)):
            raise CannotStart(f"Port {asked} is taken by another program: make up FT_PORT={int(asked) + 1}")
        return int(asked)
    ports.known.setdefault("gateway", DEFAULT_PORT)
    return ports.of("gateway")


def _broker(home: Home, ports: Ports) -> EmbeddedKafka | ApacheKafka | None:
    if os.environ.get("FT_KAFKA_BOOTSTRAP"):
        return None
    kind = os.environ.get("FT_KAFKA") or "embedded"
    if kind == "apache":
        return ApacheKafka(home.path / "kafka-apache", ports.of("kafka"))
    if kind == "embedded":
        return EmbeddedKafka(home.path / "kafka", ports.of("kafka"))
    raise CannotStart(f"FT_KAFKA={kind} is unknown: leave it out, or say FT_KAFKA=apache.")


def _with_driver(url: str) -> str:
    scheme, rest = url.split("://", 1)
    return f"postgresql+asyncpg://{rest}" if scheme.startswith("postgres") else url


def database_url(admin_url: str, service: str, role: str, password: str) -> str:
    """The same server, as one of a service's roles, in its database."""
    parts = urlsplit(admin_url)
    where = parts.netloc.rpartition("@")[2]
    netloc = f"{service}_{role}:{quote(password, safe='')}@{where}"
    return urlunsplit((parts.scheme, netloc, f"/{service}", parts.query, ""))


def databases_file(home: Home) -> Path:
    """Where an operator's commands find the databases: {service: {role: url}}."""
    return home.run / "databases.json"


def write_databases(home: Home, place: LocalPlace) -> None:
    told = {
        service: {role: place.database_url(service, role) for role in ("owner", "app")} for service in topology.SERVICES
    }
    write_json(databases_file(home), told)


def children(home: Home, place: LocalPlace) -> list[Child]:
    """All that the supervisor runs, in the order it starts them."""
    found = []
    if place.postgres:
        found.append(_server(home, "postgres", place.postgres))
    if place.broker:
        found.append(_server(home, "kafka", place.broker, place.broker.port))
    for process in topology.processes(place.sms):
        if process.name != "provision" or not _is_provisioned(place):
            found.append(_own(home, place, process))
    return found


def _server(home: Home, name: str, server: Server, port: int = 0) -> Child:
    return Child(
        name,
        run_server(server),
        home.log(name),
        environment=base_environment(home),
        early=True,
        port=port,
        ready=server.ready,
        stop_signal=server.stop_signal,
    )


def _own(home: Home, place: LocalPlace, process: topology.Process) -> Child:
    told = base_environment(home) | topology.environment(process, place)
    if process.name == "twilio":
        told["FT_TWILIO_LEDGER"] = str(home.path / "twilio-ledger.jsonl")
    if process.name.endswith("-worker"):
        told["FT_KAFKA_MEMBER"] = process.name
    return Child(
        process.name,
        _provision(place) if process.name == "provision" else run_module(process.module),
        home.log(process.name),
        environment=told,
        needs=process.needs,
        once=process.once,
        port=0 if process.once else place.port(process.name),
        probe="" if process.once else process.readiness,
        restarts_with=("kafka",) if place.kafka_embedded and process.name.endswith("-worker") else (),
    )


def base_environment(home: Home) -> dict[str, str]:
    """What every process of the stack inherits: the caller's environment, and by what the stack is found again."""
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONDONTWRITEBYTECODE", "FT_PORT")}
    return kept | {"FT_HOME": str(home.path), "PYTHONUNBUFFERED": "1"}


def _provision(place: LocalPlace) -> Callable[[], int]:
    def body() -> int:
        run_module("deploy.provision")()
        if place.postgres:
            _stamp(place.postgres).write_text(json.dumps(_fingerprint(place)))
        return 0

    return body


def _stamp(server: PostgresServer) -> Path:
    return server.home / "provisioned"


def _is_provisioned(place: LocalPlace) -> bool:
    """Whether the embedded databases were migrated by just these files; another's server is always looked at.

    Raises CannotStart when they were made by a migration that was rewritten since: Alembic would take them for new."""
    if place.postgres is None or not _stamp(place.postgres).exists():
        return False
    now, before = _fingerprint(place), _read_stamp(place.postgres)
    migrations = [name for name in now if name.startswith("services/") or name.endswith(".sql")]
    rewritten = [name for name in migrations if before.get(name, now[name]) != now[name]]
    if rewritten or not before:
        raise CannotStart(
            f"The databases in {place.home.path} were made by migrations that were rewritten since. They hold"
            " demonstration data: make fresh throws it away and starts anew."
        )
    return now == before


def _read_stamp(server: PostgresServer) -> dict[str, str]:
    try:
        return dict(json.loads(_stamp(server).read_text()))
    except (ValueError, TypeError):
        return {}


def _fingerprint(place: LocalPlace) -> dict[str, str]:
    """What makes the databases: each file with its digest, and the server."""
    files = [*ROOT.glob("services/*/migrations/*"), *ROOT.glob("shared/db/*.sql"), *ROOT.glob("shared/db/*.py")]
    return {"server": place.admin_url()} | {
        str(file.relative_to(ROOT)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files if file.is_file()
    }
