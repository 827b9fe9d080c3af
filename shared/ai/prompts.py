"""Prompt files: Markdown led by `name`, `version`, `agent`, `model`, `max_tokens` and, if wished, `effort`."""

import re
from dataclasses import dataclass
from pathlib import Path

_FILE = re.compile(r"\A---\n(?P<head>.*?)\n---\n(?P<body>.+)\Z", re.DOTALL)
_REQUIRED = {"name", "version", "agent", "model", "max_tokens"}
_ALLOWED = _REQUIRED | {"effort"}


@dataclass(frozen=True)
class Prompt:
    name: str
    version: str
    agent: str
    model: str
    max_tokens: int
    body: str
    effort: str | None = None

    @classmethod
    def read(cls, path: Path) -> "Prompt":
        """Raises ValueError with a sentence that names the file and what to put right."""
        found = _FILE.match(path.read_text(encoding="utf-8"))
        if found is None:
            raise ValueError(f"{path} must begin with `---`, fields, `---`, and then say what the model is to do.")
        head = dict(_field(path, line) for line in found["head"].splitlines() if line.strip())
        if not head.keys() >= _REQUIRED or not head.keys() <= _ALLOWED or not head["max_tokens"].isdecimal():
            raise ValueError(f"{path} needs {', '.join(sorted(_REQUIRED))}, may have effort; max_tokens is a number.")
        max_tokens = int(head.pop("max_tokens"))
        return cls(**head, max_tokens=max_tokens, body=found["body"].strip())


def _field(path: Path, line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon:
        raise ValueError(f"{path}: write `name: value` instead of {line!r}.")
    return name.strip(), value.strip()
