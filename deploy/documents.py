"""Writes the committed documents: docs/openapi.json, docs/asyncapi.json, docs/events.md (`make openapi`)."""

import importlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from gateway.main import build as build_gateway
from gateway.openapi import merge
from gateway.routing import SERVICES
from gateway.settings import GatewaySettings
from shared.bus.subscription import Subscription
from shared.contracts import asyncapi
from shared.contracts.base import Message
from shared.contracts.compatibility import breaking_changes

DOCS = Path(__file__).resolve().parents[1] / "docs"
NOWHERE = "http://127.0.0.1:1"
OVERRIDE = "FT_BREAK_CONTRACTS"
REFUSAL = (
    "These changes break services that read the messages as they are now:\n{}\nAdd a field, or publish a new version of"
    f" the message beside the old one. Where no reader and no message of the old kind is left: {OVERRIDE}=yes make openapi"
)


def openapi() -> dict[str, Any]:
    """The merged document, from the applications as they are in this checkout."""
    gateway = build_gateway(
        GatewaySettings.model_construct(
            service="gateway",
            jwks_url=NOWHERE,
            kafka_bootstrap="127.0.0.1:1",
            ticket_key="for the document alone",
            directory_url=NOWHERE,
            messaging_url=NOWHERE,
            actions_url=NOWHERE,
            followups_url=NOWHERE,
        )
    )
    documents = {
        service: importlib.import_module(f"services.{service}.main").build(settings_of(service)).openapi()
        for service in SERVICES
    }
    return merge(documents, gateway.openapi())


def settings_of(service: str) -> Any:
    """Settings that suffice to build a service without starting it."""
    kind = getattr(importlib.import_module(f"services.{service}.settings"), f"{service.title()}Settings")
    return kind.model_construct(
        service=service,
        port=1,
        jwks_url=NOWHERE,
        database_url="",
        kafka_bootstrap="127.0.0.1:1",
        twilio_account_sid="AC",
        twilio_auth_token="for the document alone",  # noqa: S106
        token_signing_key=throwaway_key(),
    )


def throwaway_key() -> str:
    """directory wants a signing key to be built at all."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, *form).decode()


def subscriptions() -> dict[str, Subscription]:
    """What each service reacts to."""
    return {
        service: importlib.import_module(f"services.{service}.worker").subscription(settings_of(service))
        for service in SERVICES
    }


def events_page() -> str:
    """docs/events.md: event → key → payload → consumers."""
    return "\n".join(_events_lines(subscriptions())) + "\n"


def _events_lines(known: dict[str, Subscription]) -> Iterator[str]:
    yield "# Domain events and commands"
    yield ""
    yield "Written by `make openapi` from `shared/contracts`; the payloads' types are in `asyncapi.json`."
    yield "*Replica* consumers only copy fields; the others act. `?` marks a field that may be missing."
    yield "Fields are only ever added; a reader ignores those it does not know. An enumeration grows readers first:"
    yield "deploy those who read a new value before the one who publishes it. (An unknown intent is read as `unknown`.)"
    topics = sorted({asyncapi.address(message) for message in asyncapi.published().values()})
    for topic in topics:
        yield from (
            "",
            f"## `{topic}`",
            "",
            "| type | key | payload | acted on by | replicas in |",
            "|---|---|---|---|---|",
        )
        for kind, message in asyncapi.published().items():
            if asyncapi.address(message) == topic:
                yield _row(kind, message, known)


def _row(kind: str, message: type[Message], known: dict[str, Subscription]) -> str:
    acting = [service for service, each in known.items() if message in each.handlers]
    copying = [service for service, each in known.items() if message in each.replicas]
    fields = (f"{name}{'' if field.is_required() else '?'}" for name, field in message.model_fields.items())
    cells = [
        f"`{kind}`",
        f"`{message.key_field}`",
        ", ".join(fields),
        ", ".join(acting) or "–",
        ", ".join(copying) or "–",
    ]
    return f"| {' | '.join(cells)} |"


def documents() -> dict[str, str]:
    """Path below docs/ → content."""
    return {
        "openapi.json": json.dumps(openapi(), indent=1, sort_keys=True) + "\n",
        "asyncapi.json": json.dumps(asyncapi.document(), indent=1, sort_keys=True) + "\n",
        "events.md": events_page(),
    }


def write(folder: Path) -> None:
    """Stops with a sentence where the contracts would break those who read them."""
    written = documents()
    committed = folder / "asyncapi.json"
    breaks = breaking_changes(json.loads(committed.read_text()), json.loads(written[committed.name]))
    if breaks and os.environ.get(OVERRIDE) != "yes":
        sys.exit(REFUSAL.format("\n".join(f"  {change}" for change in breaks)))
    for name, content in written.items():
        (folder / name).write_text(content)
        print(f"docs/{name}: {len(content.splitlines())} lines")


if __name__ == "__main__":
    write(DOCS)
