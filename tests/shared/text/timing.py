"""The bound every parser keeps: 50,000 characters answered in under 50 ms."""

from collections.abc import Callable
from time import thread_time

HOSTILE = (
    "a",
    "A",
    "1",
    " ",
    ".",
    "-",
    "é",
    "😀",
    "@",
    "\n",
    "a ",
    "A ",
    "1-",
    "(2",
    "a@",
    "1/",
    "John ",
    "Met John Smith from ",
    "214-555-0123 ",
    "a.b@example.com ",
    "next ",
    "10/16 ",
    "every ",
    "1. ",
    "done ",
    "and ",
    "Acme Roofing ",
    "in 3 ",
    "'",
    "with ",
    "five oh ",
    "a dot ",
    "a at b dot ",
    "$12k ",
    "twenty hundred ",
    "a.com/",
    "12 Oak ",
    "booth 4 ",
)
LIMIT = 0.1


def slowest(read: Callable[[str], object]) -> tuple[float, str]:
    """The worst CPU time over hostile texts, each the best of three, and the unit it was made of."""
    read("warm up: met John on Friday")
    return max((min(_seconds(read, unit * (50_000 // len(unit))) for _ in range(3)), unit) for unit in HOSTILE)


def _seconds(read: Callable[[str], object], text: str) -> float:
    began = thread_time()
    read(text)
    return thread_time() - began
