"""The one list of what Followthrough runs and what each process is told; local stack, compose, Kubernetes read it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from gateway import routing

SERVICES: tuple[str, ...] = routing.SERVICES
ROLES = ("owner", "app", "worker")
BROKERS_NEEDED_BY_WORKERS = ("provision", "kafka")

DEMO_NUMBER = "+12145550100"
OTHER_NUMBER = "+12145550101"

NEVER_BINDING = {"FT_ACCOUNT_REQUESTS_PER_MINUTE": "600000", "FT_ADDRESS_REQUESTS_PER_MINUTE": "600000"}
"""Limits of a stack for demonstrations and tests, all of whose callers share one address."""


class Place(Protocol):
    """Where a stack runs: what an address, a store or a secret is called there."""

    sms: str
    """`standin` or `twilio`."""
    host: str
    """The address every process listens on."""
    public_url: str
    """The gateway as Twilio and people see it."""
    twilio_base_url: str
    """The stand-in's address, or empty for Twilio itself."""
    kafka_bootstrap: str
    kafka_embedded: bool
    objects_url: str
    dev_clock: bool

    def port(self, process: str) -> int:
        """Where a process listens; `gateway-metrics` is the gateway's other port, which is not published."""
        ...

    def url(self, process: str) -> str: ...

    def database_url(self, service: str, role: str) -> str: ...

    def admin_url(self) -> str: ...

    def secret(self, name: str) -> str:
        """A secret by its name in lower case: `twilio_auth_token`, `directory_app_password`."""
        ...


@dataclass(frozen=True)
class Process:
    """One command of the image: `python -m <module>`, whose `run()` blocks until SIGTERM."""

    name: str
    module: str
    service: str = ""
    needs: tuple[str, ...] = ()
    readiness: str = "/readyz"
    once: bool = False
    """It does its work and ends; what needs it waits for that."""


def processes(sms: str) -> list[Process]:
    """Everything that is our own code, in the order of the documentation; PostgreSQL and the broker are not."""
    return [
        Process("provision", "deploy.provision", needs=("postgres",), once=True),
        *([Process("twilio", "deploy.local.twilio", readiness="/healthz")] if sms == "standin" else []),
        Process("gateway", "gateway.main", needs=("kafka",)),
        *(process for service in SERVICES for process in _both(service)),
    ]


def _both(service: str) -> Iterator[Process]:
    yield Process(service, f"services.{service}.main", service, needs=("provision",))
    yield Process(f"{service}-worker", f"services.{service}.worker", service, needs=BROKERS_NEEDED_BY_WORKERS)


def environment(process: Process, place: Place) -> dict[str, str]:
    """What one process must be told, as environment variables. What it may be told besides are its other settings."""
    if process.name == "provision":
        return _provision(place)
    told = {
        "FT_SERVICE": process.service or process.name,
        "FT_HOST": place.host,
        "FT_PORT": str(place.port(process.name)),
        "FT_PUBLIC_URL": place.public_url,
    }
    if process.name == "twilio":
        return told | _stand_in(place)
    told |= _addresses(place) | _kafka(place)
    if process.name == "gateway":
        told |= {"FT_TICKET_KEY": place.secret("ticket_key"), "FT_METRICS_PORT": str(place.port("gateway-metrics"))}
        told |= NEVER_BINDING if place.sms == "standin" else {}
    if process.service:
        told |= _storage(process, place)
    if process.service == "messaging":
        told |= _texting(place)
    if process.service == "directory":
        told |= {"FT_TOKEN_SIGNING_KEY": place.secret("token_signing_key")}
    return told


def _provision(place: Place) -> dict[str, str]:
    passwords = {
        f"FT_{service.upper()}_{role.upper()}_PASSWORD": place.secret(f"{service}_{role}_password")
        for service in SERVICES
        for role in ROLES
    }
    return {"FT_ADMIN_DATABASE_URL": place.admin_url(), "FT_DEV_CLOCK": "on" if place.dev_clock else "off"} | passwords


def _addresses(place: Place) -> dict[str, str]:
    urls = {f"FT_{service.upper()}_URL": place.url(service) for service in SERVICES}
    return urls | {"FT_JWKS_URL": f"{place.url('directory')}/.well-known/jwks.json"}


def _kafka(place: Place) -> dict[str, str]:
    return {
        "FT_KAFKA_BOOTSTRAP": place.kafka_bootstrap,
        "FT_KAFKA_EMBEDDED": str(place.kafka_embedded).lower(),
        "FT_KAFKA_PARTITIONS": "1" if place.kafka_embedded else "3",
        "FT_OUTBOX_KEEP_SECONDS": "5" if place.kafka_embedded else "0",
    }


def _storage(process: Process, place: Place) -> dict[str, str]:
    told = {
        "FT_DATABASE_URL": place.database_url(process.service, "app"),
        "FT_OBJECTS_URL": place.objects_url,
    }
    if process.name.endswith("-worker"):
        told["FT_WORKER_DATABASE_URL"] = place.database_url(process.service, "worker")
    return told


def _texting(place: Place) -> dict[str, str]:
    return {
        "FT_SMS": place.sms,
        "FT_TWILIO_ACCOUNT_SID": place.secret("twilio_account_sid"),
        "FT_TWILIO_AUTH_TOKEN": place.secret("twilio_auth_token"),
        "FT_TWILIO_BASE_URL": place.twilio_base_url,
    }


def _stand_in(place: Place) -> dict[str, str]:
    webhook = f"{place.public_url}/webhooks/twilio/sms"
    return {
        "FT_TWILIO_ACCOUNT_SID": place.secret("twilio_account_sid"),
        "FT_TWILIO_AUTH_TOKEN": place.secret("twilio_auth_token"),
        "FT_TWILIO_WEBHOOKS": f"{DEMO_NUMBER}={webhook},{OTHER_NUMBER}={webhook}",
    }
