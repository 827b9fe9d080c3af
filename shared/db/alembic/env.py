"""Alembic's entry: the connection is handed over by `shared.db.migrations`."""

from alembic import context

PLATFORM_TABLES = {"outbox", "inbox", "leases", "dead_letters", "idempotency_keys", "clock_offset"}


def _is_ours(thing: object, name: str | None, kind: str, reflected: bool, compare_to: object) -> bool:
    return not (kind == "table" and name in PLATFORM_TABLES)


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes["metadata"],
    include_object=_is_ours,
    compare_server_default=False,
)
with context.begin_transaction():
    context.run_migrations()
