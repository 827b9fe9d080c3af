"""What goes wrong on demand: asked for by tests, used up by requests and messages."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

Stage = Literal["slow", "answer", "fate", "callbacks"]

STAGES: dict[str, Stage] = {
    "slow": "slow",
    "slow_after": "answer",
    "cut_before": "answer",
    "cut_after": "answer",
    "429": "answer",
    "500": "answer",
    "503": "answer",
    "error": "answer",
    "undelivered": "fate",
    "failed": "fate",
    "shuffle_callbacks": "callbacks",
    "repeat_callbacks": "callbacks",
    "drop_callbacks": "callbacks",
}
REQUESTS = ("create", "fetch", "list", "media", "any")
DEFAULT_CODES = {"undelivered": 30003, "failed": 30008}


@dataclass(slots=True)
class Fault:
    """One thing that goes wrong `count` times; without a count until it is taken back."""

    kind: str
    code: int | None
    count: int | None
    seconds: float
    to: str | None
    on: str

    @property
    def stage(self) -> Stage:
        return STAGES[self.kind]

    def hits(self, stage: Stage, on: str, to: str | None) -> bool:
        """Say whether it is due at this stage of this request."""
        return self.stage == stage and self.on in (on, "any") and self.to in (None, to) and self.count != 0


def parse_fault(asked: Mapping[str, Any]) -> Fault:
    """Read a fault as it is asked for. Raises ValueError, which says what is wrong."""
    name, _, code = str(asked.get("kind", "")).partition(":")
    unknown = set(asked) - {"kind", "count", "seconds", "to", "on"}
    if unknown:
        raise ValueError(f"unknown fields {sorted(unknown)}: a fault has kind, count, seconds, to and on")
    if name not in STAGES:
        raise ValueError(f"unknown kind {name!r}: use one of {', '.join(STAGES)} (error:<code>, undelivered:<code>)")
    if name == "error" and not code:
        raise ValueError("an error needs its code: error:21611")
    on = asked.get("on", "create")
    if on not in REQUESTS:
        raise ValueError(f"unknown request {on!r}: use one of {', '.join(REQUESTS)}")
    count = asked.get("count", 1)
    return Fault(
        kind=name,
        code=int(code) if code else DEFAULT_CODES.get(name),
        count=None if count is None else int(count),
        seconds=float(asked.get("seconds", 1.0)),
        to=asked.get("to"),
        on=on,
    )


class Faults:
    """The faults still to come, in the order they were asked for."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Let it happen from now on."""
        self._faults.append(fault)

    def clear(self) -> None:
        """Let nothing go wrong any more."""
        self._faults.clear()

    def waiting(self) -> list[dict[str, Any]]:
        """Return what is still to come."""
        return [asdict(fault) for fault in self._faults]

    def take(self, stage: Stage, on: str = "create", to: str | None = None) -> Fault | None:
        """Use up the fault that is due; one a stage, so that faults asked for in a row hit requests in a row."""
        fault = next((fault for fault in self._faults if fault.hits(stage, on, to)), None)
        if fault and fault.count is not None:
            fault.count -= 1
            if fault.count <= 0:
                self._faults.remove(fault)
        return fault
