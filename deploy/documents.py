"""Writes the committed documents: docs/openapi.json, docs/asyncapi.json, docs/events.md (`make openapi`)."""

import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gateway.main import build as build_gateway
from gateway.openapi import merge
from gateway.routing import SERVICES
from gateway.settings import GatewaySettings
from shared.bus.consumer import Subscription
from shared.contracts import asyncapi
from shared.contracts.base import Message

DOCS = Path(__file__).resolve().parents[1] / "docs"
NOWHERE = "http://127.0.0.1:1"


def openapi() -> dict[str, Any]:
    """The merged document, from the applications as they are in this checkout."""
    gateway = build_gateway(
        GatewaySettings(
            port=1,
            jwks_url=NOWHERE,
            kafka_bootstrap="127.0.0.1:1",
            ticket_key="for the document alone",
            **{f"{service}_url": NOWHERE for service in SERVICES},
        )
    )
    documents = {service: importlib.import_module(f"services.{service}.main").describe() for service in SERVICES}
    return merge(documents, gateway.openapi())


def subscriptions() -> dict[str, Subscription]:
    """What each service reacts to."""
    return {service: importlib.import_module(f"services.{service}.worker").SUBSCRIPTION for service in SERVICES}


def events_page() -> str:
    """docs/events.md: event → key → payload → consumers."""
    return "\n".join(_events_lines(subscriptions())) + "\n"


def _events_lines(known: dict[str, Subscription]) -> Iterator[str]:
    yield "# Domain events and commands"
    yield ""
    yield "Written by `make openapi` from `shared/contracts`; the payloads' types are in `asyncapi.json`."
    yield "*Replica* consumers only copy fields; the others act. `?` marks a field that may be missing."
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


if __name__ == "__main__":
    for name, content in documents().items():
        (DOCS / name).write_text(content)
        print(f"docs/{name}: {len(content.splitlines())} lines")
