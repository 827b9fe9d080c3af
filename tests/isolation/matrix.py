"""Who is tried with what on each table, what must come of it, and what came."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import asyncpg

from shared.db.migrations import ROLES
from tests.isolation import rows
from tests.isolation.catalogue import Table
from tests.isolation.declared import OWN_ROWS, openings_of
from tests.isolation.rows import ALPHA, BETA, CONTRACTORS

# Tries one statement and undoes it. Answers which of the account's rows were seen or changed, by their order, and whether it
# has more of them; nothing where nothing was reached, as where it was refused.
ATTEMPT = """
CREATE FUNCTION pg_temp.attempt(acting text, settings jsonb, statement text, of_table text, account uuid) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    theirs text := format('SELECT array_agg(ctid ORDER BY ctid) FROM %I WHERE account_id = %L', of_table, account);
    before tid[]; after tid[]; seen tid[];
BEGIN
    EXECUTE theirs INTO before;
    BEGIN
        PERFORM set_config(key, value, true) FROM jsonb_each_text(settings);
        PERFORM set_config('role', acting, true);
        IF statement LIKE 'SELECT%' THEN
            EXECUTE statement INTO seen;
        ELSE
            EXECUTE statement;
        END IF;
        PERFORM set_config('role', 'none', true);
        EXECUTE theirs INTO after;
        RAISE SQLSTATE 'UNDON';
    EXCEPTION
        WHEN SQLSTATE 'UNDON' THEN NULL;
        WHEN insufficient_privilege THEN RETURN '';
        WHEN OTHERS THEN RETURN 'is stopped only by: ' || SQLERRM;
    END;
    RETURN concat_ws(', ',
        (SELECT 'sees ' || string_agg(place::text, ', ') FROM unnest(before) WITH ORDINALITY AS each (id, place)
         WHERE id = ANY(seen)),
        (SELECT 'takes ' || string_agg(place::text, ', ') FROM unnest(before) WITH ORDINALITY AS each (id, place)
         WHERE id <> ALL(coalesce(after, '{}'))),
        (SELECT 'adds ' || more FROM (SELECT cardinality(after) - cardinality(before) AS more) AS counted WHERE more > 0));
END $$
"""
_VERBS = {"SELECT": "sees", "INSERT": "adds", "UPDATE": "takes", "DELETE": "takes"}
REACHES = "reaches it"


@dataclass(frozen=True)
class Actor:
    """A database role and what its transaction says of who acts. All are tried on the rows of Alpha."""

    role: str
    name: str
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def is_the_account(self) -> bool:
        return self.settings.get("app.account_id") == str(ALPHA)


@dataclass(frozen=True)
class Trial:
    """`expected`: what `attempt` answers; REACHES: anything but nothing."""

    actor: Actor
    command: str
    statement: str
    expected: str

    def is_as_expected(self, outcome: str) -> bool:
        return bool(outcome) if self.expected == REACHES else outcome == self.expected


def _settings(account: str, role: str = "service", contractor: str = "") -> dict[str, str]:
    return {"app.account_id": account, "app.user_id": "", "app.role": role, "app.contractor_id": contractor}


FIRST, SECOND = str(CONTRACTORS[1]), str(CONTRACTORS[2])
UNSET = [Actor(role, "nobody") for role in ROLES]


def actors(acting_roles: Iterable[str]) -> list[Actor]:
    """`acting_roles` are those that the policies know; whoever claims one says to be Alpha's first contractor."""
    claimed = [
        Actor("app", f"{whose} as Alpha's {role}", _settings(account, role, FIRST))
        for role in acting_roles
        for whose, account in (("another account", str(BETA)), ("nobody", ""))
    ]
    return [
        *(Actor(role, "the account itself", _settings(str(ALPHA))) for role in ROLES),
        Actor("app", "another account", _settings(str(BETA))),
        Actor("app", "empty settings", _settings("", "")),
        *claimed,
        *UNSET,
    ]


def colleagues(acting_roles: Iterable[str]) -> list[Actor]:
    """Of the account itself: they reach only the rows of one contractor, the second."""
    return [Actor("app", f"the second {role}", _settings(str(ALPHA), role, SECOND)) for role in acting_roles]


def trials(service: str, table: Table, tried: Iterable[Actor]) -> Iterator[Trial]:
    for actor in tried:
        for command, statement in _statements(service, table, actor):
            yield Trial(actor, command, statement, _expected(service, table, actor, command))


def own_row_trials(service: str, table: Table, tried: Iterable[Actor]) -> Iterator[Trial]:
    for actor in tried:
        for command, statement in _statements(service, table, actor):
            if command != "INSERT" and table.name in OWN_ROWS[service]:
                expected = f"{_VERBS[command]} 2" if command in table.grants["app"] else ""
                yield Trial(actor, command, statement, expected)


def _expected(service: str, table: Table, actor: Actor, command: str) -> str:
    if actor.role != "app":
        reached = openings_of(service, actor.role, table.name).get(command)
        return f"{_VERBS[command]} {reached}" if reached else ""
    return REACHES if actor.is_the_account and command in table.grants["app"] else ""


def _statements(service: str, table: Table, actor: Actor) -> Iterator[tuple[str, str]]:
    """Each command with WHERE and without. What reads no column is not held by the policies for SELECT."""
    name, of_alpha = table.name, f"WHERE account_id = '{ALPHA}'"
    yield "SELECT", f"SELECT array_agg(ctid) FROM {name}"
    yield "SELECT", f"SELECT array_agg(ctid) FROM {name} {of_alpha}"
    column = table.writable[actor.role] or "account_id"
    own = ALPHA if actor.role == "app" and actor.is_the_account else BETA
    value = f"'{own}'" if column == "account_id" else "NULL"
    yield "UPDATE", f"UPDATE {name} SET {column} = {value}"
    yield "UPDATE", f"UPDATE {name} SET {column} = {value} {of_alpha}"
    if actor.role == "app":
        yield "UPDATE", f"UPDATE {name} SET account_id = '{ALPHA}'"
    yield "DELETE", f"DELETE FROM {name}"
    yield "DELETE", f"DELETE FROM {name} {of_alpha}"
    yield "INSERT", rows.insertion(service, table, rows.NEW)


async def breaches(connection: asyncpg.Connection, service: str, table: Table, tried: list[Trial]) -> list[str]:
    """The trials that end otherwise than expected. The superuser's connection has ATTEMPT, and no triggers."""
    outcomes = await connection.fetch(
        "SELECT pg_temp.attempt(role, settings, statement, $1, $2) AS outcome"
        " FROM unnest($3::text[], $4::jsonb[], $5::text[]) WITH ORDINALITY AS t (role, settings, statement, place) ORDER BY place",
        table.name,
        ALPHA,
        [f"{service}_{trial.actor.role}" for trial in tried],
        [json.dumps(trial.actor.settings) for trial in tried],
        [trial.statement for trial in tried],
    )
    return [
        f"{table.name}: {trial.actor.role} ({trial.actor.name}), {trial.statement}:"
        f" {outcome or 'nothing'}, not {trial.expected or 'nothing'}"
        for trial, (outcome,) in zip(tried, outcomes, strict=True)
        if not trial.is_as_expected(outcome)
    ]
