"""What makes two states of a row different."""

from typing import Any


def changed_fields(row: Any, values: dict[str, Any]) -> list[str]:
    return [name for name, value in values.items() if getattr(row, name) != value]
