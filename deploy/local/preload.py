"""What the supervisor imports before it forks, so that its children share it in memory."""

import importlib
import sys

from deploy import topology

COMMON = [
    "aiohttp",
    "aiokafka",
    "anyio._backends._asyncio",
    "argon2",
    "asyncpg",
    "fastapi",
    "httpcore",
    "httpx",
    "httptools",
    "jwt",
    "multipart",
    "opentelemetry.sdk.trace",
    "prometheus_client",
    "pydantic_settings",
    "sqlalchemy.dialects.postgresql.asyncpg",
    "sqlalchemy.ext.asyncio",
    "structlog",
    "uvicorn.lifespan.on",
    "uvicorn.loops.uvloop",
    "uvicorn.protocols.http.httptools_impl",
]


def preload() -> None:
    """Import what the children share; a module that cannot be imported says so itself when its process starts."""
    for name in COMMON + [process.module for process in topology.processes("standin")]:
        try:
            importlib.import_module(name)
        except Exception as error:
            print(f"{name} cannot be imported here: {error!r}", file=sys.stderr, flush=True)
    from sqlalchemy.orm import configure_mappers

    configure_mappers()
