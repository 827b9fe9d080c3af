"""What in a newer AsyncAPI document of the contracts would break a reader of an older one."""

from collections.abc import Iterator
from typing import Any

WORDS = ("title", "description", "default", "examples")


def breaking_changes(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """What a consumer built on `old` would trip over in `new`: what is gone, has another type or key, or moved."""
    return [*_message_changes(old, new), *_channel_changes(old, new), *_all_schema_changes(old, new)]


def _message_changes(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    for kind, message in old["components"]["messages"].items():
        successor = new["components"]["messages"].get(kind)
        if successor is None:
            yield f"{kind} is gone"
            continue
        if successor["bindings"] != message["bindings"]:
            yield f"{kind} has another key"
        if successor["payload"] != message["payload"]:
            yield f"{kind} has another payload"


def _channel_changes(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    for name, channel in old["channels"].items():
        kept = new["channels"].get(name, {"messages": {}})["messages"]
        yield from (f"{kind} left the topic {channel['address']}" for kind in channel["messages"] if kind not in kept)


def _all_schema_changes(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    for name, schema in old["components"]["schemas"].items():
        successor = new["components"]["schemas"].get(name)
        if successor is None:
            yield f"{name} is gone"
        else:
            yield from (f"{name}: {change}" for change in _schema_changes(schema, successor))


def _schema_changes(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    before, after = old.get("properties", {}), new.get("properties", {})
    for field, schema in before.items():
        if field not in after:
            yield f"the field {field} is gone"
        elif _shape(schema) != _shape(after[field]):
            yield f"the field {field} has another type"
        elif set(_values(schema)) - set(_values(after[field])):
            yield f"a value of the field {field} is gone"
    if set(_values({**old, "properties": {}})) - set(_values({**new, "properties": {}})):
        yield "a value is gone"
    for field in set(old.get("required", ())) - set(new.get("required", ())):
        yield f"the field {field} may now be missing"


def _shape(schema: Any) -> Any:
    """A schema without its words, and without the values of its enumerations: those may grow."""
    if isinstance(schema, list):
        return [_shape(item) for item in schema]
    if isinstance(schema, dict):
        return {name: _shape(inner) for name, inner in schema.items() if name not in (*WORDS, "enum", "const")}
    return schema


def _values(schema: Any) -> Iterator[str]:
    """Every value that an enumeration anywhere in `schema` names."""
    if isinstance(schema, list):
        for item in schema:
            yield from _values(item)
    elif isinstance(schema, dict):
        yield from map(repr, schema.get("enum", ()))
        if "const" in schema:
            yield repr(schema["const"])
        for name, inner in schema.items():
            if name not in (*WORDS, "enum", "const"):
                yield from _values(inner)
