"""JSON log lines on standard output: time, level, service, trace id, never a person's words or a secret."""

import logging
import sys
from collections.abc import Iterator
from traceback import extract_tb
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor

from shared.telemetry.privacy import clean, first_line
from shared.telemetry.traces import current_trace_id

_OURS = ("shared", "services", "gateway", "deploy", "__main__")
_FRAMES_SHOWN = 8
_ERRORS_SHOWN = 6


def configure_logging(service: str, level: str = "INFO", stream: TextIO | None = None) -> None:
    """Our loggers speak from `level`. Libraries speak from WARNING: below it they log bodies, addresses and queries."""
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(_formatter(service))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in _OURS:
        logging.getLogger(name).setLevel(level.upper())
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    logging.getLogger("uvicorn.access").setLevel(logging.CRITICAL)  # its lines carry client addresses and queries
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.contextvars.merge_contextvars,
            *_COMMON,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


_COMMON: list[Processor] = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
]


def _formatter(service: str) -> structlog.stdlib.ProcessorFormatter:
    def finish(_logger: Any, _method: str, event: EventDict) -> EventDict:
        errors = _errors(event.pop("exc_info", None))
        event.pop("color_message", None)  # uvicorn's words once more, for terminals
        line = {"time": event.pop("time"), "level": event.pop("level"), "service": service}
        line |= {"trace_id": current_trace_id(), "event": event.pop("event")}
        cleaned: EventDict = clean({**line, **event})
        return {**cleaned, "errors": errors} if errors else cleaned

    meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*_COMMON, structlog.stdlib.ExtraAdder()],
        processors=[meta, finish, structlog.processors.JSONRenderer(ensure_ascii=False)],
    )


def _errors(exc_info: Any) -> list[dict[str, Any]]:
    """The error, what caused it and what it groups, each with the place it came from."""
    if exc_info is True:
        exc_info = sys.exc_info()
    error = exc_info[1] if isinstance(exc_info, tuple) else exc_info
    chain = list(_chain(error))[:_ERRORS_SHOWN] if isinstance(error, BaseException) else []
    return [{"type": type(each).__qualname__, "message": first_line(each), "at": _places(each)} for each in chain]


def _chain(error: BaseException) -> Iterator[BaseException]:
    yield error
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _chain(inner)
    deeper = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if deeper is not None:
        yield from _chain(deeper)


def _places(error: BaseException) -> list[str]:
    frames = extract_tb(error.__traceback__)[-_FRAMES_SHOWN:]
    return [f"{'/'.join(frame.filename.split('/')[-3:])}:{frame.lineno} {frame.name}" for frame in frames]
