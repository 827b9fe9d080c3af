"""What the matrix does not try: roles, keys, other privileges, functions that run as their owner, and tables of no account."""

from shared.db.migrations import ROLES
from shared.ids import uuid7
from tests.isolation.catalogue import COMMANDS
from tests.isolation.conftest import House
from tests.isolation.declared import DEFINERS, KEYS_OF_ALL, OF_STAFF, OWN_ROWS, WITHOUT_ACCOUNT

IN_PUBLIC = "relnamespace = 'public'::regnamespace"


async def names(house: House, statement: str, *values: object) -> list[str]:
    return [str(row[0]) for row in await house.connection.fetch(statement, *values)]


def roles_of(house: House) -> list[str]:
    return [f"{house.service}_{role}" for role in ROLES]


async def test_a_table_without_an_account_is_declared(house: House) -> None:
    found = await names(house, f"SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND {IN_PUBLIC}")
    assert set(found) - house.tables.keys() == WITHOUT_ACCOUNT[house.service].keys()


async def test_nothing_but_tables_shows_rows(house: House) -> None:
    """A view reads as its owner; so does what is materialised."""
    assert await names(house, f"SELECT relname FROM pg_class WHERE relkind IN ('v', 'm', 'f') AND {IN_PUBLIC}") == []


async def test_row_security_is_forced_and_no_row_is_without_an_account(house: House) -> None:
    loose = await names(
        house,
        "SELECT relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'account_id'"
        f" WHERE c.relkind IN ('r', 'p') AND {IN_PUBLIC}"
        " AND NOT (c.relrowsecurity AND c.relforcerowsecurity AND a.attnotnull AND a.atttypid = 'uuid'::regtype)",
    )
    assert loose == []


async def test_a_table_that_names_a_contractor_is_the_contractors_own_or_staffs(house: House) -> None:
    named = {name for name, table in house.tables.items() if "contractor_id" in table.columns}
    own = {name for name, column in OWN_ROWS[house.service].items() if column == "contractor_id"}
    assert (named - own, own - named) == (OF_STAFF[house.service], set())


async def test_keys_begin_with_the_account(house: House) -> None:
    unique = await names(
        house,
        "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
        " WHERE (i.indisunique OR i.indisexclusion) AND i.indrelid = ANY($1::regclass[]) AND NOT EXISTS ("
        " SELECT FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum = i.indkey[0] AND a.attname = 'account_id')",
        list(house.tables),
    )
    assert set(unique) == KEYS_OF_ALL.keys()


async def test_foreign_keys_lead_to_rows_of_the_same_account(house: House) -> None:
    astray = await names(
        house,
        "SELECT conname FROM pg_constraint k WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND NOT EXISTS ("
        " SELECT FROM pg_attribute a, pg_attribute b WHERE a.attrelid = k.conrelid AND a.attnum = k.conkey[1]"
        " AND b.attrelid = k.confrelid AND b.attnum = k.confkey[1] AND (a.attname, b.attname) = ('account_id', 'account_id'))",
    )
    assert astray == []


async def test_no_role_of_the_service_is_above_the_policies_or_in_another(house: House) -> None:
    roles = roles_of(house)
    above = "rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication OR NOT rolcanlogin"
    assert set(await names(house, "SELECT rolname FROM pg_roles WHERE rolname = ANY($1)", roles)) == set(roles)
    assert await names(house, f"SELECT rolname FROM pg_roles WHERE rolname = ANY($1) AND ({above})", roles) == []
    member = "SELECT roleid::regrole FROM pg_auth_members WHERE member::regrole::text = ANY($1)"
    assert await names(house, member, roles) == []


async def test_the_owner_owns_everything_and_the_others_make_nothing(house: House) -> None:
    owned = await names(
        house, f"SELECT DISTINCT relowner::regrole FROM pg_class WHERE relkind IN ('r', 'S') AND {IN_PUBLIC}"
    )
    assert owned == [f"{house.service}_owner"]
    for role in ("app", "worker"):
        assert not await house.connection.fetchval(
            "SELECT has_schema_privilege($1, 'public', 'CREATE')", f"{house.service}_{role}"
        )


async def test_nobody_but_the_owner_has_a_privilege_that_policies_do_not_hold(house: House) -> None:
    """TRUNCATE asks no policy, a foreign key or a trigger looks past them; what is PUBLIC's is every role's."""
    given = await names(
        house,
        "SELECT relname || ' ' || privilege_type FROM pg_class, aclexplode(relacl)"
        f" WHERE {IN_PUBLIC} AND relkind IN ('r', 'p') AND (grantee = 0 OR grantee::regrole::text <> ALL($1) OR is_grantable"
        " OR grantee <> relowner AND privilege_type <> ALL($2))",
        roles_of(house),
        COMMANDS,
    )
    assert given == []


async def test_functions_that_run_as_their_owner_are_declared(house: House) -> None:
    found = await house.connection.fetch(
        "SELECT proname, proowner::regrole::text AS owner FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace"
    )
    assert {row["proname"] for row in found} == DEFINERS[house.service].keys()
    assert {row["owner"] for row in found} == {f"{house.service}_owner"}


async def test_functions_that_run_as_their_owner_look_into_temporary_tables_last(house: House) -> None:
    """A search path that leaves pg_temp out has it first: whoever calls could put a table of theirs before ours."""
    found = await house.connection.fetch(
        "SELECT proname, proconfig FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace"
    )
    assert [row["proname"] for row in found if row["proconfig"] != ["search_path=pg_catalog, public, pg_temp"]] == []


async def test_a_temporary_table_does_not_make_the_application_the_owner(house: House) -> None:
    transaction = house.connection.transaction()
    await transaction.start()
    try:
        await house.connection.execute(
            f"SET LOCAL session_replication_role = origin; SET LOCAL ROLE {house.service}_app"
        )
        await house.connection.execute(
            "CREATE TEMP TABLE inbox (event_id uuid, consumer text, PRIMARY KEY (event_id, consumer));"
            f"GRANT ALL ON pg_temp.inbox TO {house.service}_owner;"
            "CREATE FUNCTION pg_temp.open_everything() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN ALTER TABLE public.dead_letters DISABLE ROW LEVEL SECURITY; RETURN NEW; END $$;"
            "CREATE TRIGGER opened BEFORE INSERT ON pg_temp.inbox FOR EACH ROW EXECUTE FUNCTION pg_temp.open_everything()"
        )
        id_ = [uuid7()]
        await house.connection.execute("SELECT * FROM claim_events('me', $1, $1, '{topic}', '{key}')", id_)
        assert await house.connection.fetchval("SELECT count(*) FROM dead_letters") == 0
    finally:
        await transaction.rollback()
