"""The supervisor's own process: `make up` starts it, and it stays until `make down`."""

import gc
import os
import signal
import sys

from deploy.local import lock, seeding, sharing, stack
from deploy.local.home import Home, write_json
from deploy.local.preload import preload
from deploy.local.supervisor import Supervisor


def main() -> int:
    signal.pthread_sigmask(signal.SIG_SETMASK, ())  # Who started it had blocked some.
    home = Home.of_environment()
    gc.disable()
    if not lock.take(home.run / "supervisor.lock"):
        sys.exit("Another supervisor holds this FT_HOME.")
    try:
        place = stack.LocalPlace(home)
        stack.write_databases(home, place)
        supervisor = Supervisor(
            stack.children(home, place) + seeding.children(home, place),
            home.run,
            last=stack.STORES,
            on_ready=lambda: seeding.write_demo(home, place),
        )
    except (stack.CannotStart, RuntimeError) as error:
        write_json(home.run / "state.json", {"supervisor": os.getpid(), "phase": "failed", "failure": str(error)})
        return 1
    return supervisor.run(_prepare)


def _prepare() -> None:
    preload()
    sharing.freeze()
    sharing.let_go_of_code()


if __name__ == "__main__":
    sys.exit(main())
