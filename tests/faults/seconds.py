"""A second worker of a service beside the house's own, as another machine would run it."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator

from deploy import topology
from deploy.local.home import ROOT, Home
from deploy.local.ports import free_port
from deploy.local.stack import LocalPlace
from tests.faults.house import House, environment_of


class Beside(LocalPlace):
    """The place of a running stack, for one more process."""

    def port(self, process: str) -> int:
        return free_port() if process.endswith("-worker") else self.ports.known[process]


@contextlib.contextmanager
def second(house: House, worker: str, *, hours_wrong: float = 0) -> Iterator[None]:
    """With a clock that is so many hours ahead, where asked."""
    with _told(environment_of(house) | {"FT_PORT": str(free_port())}):
        place = Beside(Home(house.stack.home))
        process = next(each for each in topology.processes("standin") if each.name == worker)
        environment = os.environ | topology.environment(process, place) | {"FT_KAFKA_MEMBER": "second"}
    run = f"import {process.module} as worker; worker.run()"
    if hours_wrong:
        moment = f"datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours={hours_wrong})"
        run = f"import datetime, time_machine\nwith time_machine.travel({moment}):\n    {run}"
    log = house.stack.home / "logs" / "second.log"
    with log.open("ab") as output:
        running = subprocess.Popen([sys.executable, "-c", run], cwd=ROOT, env=environment, stdout=output, stderr=output)
    try:
        yield
    finally:
        running.terminate()
        running.wait(20)


@contextlib.contextmanager
def _told(told: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(told)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
