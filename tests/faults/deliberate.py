"""Puts faults in on purpose, one at a time, into a copy of the tree; tells which tests notice.

    python -m tests.faults.deliberate [NAME …]

Ends with 1 when a fault stays unnoticed. `test_deliberate.py` sees to it that each still fits the code.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from deploy.local.home import ROOT

LEFT_OUT = (
    ".git",
    ".venv",
    ".followthrough",
    "__pycache__",
    ".mypy_cache",
    ".ruff_cache",
    ".hypothesis",
    ".pytest_cache",
)


@dataclass(frozen=True)
class Fault:
    """`old` stands once in `file`; with `new` in its place one of `tests` must fail."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


FAULTS = (
    Fault(
        "acknowledged before the commit",
        "shared/bus/consumer.py",
        "            handled = await self._handle_records(waiting, records)\n",
        "            self._done[partition] = records[-1].offset + 1\n"
        "            await self._commit(self._current, now=True)\n"
        "            handled = await self._handle_records(waiting, records)\n",
        ("tests/faults/test_statements_of_events.py::test_07_a_consumer_is_killed_between_its_effect_and_the_offsets_commit"
         "_the_effect_happens_once",),
    ),
    Fault(
        "no fence check",
        "shared/db/jobs.py",
        "        if not held:\n            raise LeaseLost\n",
        "",
        ("tests/shared/db/test_jobs.py",),
    ),
    Fault(
        "no inbox claim",
        "shared/bus/dead_letters.py",
        "    return [(each, claimed.pop(each.envelope.id)) for each in incoming if each.envelope.id in claimed]\n",
        "    return [(each, claimed.get(each.envelope.id, False)) for each in incoming]\n",
        ("tests/shared/bus/test_bus.py",),
    ),
    Fault(
        "a relay that does not ask for its lease",
        "shared/bus/relay.py",
        """_IS_MINE = "EXISTS (SELECT FROM leases WHERE name = 'relay' AND holder = $2 AND epoch = $3)\"""",
        """_IS_MINE = "$2::uuid IS NOT NULL AND $3::bigint IS NOT NULL\"""",
        ("tests/shared/bus/test_bus.py",),
    ),
    Fault(
        "a policy that is not forced",
        "shared/db/protect.py",
        "ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
        "ENABLE ROW LEVEL SECURITY",
        ("tests/isolation/test_catalogue.py", "tests/isolation/test_tenants.py"),
    ),
    Fault(
        "opt-out unchecked",
        "services/messaging/sending/rules.py",
        "    if is_suppressed(facts.purpose, facts.scopes):\n        return Drop(\"suppressed\")\n",
        "",
        ("tests/services/messaging/test_consent.py",),
    ),
    Fault(
        "quiet hours by the server's clock",
        "services/followups/timing/rules.py",
        "    local = moment.astimezone(zone)\n    clock = local.time().replace(fold=0)\n    if hours.opens",
        "    local = moment.astimezone(UTC)\n    clock = local.time().replace(fold=0)\n    if hours.opens",
        ("tests/services/followups/test_rules.py",),
    ),
    Fault(
        "sent again when in doubt",
        "services/messaging/sending/finishing.py",
        "            await doubt(db, message, reason)\n        case Unsubscribed",
        "            _take_back(message)\n            _again(message, 0.5, reason)\n        case Unsubscribed",
        ("tests/services/messaging/test_doubts.py",),
    ),
    Fault(
        "no look at the signature",
        "services/messaging/inbound/routes.py",
        '    if not request.app.state.is_signed(url, form, request.headers.get("x-twilio-signature")):\n',
        '    if request.app.state.is_signed(url, form, request.headers.get("x-twilio-signature")) is None:\n',
        ("tests/services/messaging/test_webhooks.py",),
    ),
    Fault(
        "a lost wake-up",
        "shared/db/listen.py",
        "        async with asyncio.timeout(seconds):  # wait_for",
        "        woken.clear()\n        async with asyncio.timeout(seconds):  # wait_for",
        ("tests/shared/db/test_listen.py",),
    ),
)  # fmt: skip


def put_in(fault: Fault, tree: Path) -> None:
    """Raises ValueError where the code has changed."""
    file = tree / fault.file
    text = file.read_text()
    if text.count(fault.old) != 1:
        raise ValueError(f"{fault.file} has changed: say in {__name__} how {fault.name!r} is put in now")
    file.write_text(text.replace(fault.old, fault.new))


def who_notices(fault: Fault) -> list[str]:
    """The tests that fail, by name; what cannot even start is told as such."""
    with _copy() as tree:
        put_in(fault, tree)
        command = [
            str(ROOT / ".venv/bin/python"),
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:inline_snapshot",
            "-p",
            "no:cacheprovider",
        ]
        done = subprocess.run([*command, "--tb=no", *fault.tests], cwd=tree, capture_output=True, text=True)
    found = re.findall(r"^(?:FAILED|ERROR) \S+?::(\w+)", done.stdout, re.MULTILINE)
    return sorted(set(found)) if done.returncode in (0, 1) else [f"pytest ended with {done.returncode}"]


@contextmanager
def _copy() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="ft-faulty-") as folder:
        tree = Path(folder) / "tree"
        shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(*LEFT_OUT))
        yield tree


def main(names: list[str]) -> int:
    table = Table(title="faults put in on purpose", title_justify="left")
    for column in ("fault", "noticed by", "and"):
        table.add_column(column, overflow="fold")
    chosen = [fault for fault in FAULTS if not names or fault.name in names]
    unnoticed = 0
    for fault in chosen:
        found = who_notices(fault)
        unnoticed += not found
        first = found[0] if found else "[red]nobody"
        table.add_row(fault.name, first, f"{len(found) - 1} more" if len(found) > 1 else "")
    Console(width=None if sys.stdout.isatty() else 160).print(table)
    return int(unnoticed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
