"""JSON bodies read strictly: no NaN, no duplicate keys, no NUL, no numbers that would change on the way."""

import json
from typing import Any

from shared.errors import Invalid

MAX_DEPTH = 64
_MAX_INTEGER = 2**63 - 1


def loads(body: bytes) -> Any:
    """Raises Invalid with a sentence that says what is wrong."""
    try:
        if b"\\u0000" in body or b"\x00" in body:
            raise Invalid("The body holds a NUL character, which cannot be stored.")
        value = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_without_duplicates,
            parse_constant=_refuse_constant,
            parse_int=_bounded_int,
            parse_float=_finite_float,
        )
        if b"\\ud" in body.lower():
            json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise Invalid("The body holds half of a surrogate pair, which is no character.") from None
    except RecursionError:
        raise Invalid("The body is nested too deeply.") from None
    except UnicodeDecodeError:
        raise Invalid("The body is not UTF-8.") from None
    except ValueError as error:
        raise Invalid(f"The body is not valid JSON: {error}.") from None
    _check_depth(value)
    return value


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Invalid("The body names a key twice in one object.")
    return found


def _refuse_constant(name: str) -> Any:
    raise Invalid(f"{name} is not a JSON number.")


def _bounded_int(digits: str) -> int:
    value = int(digits) if len(digits) < 25 else _MAX_INTEGER + 1
    if abs(value) > _MAX_INTEGER:
        raise Invalid("The body holds a number outside 64 bits.")
    return value


def _finite_float(digits: str) -> float:
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        raise Invalid("The body holds a number that is too large.")
    return value


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            item
            for container in level
            if isinstance(container, dict | list)
            for item in (container.values() if isinstance(container, dict) else container)
        ]
        if not level:
            return
    raise Invalid("The body is nested too deeply.")
