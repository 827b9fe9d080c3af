"""What a migration calls for each new table: row-level security, grants, the touch trigger."""

from collections.abc import Iterable

ACCOUNT = "account_id = nullif(current_setting('app.account_id', true), '')::uuid"
OWN_ROWS = (
    "(current_setting('app.role', true) IS DISTINCT FROM 'contractor'"
    " OR {column} = nullif(current_setting('app.contractor_id', true), '')::uuid)"
)


def protect(service: str, table: str, *, own: str | None = None, append_only: bool = False) -> Iterable[str]:
    """Statements that close `table` to all but its tenant, and give the application its use.

    `append_only`: what happened stays; it goes only with the row it belongs to, by a foreign key's cascade.
    `own` names the column that holds the contractor's id where a contractor who signs in sees only own rows.
    """
    rule = ACCOUNT if own is None else f"{ACCOUNT} AND {OWN_ROWS.format(column=own)}"
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY"
    yield f"CREATE POLICY tenant ON {table} TO {service}_app USING ({rule}) WITH CHECK ({ACCOUNT})"
    yield f"GRANT SELECT, INSERT{'' if append_only else ', UPDATE, DELETE'} ON {table} TO {service}_app"
    # Until ANALYZE sees rows, an index that begins with the account looks as selective as the key; such plans are kept.
    yield (
        f"SELECT pg_restore_attribute_stats('schemaname', 'public', 'relname', '{table}', 'attname', 'account_id',"
        " 'inherited', false, 'null_frac', 0::real, 'avg_width', 16, 'n_distinct', 1::real)"
    )


def touch(table: str) -> Iterable[str]:
    """Statements for a table that derives from `Editable`."""
    yield f"CREATE TRIGGER touch_row BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION touch_row()"


def open_to_worker(service: str, table: str, *, privileges: str = "SELECT, UPDATE") -> Iterable[str]:
    """Statements that let the service's own worker claim rows of every tenant, by a policy, never by BYPASSRLS."""
    yield f"CREATE POLICY worker ON {table} TO {service}_worker USING (true) WITH CHECK (true)"
    yield f"GRANT {privileges} ON {table} TO {service}_worker"


def definers_look_in(path: str) -> Iterable[str]:
    """Statements that give every function which runs as its owner this search path.

    A path that leaves pg_temp out has it first: a caller's temporary table would stand before ours, and its triggers would run
    as the owner.
    """
    yield (
        "DO $$ DECLARE definer regprocedure; BEGIN"
        " FOR definer IN SELECT oid FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace LOOP"
        f" EXECUTE format('ALTER FUNCTION %s SET search_path = {path}', definer); END LOOP; END $$"
    )
