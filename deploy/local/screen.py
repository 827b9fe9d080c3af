"""The screen that `make up` ends with, and the table of `make ps`."""

import sys
import time
from typing import Any

from rich import box
from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from deploy.local.home import DEFAULT_HOME, Home, read_json
from deploy.local.memory import children_of, memory_of

PIPED_WIDTH = 110
GOOD, BAD, BUSY = "green", "red", "yellow"
COLOURS = {"ready": GOOD, "done": "dim", "backoff": BAD}


def show(home: Home) -> None:
    """Address, sign-in, what to try."""
    demo = read_json(home.demo) or {}
    console = Console(highlight=False, width=None if sys.stdout.isatty() else PIPED_WIDTH)
    title = "[bold green]Followthrough is running[/]"
    console.print(Panel(_card(demo), title=title, title_align="left", border_style=GOOD, box=box.ROUNDED, expand=False))
    if home.path != DEFAULT_HOME:
        console.print(f"  For this stack, first: [bold]export FT_HOME={home.path}[/]")
    table = Table(box=None, show_header=False, padding=(0, 2))
    table.add_column(style="bold cyan", no_wrap=True)
    table.add_column(style="dim")
    for command, what in _tries(demo):
        table.add_row(command, what)
    console.print(table)


def _card(demo: dict[str, Any]) -> Table:
    card = Table(box=None, show_header=False, padding=(0, 1))
    card.add_column(style="dim", no_wrap=True)
    card.add_column(overflow="fold")
    rows = {
        "Address": demo.get("gateway"),
        "API docs": f"{demo.get('gateway')}/docs",
        "Sign in": demo.get("email") and f"{demo['email']}  with password  {demo['password']}",
        "API key": demo.get("api_key") and f"X-API-Key: {demo['api_key']}",
        "Text to": demo.get("twilio_api") and f"{demo['twilio_number']}  (a stand-in for Twilio; no text leaves here)",
    }
    for name, value in rows.items():
        if value:
            card.add_row(name, Text(str(value)))
    return card


def _tries(demo: dict[str, Any]) -> list[tuple[str, str]]:
    people = demo.get("contractors") or []
    tries = [("make demo", "play a whole event day, end to end")]
    if people and demo.get("twilio_api"):
        text = f"as {people[0]['full_name']} would; prints the reply"
        tries.append(('make text BODY="Met John Smith, wants our pricing by Friday"', text))
    tries.append(("make clock TO=+3d", "it is three days later"))
    tries.append(("make ps   make logs   make down", "look after it"))
    return tries


def show_processes(state: dict[str, Any]) -> None:
    table = Table(box=box.SIMPLE_HEAD, header_style="dim")
    for name, where in (("process", "left"), ("pid", "right"), ("port", "right"), ("state", "left")):
        table.add_column(name, justify=where)  # type: ignore[arg-type]
    for name in ("restarts", "memory", "for"):
        table.add_column(name, justify="right")
    rows = {"supervisor": {"pid": state["supervisor"], "state": state["phase"]}} | state["processes"]
    total = sum(_add_row(table, name, each) for name, each in rows.items() if each["state"] != "done")
    table.add_section()
    table.add_row("[bold]all", "", "", "", "", f"[bold]{total / 1024:.0f} MB", "")
    Console(highlight=False).print(table)


def _add_row(table: Table, name: str, each: dict[str, Any]) -> int:
    """Returns the memory, KiB; the supervisor's children have rows of their own."""
    pid = each["pid"]
    pids = [pid, *(children_of(pid) if name != "supervisor" else ())] if pid else []
    memory = sum(map(memory_of, pids))
    said = f"{each['state']}{': ' + each['message'] if each.get('message') else ''}"
    table.add_row(
        name,
        str(pid or ""),
        str(each.get("port") or ""),
        Text(said, style=COLOURS.get(each["state"], BUSY)),
        str(each.get("restarts", "")),
        f"{memory / 1024:.0f} MB" if memory else "",
        _span(time.time() - each["since"]) if each.get("since") else "",
    )
    return memory


def _span(seconds: float) -> str:
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{max(seconds, 0):.0f} s"
