"""One OpenAPI document out of the services' own."""

from typing import Any

METHODS = ("get", "put", "post", "delete", "patch", "options", "head")


def merge(documents: dict[str, dict[str, Any]], own: dict[str, Any]) -> dict[str, Any]:
    """The gateway's document with every service's paths; schemas of one name but different shape get the service's name."""
    paths: dict[str, Any] = dict(own.get("paths", {}))
    schemas: dict[str, Any] = dict(own.get("components", {}).get("schemas", {}))
    for service, document in sorted(documents.items()):
        renamed = _renamed(service, document.get("components", {}).get("schemas", {}), schemas)
        document = _with_references(document, renamed)
        for name, schema in document.get("components", {}).get("schemas", {}).items():
            schemas[renamed.get(name, name)] = schema
        for path, operations in document.get("paths", {}).items():
            paths.setdefault(path, {}).update(_described(service, operations))
    return {
        "openapi": own.get("openapi", "3.1.0"),
        "info": {
            "title": "Followthrough",
            "version": "1",
            "description": "Turns conversations at trade events into finished follow-ups. "
            "Sign in at `POST /api/v1/auth/token`, or send an API key in `X-API-Key`.",
        },
        "security": [{"bearer": []}, {"api_key": []}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "api_key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
            },
        },
    }


def _renamed(service: str, theirs: dict[str, Any], known: dict[str, Any]) -> dict[str, str]:
    return {name: f"{service.title()}{name}" for name, schema in theirs.items() if known.get(name, schema) != schema}


def _with_references(value: Any, renamed: dict[str, str]) -> Any:
    if isinstance(value, list):
        return [_with_references(item, renamed) for item in value]
    if not isinstance(value, dict):
        return value
    copy = {key: _with_references(item, renamed) for key, item in value.items()}
    reference = copy.get("$ref")
    if isinstance(reference, str):
        start, _, name = reference.rpartition("/")
        copy["$ref"] = f"{start}/{renamed.get(name, name)}"
    return copy


def _described(service: str, operations: dict[str, Any]) -> dict[str, Any]:
    return {
        method: {**operation, "tags": operation.get("tags") or [service], "x-service": service}
        for method, operation in operations.items()
        if method in METHODS
    }
