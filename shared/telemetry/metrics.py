"""Prometheus metrics: what every process counts, and the answer of `/metrics`."""

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest
from starlette.responses import Response

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)

REQUESTS = Counter("ft_http_requests_total", "Requests answered", ("service", "method", "route", "status"))
REQUEST_SECONDS = Histogram(
    "ft_http_request_seconds", "Time until an answer began", ("service", "method", "route"), buckets=_SECONDS
)
OUTBOX_DEPTH = Gauge("ft_outbox_depth", "Committed domain events the relay has not published yet", ("service",))
CONSUMER_LAG = Gauge("ft_consumer_lag", "Events not consumed yet", ("service", "topic", "partition"))
EVENTS = Counter("ft_events_total", "Domain events by type and fate", ("service", "type", "fate"))
DEAD_LETTERS = Gauge("ft_dead_letters", "Events set aside, parked ones included", ("service",))
QUEUE_DEPTH = Gauge("ft_queue_depth", "Jobs that are due", ("service", "queue"))
JOBS = Counter("ft_jobs_total", "Jobs run by queue and outcome", ("service", "queue", "outcome"))
AI_RUNS = Counter("ft_ai_runs_total", "AI runs by who answered", ("service", "task", "provider", "fallback"))
AI_SECONDS = Histogram("ft_ai_run_seconds", "Time an AI run took", ("service", "task", "provider"), buckets=_SECONDS)


def metrics_response() -> Response:
    return Response(generate_latest(), headers={"content-type": CONTENT_TYPE_LATEST})
