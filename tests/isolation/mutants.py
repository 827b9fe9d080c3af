"""Ways to write a policy wrongly; each is made in a transaction that is rolled back."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.isolation.catalogue import Policy, Table

SETTING = "(NULLIF(current_setting('app.account_id'::text, true), ''::text))::uuid"


@dataclass(frozen=True)
class Mutant:
    kind: str
    policy: str
    statement: str


def mutants(service: str, table: Table) -> Iterator[Mutant]:
    yield Mutant("row security is not forced", "", f"ALTER TABLE {table.name} NO FORCE ROW LEVEL SECURITY")
    yield Mutant("row security is off", "", f"ALTER TABLE {table.name} DISABLE ROW LEVEL SECURITY")
    for command in table.grants["app"]:
        passes = {"INSERT": "WITH CHECK (true)", "UPDATE": "USING (true) WITH CHECK (true)"}.get(
            command, "USING (true)"
        )
        hole = f"CREATE POLICY hole ON {table.name} FOR {command} TO {service}_app {passes}"
        yield Mutant(f"one more policy, for {command}", "", hole)
    for policy in table.policies:
        on = f"{policy.name} ON {table.name}"
        yield Mutant("a policy is gone", policy.name, f"DROP POLICY {on}")
        yield Mutant("a policy is everybody's", policy.name, f"ALTER POLICY {on} TO PUBLIC")
        for kind, changed in _rewritten(policy):
            yield Mutant(kind, policy.name, f"ALTER POLICY {on} {changed}")


def _rewritten(policy: Policy) -> Iterator[tuple[str, str]]:
    using, check = policy.using, policy.check or policy.using
    if {using, policy.check} - {None, "true"}:
        yield "everything passes", _clauses(policy, "true", "true")
    if using is not None and check != "true" and policy.command in ("ALL", "UPDATE"):
        yield "everything may be written", _clauses(policy, using, "true")
        yield "everything may be read", _clauses(policy, "true", check)
    if SETTING in f"{using} {check}":
        for kind, expression in (
            ("a setting that nobody sets", SETTING.replace("account_id", "accountid")),
            ("all rows where nothing is set", f"coalesce({SETTING}, account_id)"),
        ):
            yield kind, _clauses(policy, *(each and each.replace(SETTING, expression) for each in (using, check)))
    if using is not None and "'app.contractor_id'" in using:
        yield "a contractor's rows are the whole account's", _clauses(policy, f"account_id = {SETTING}", check)


def _clauses(policy: Policy, using: str | None, check: str | None) -> str:
    """What ALTER POLICY takes for this command."""
    read = "" if policy.command == "INSERT" else f"USING ({using})"
    written = "" if policy.command in ("SELECT", "DELETE") else f"WITH CHECK ({check})"
    return f"{read} {written}"
