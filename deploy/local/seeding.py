"""The demo accounts: directory makes them, messaging gives them their numbers, `demo.json` says who they are."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from deploy import topology
from deploy.local.children import Child, run_module
from deploy.local.home import Home, read_json, write_json
from deploy.local.stack import LocalPlace, base_environment


def children(home: Home, place: LocalPlace) -> list[Child]:
    """Two short processes, or none where the embedded databases have their accounts already."""
    if place.postgres is not None and _seeded(home, place).exists():
        return []
    return [
        _child(home, place, "directory", _make_accounts(_seeded(home, place)), ("provision",)),
        _child(home, place, "messaging", _give_numbers(_seeded(home, place)), ("provision", "seed-directory")),
    ]


def _child(home: Home, place: LocalPlace, service: str, body: Callable[[], int], needs: tuple[str, ...]) -> Child:
    process = next(process for process in topology.processes(place.sms) if process.name == service)
    told = topology.environment(process, place)
    name = f"seed-{service}"
    return Child(name, body, home.log(name), base_environment(home) | told, needs=needs, once=True)


def _seeded(home: Home, place: LocalPlace) -> Path:
    """What directory's seed answered; beside the data it speaks of, so that both go together."""
    return (place.postgres.home if place.postgres else home.path) / "seeded.json"


def _make_accounts(seeded: Path) -> Callable[[], int]:
    """Run the seed with its standard output in a file; kept only when it succeeded."""

    def body() -> int:
        if seeded.exists():
            os.environ["FT_SEED_JSON"] = seeded.read_text()
        scratch = seeded.with_suffix(".new")
        output = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(output, 1)
        run_module("services.directory.seed")()
        sys.stdout.flush()
        json.loads(scratch.read_text())
        scratch.replace(seeded)
        return 0

    return body


def _give_numbers(seeded: Path) -> Callable[[], int]:
    def body() -> int:
        accounts = read_json(seeded)["accounts"]
        given = zip(accounts, (topology.DEMO_NUMBER, topology.OTHER_NUMBER), strict=True)
        numbers = [{"account_id": account["account_id"], "number": number} for account, number in given]
        os.environ["FT_SEED_NUMBERS"] = json.dumps(numbers)
        return run_module("services.messaging.seed")()

    return body


def write_demo(home: Home, place: LocalPlace) -> None:
    """`$FT_HOME/demo.json`: who can sign in, who texts, and where things are this time."""
    accounts = (read_json(_seeded(home, place)) or {"accounts": [{}, {}]})["accounts"]
    demo, other = accounts
    standin = place.sms == "standin"
    told = {
        "gateway": place.public_url,
        **_sign_in(demo),
        "other_account": _sign_in(other),
        "twilio_number": topology.DEMO_NUMBER,
        "twilio_account_sid": place.secret("twilio_account_sid"),
        "twilio_auth_token": place.secret("twilio_auth_token"),
        "twilio_api": place.url("twilio") if standin else "",
        "contractors": demo.get("contractors", []),
        "event_id": demo.get("event_id"),
    }
    write_json(home.demo, told)


def _sign_in(account: dict[str, object]) -> dict[str, object]:
    return {name: account.get(name) for name in ("email", "password", "api_key")}
