"""What a log line holds, and what it never holds."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
import structlog

from shared.telemetry.logs import configure_logging
from shared.telemetry.traces import current_trace_id, span_from

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines() -> Iterator[Lines]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logging("actions", "INFO", stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def log() -> Any:
    return structlog.get_logger("services.actions.notes")


def test_a_line_is_json_with_time_level_service_and_trace(lines: Lines) -> None:
    with span_from(None, "turn"):
        trace_id = current_trace_id()
        log().info("turn_finished", note_id=UUID(int=7), attempts=2)
    [line] = lines()
    assert line["time"].endswith("Z")
    assert (line["level"], line["service"], line["event"]) == ("info", "actions", "turn_finished")
    assert (line["note_id"], line["attempts"], line["trace_id"]) == (str(UUID(int=7)), 2, trace_id)


def test_words_of_a_person_and_secrets_are_withheld_by_key(lines: Lines) -> None:
    secret = "do-not-show-me"
    keys = ("body", "message_body", "token", "auth_token", "X-Api-Key", "phone", "email", "password", "Authorization")
    log().info("odd", nested={"deep": [{"text": secret}]}, **dict.fromkeys(keys, secret))
    [line] = lines()
    assert secret not in json.dumps(line)
    assert line["message_body"] == line["nested"]["deep"][0]["text"] == "[withheld]"


@pytest.mark.parametrize(
    "secret",
    [
        "+12145550123",
        "(214) 555-0123",
        "214-555-0123",
        "john.smith@example.com",
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.c2ln",
        "Bearer abcdef0123456789",
        "sk-ant-REDACTED",
        "app:hunter2",
    ],
)
def test_personal_patterns_are_masked_wherever_they_stand(lines: Lines, secret: str) -> None:
    held = f"postgresql+asyncpg://{secret}@db/actions" if secret == "app:hunter2" else f"saw {secret} there"
    log().info(held, reason=held)
    logging.getLogger("some.library").warning("failed for %s", held)
    assert len(lines()) == 2
    assert secret not in json.dumps(lines())


@pytest.mark.parametrize(
    "plain",
    [
        "0198f3a2-7c1e-7a10-9f3e-2145550123ab",
        "2026-11-22T10:00:00.123456+00:00",
        "followthrough.messaging",
        "28.5",
        "100-200",
    ],
)
def test_ids_times_and_numbers_stay_readable(lines: Lines, plain: str) -> None:
    log().info("seen", subject=plain)
    assert lines()[0]["subject"] == plain


def test_an_object_shows_its_type_only(lines: Lines) -> None:
    class Note:
        def __repr__(self) -> str:
            return "Note(body='secret words')"

    log().info("kept", held=Note())
    assert lines()[0]["held"] == "<Note>"


def test_an_error_tells_its_type_place_and_cause_but_not_what_it_quotes(lines: Lines) -> None:
    try:
        try:
            int("met John Smith today")
        except ValueError as error:
            raise RuntimeError("insert failed\nDETAIL: Key (phone)=(+12145550123) exists") from error
    except RuntimeError:
        log().exception("turn_failed")
    [line] = lines()
    outer, cause = line["errors"]
    assert (outer["type"], outer["message"]) == ("RuntimeError", "insert failed")
    assert cause["message"] == "invalid literal for int() with base 10: [withheld]"
    assert outer["at"][-1].startswith("shared/telemetry/test_logs.py:")
    assert "John" not in json.dumps(line)


def test_every_error_of_a_group_is_told(lines: Lines) -> None:
    log().error("loop_ended", exc_info=ExceptionGroup("two", [ValueError("a"), KeyError("b")]))
    assert [error["type"] for error in lines()[0]["errors"]] == ["ExceptionGroup", "ValueError", "KeyError"]


def test_libraries_are_heard_from_warning_on_and_uvicorn_access_never(lines: Lines) -> None:
    logging.getLogger("httpx").info("GET /suppressions?address=x")
    logging.getLogger("uvicorn.access").warning("127.0.0.1 GET /stream?ticket=x")
    logging.getLogger("uvicorn.error").error("broken")
    logging.getLogger("shared.bus").info("relay_started")
    assert [line["event"] for line in lines()] == ["broken", "relay_started"]


def test_what_a_line_of_the_standard_library_adds_is_shown_and_cleaned(lines: Lines) -> None:
    logging.getLogger("shared.bus.relay").warning(
        "relay waits: %s", "OSError", extra={"reason": "no answer from +12145550123", "body": "hello"}
    )
    [line] = lines()
    assert line["event"] == "relay waits: OSError"
    assert (line["reason"], line["body"]) == ("no answer from [withheld]", "[withheld]")
    assert set(line) == {"time", "level", "service", "trace_id", "event", "logger", "reason", "body"}
