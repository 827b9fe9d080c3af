"""What the supervisor gives back before it forks."""

import subprocess
import sys

PROGRAM = """
import ssl
from pathlib import Path
from deploy.local import sharing

def held(kind):
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(kind + ":"))

ssl.create_default_context()
own, files = held("Anonymous"), held("Rss") - held("Anonymous")
sharing.let_go_of_code()
print(own, files, held("Rss") - held("Anonymous"))
ssl.create_default_context()
print(held("Anonymous"))
"""


def test_what_was_read_of_libraries_is_given_back_and_they_go_on_working() -> None:
    ran = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    own, files_before, files_after, own_after = map(int, ran.stdout.split())
    assert files_before > 4_000, "KiB; else there was nothing to give back"
    assert files_after < files_before / 2
    assert own_after >= own * 0.9, "what was written stays"
