"""A stack without services, for tests of the supervisor: PostgreSQL, the broker, the stand-in, and what a test adds."""

import os
import sys

from deploy import topology
from deploy.local import __main__, background, commands, seeding

ALL = topology.processes


def shrink() -> None:
    topology.SERVICES = ()
    seeding.children = lambda home, place: []
    named = {"extra": os.environ.get("TEST_PROCESS", ""), "extra-worker": os.environ.get("TEST_WORKER", "")}
    added = [topology.Process(name, module) for name, module in named.items() if module]
    topology.processes = lambda sms: [process for process in ALL(sms) if process.name == "twilio"] + added


if __name__ == "__main__":
    shrink()
    if len(sys.argv) > 1:
        commands.BACKGROUND = "tests.deploy.small_stack"
        sys.exit(__main__.main(sys.argv[1:]))
    sys.exit(background.main())
