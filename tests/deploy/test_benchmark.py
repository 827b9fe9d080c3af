"""The benchmark's verdict: what is over its limit is named."""

from benchmarks.main_job import LIMITS, exceeded


def test_what_is_over_its_limit_or_was_not_measured_is_named() -> None:
    within = {name: float(limit) for name, limit in LIMITS.items()}
    assert exceeded(within) == []
    assert exceeded({**within, "text to reply p50 (ms)": 80.1}) == ["text to reply p50 (ms)"]
    assert exceeded({**within, "memory, PSS (MB)": float("nan")}) == ["memory, PSS (MB)"]
    del within["first make up (s)"]
    assert exceeded(within) == ["first make up (s)"]
