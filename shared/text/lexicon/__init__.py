"""Word lists and patterns, kept as text files beside this module and read once, at import."""

import re
from importlib.resources import files

Sections = dict[str, tuple[str, ...]]


def load(name: str) -> Sections:
    """The sections of `<name>.txt`."""
    return sections_of(files(__package__).joinpath(f"{name}.txt").read_text(encoding="utf-8"))


def sections_of(text: str) -> Sections:
    """A line in brackets begins a section, every other line that is no comment is an entry."""
    sections: dict[str, list[str]] = {}
    current: list[str] = []
    for raw in text.splitlines():
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("[") and line.endswith("]"):
            current = sections.setdefault(line[1:-1], [])
        else:
            current.append(line)
    return {title: tuple(lines) for title, lines in sections.items()}


def words(lines: tuple[str, ...]) -> frozenset[str]:
    """All words of the lines."""
    return frozenset(word for line in lines for word in line.split())


def any_of(patterns: tuple[str, ...], macros: tuple[str, ...] = ()) -> re.Pattern[str]:
    """One expression that finds any of the patterns, `<name>` in them replaced from `name = pattern` lines."""
    named = dict(line.split(" = ", 1) for line in macros)

    def expand(pattern: str) -> str:
        return re.sub(r"(?<!\?P)<(\w+)>", lambda match: expand(named[match[1]]), pattern)

    return re.compile("|".join(f"(?:{expand(pattern)})" for pattern in patterns))
