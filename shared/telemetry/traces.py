"""Traces: the OpenTelemetry API everywhere, its SDK only where a collector is configured.

Without a collector a trace id is still taken in, made where there is none, and passed on, so that the log lines of
one text can be joined across processes."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import NonRecordingSpan, Span, SpanContext, SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

Attributes = Mapping[str, str | int | float | bool]

_PROPAGATOR = TraceContextTextMapPropagator()
_TRACER = trace.get_tracer("followthrough")


def configure_tracing(service: str, endpoint: str, sample: float) -> Callable[[], None]:
    """Send the share `sample` of traces to the OTLP/HTTP collector; call what is returned to send the rest and stop."""
    if not endpoint or sample <= 0:
        return lambda: None
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.sdk.trace.sampling import ParentBasedTraceIdRatio

    provider = TracerProvider(
        sampler=ParentBasedTraceIdRatio(sample), resource=Resource.create({"service.name": service})
    )
    exporter = OTLPSpanExporter(endpoint=endpoint.removesuffix("/") + "/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    return provider.shutdown


def current_traceparent() -> str | None:
    """The W3C header value to send along, or None outside any span."""
    carrier: dict[str, str] = {}
    _PROPAGATOR.inject(carrier)
    return carrier.get("traceparent")


def current_trace_id() -> str | None:
    context = trace.get_current_span().get_span_context()
    return trace.format_trace_id(context.trace_id) if context.is_valid else None


@contextmanager
def span_from(
    traceparent: str | None, name: str, *, kind: SpanKind = SpanKind.CONSUMER, attributes: Attributes | None = None
) -> Iterator[Span]:
    """A span under the one a request or a Kafka message came with; a new trace where there is none, or a wrong one."""
    parent = _PROPAGATOR.extract({"traceparent": traceparent or ""}, context=Context())
    with _running(_TRACER.start_span(name, context=parent, kind=kind, attributes=attributes)) as span:
        yield span


@contextmanager
def span_here(name: str, *, kind: SpanKind = SpanKind.INTERNAL, attributes: Attributes | None = None) -> Iterator[Span]:
    """A span under the current one."""
    with _running(_TRACER.start_span(name, kind=kind, attributes=attributes)) as span:
        yield span


@contextmanager
def _running(span: Span) -> Iterator[Span]:
    if not span.get_span_context().is_valid:
        span = NonRecordingSpan(SpanContext(secrets.randbits(128) or 1, secrets.randbits(64) or 1, is_remote=False))
    # Not recorded as OpenTelemetry would: an exception's message may quote what a person wrote.
    with trace.use_span(span, end_on_exit=True, record_exception=False, set_status_on_exception=False):
        try:
            yield span
        except BaseException as error:
            span.set_status(StatusCode.ERROR, type(error).__qualname__)
            raise
