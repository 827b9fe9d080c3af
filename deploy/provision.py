"""Makes every service's roles and database and migrates it: run once before the services, safe to repeat.

It also looks whether the server takes as many connections as the processes will ask for."""

import asyncio
import os
import sys

from deploy.connections import shortage
from deploy.topology import ROLES, SERVICES
from shared.db import migrations
from shared.db.clock import allow_clock
from shared.settings import ServiceSettings


def run() -> None:
    dev_clock = os.environ.get("FT_DEV_CLOCK", "off")
    if dev_clock not in ("on", "off"):
        sys.exit(f"Cannot start. FT_DEV_CLOCK={dev_clock} is unknown: say on (development) or off.")
    missing = [name for name in ["FT_ADMIN_DATABASE_URL", *map(_password, _roles())] if not os.environ.get(name)]
    if missing:
        sys.exit("Cannot start. Set these environment variables: " + ", ".join(missing))
    asyncio.run(_provision(os.environ["FT_ADMIN_DATABASE_URL"], dev_clock=dev_clock == "on"))


async def _provision(admin_url: str, *, dev_clock: bool) -> None:
    pool_size = os.environ.get("FT_DATABASE_POOL_SIZE") or ServiceSettings.model_fields["database_pool_size"].default
    lacking = await shortage(admin_url, int(pool_size))
    if lacking:
        sys.exit(f"Cannot start. {lacking}")
    for service in SERVICES:
        passwords = {role: os.environ[_password((service, role))] for role in ROLES}
        urls = await migrations.provision(admin_url, service, passwords)
        await migrations.migrate(urls["owner"], service)
        await allow_clock(urls["owner"], dev_clock)


def _roles() -> list[tuple[str, str]]:
    return [(service, role) for service in SERVICES for role in ROLES]


def _password(of: tuple[str, str]) -> str:
    service, role = of
    return f"FT_{service.upper()}_{role.upper()}_PASSWORD"


if __name__ == "__main__":
    run()
