"""The contracts as an AsyncAPI 3.0 document."""

from collections.abc import Iterator
from typing import Any

from pydantic.json_schema import models_json_schema

from shared.contracts import actions, ai, directory, followups, messaging
from shared.contracts.base import REGISTRY, Message

MODULES = (directory, messaging, actions, followups, ai)
SCHEMAS = "#/components/schemas/{model}"

_HEADERS = {
    "type": "object",
    "description": "CloudEvents 1.0, Kafka binary mode.",
    "required": ["ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "ce_subject", "ce_accountid"],
    "properties": {
        "ce_specversion": {"const": "1.0"},
        "ce_id": {"type": "string", "format": "uuid", "description": "UUIDv7; a consumer handles each id once."},
        "ce_source": {"type": "string", "examples": ["/services/actions"]},
        "ce_type": {"type": "string"},
        "ce_time": {"type": "string", "format": "date-time"},
        "ce_subject": {"type": "string", "description": "The aggregate's id."},
        "ce_accountid": {"type": "string", "format": "uuid", "description": "The tenant."},
        "traceparent": {"type": "string", "description": "W3C Trace Context."},
        "content-type": {"const": "application/json"},
    },
}


def published() -> dict[str, type[Message]]:
    """Every message of the published language by type."""
    names = {module.__name__ for module in MODULES}
    return {kind: message for kind, message in sorted(REGISTRY.items()) if message.__module__ in names}


def document() -> dict[str, Any]:
    messages = published()
    _, schemas = models_json_schema([(m, "serialization") for m in messages.values()], ref_template=SCHEMAS)
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Followthrough's domain events and commands", "version": "1"},
        "defaultContentType": "application/json",
        "channels": dict(_channels(messages)),
        "operations": dict(_operations(messages)),
        "components": {
            "messages": {kind: _message(kind, message) for kind, message in messages.items()},
            "messageTraits": {"cloudevent": {"headers": _HEADERS}},
            "schemas": schemas["$defs"],
        },
    }


def address(message: type[Message]) -> str:
    return message.topic_for("{service}")


def _name(topic: str) -> str:
    return topic.replace("{service}", "any").replace(".", "-")


def _channels(messages: dict[str, type[Message]]) -> Iterator[tuple[str, Any]]:
    for topic in sorted({address(message) for message in messages.values()}):
        carried = [kind for kind, message in messages.items() if address(message) == topic]
        channel: dict[str, Any] = {
            "address": topic,
            "messages": {kind: {"$ref": f"#/components/messages/{kind}"} for kind in carried},
        }
        if "{" in topic:
            channel["parameters"] = {"service": {"description": "The service that publishes."}}
        yield _name(topic), channel


def _operations(messages: dict[str, type[Message]]) -> Iterator[tuple[str, Any]]:
    for kind, message in messages.items():
        channel = _name(address(message))
        yield (
            kind,
            {
                "action": "receive" if message.command else "send",
                "channel": {"$ref": f"#/channels/{channel}"},
                "messages": [{"$ref": f"#/channels/{channel}/messages/{kind}"}],
            },
        )


def _message(kind: str, message: type[Message]) -> dict[str, Any]:
    return {
        "name": kind,
        "summary": " ".join((message.__doc__ or _inherited_doc(message)).split()),
        "traits": [{"$ref": "#/components/messageTraits/cloudevent"}],
        "payload": {"$ref": f"#/components/schemas/{message.__name__}"},
        "bindings": {"kafka": {"key": {"type": "string", "description": f"`{message.key_field}`"}}},
    }


def _inherited_doc(message: type[Message]) -> str:
    return next((base.__doc__ for base in message.__mro__[1:] if base.__doc__ and base is not Message), "")
