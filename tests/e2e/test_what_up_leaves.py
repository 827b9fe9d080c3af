"""What `make up` leaves for people and programs: demo.json, process ids, logs."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from deploy.topology import SERVICES
from tests.stack import ROOT, Stack, running_stack, until

pytestmark = pytest.mark.e2e

PROCESSES = {
    "supervisor",
    "postgres",
    "kafka",
    "twilio",
    "gateway",
    *SERVICES,
    *(f"{name}-worker" for name in SERVICES),
}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running_stack(tmp_path_factory.mktemp("stack")) as stack:
        yield stack


def token(stack: Stack, email: str, password: str) -> str:
    form = {"grant_type": "password", "username": email, "password": password}
    answer = httpx.post(f"{stack.demo['gateway']}/api/v1/auth/token", data=form)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


def test_the_demo_file_names_what_a_caller_needs(stack: Stack) -> None:
    other = {"email", "password", "api_key"}
    named = {"gateway", "twilio_number", "twilio_account_sid", "twilio_auth_token", "twilio_api"}
    assert set(stack.demo) >= other | named | {"other_account", "contractors", "event_id"}
    assert set(stack.demo["other_account"]) >= other
    assert stack.api.get(f"/api/v1/events/{stack.demo['event_id']}").status_code == 200
    for contractor in stack.demo["contractors"]:
        found = stack.api.get(f"/api/v1/contractors/{contractor['id']}").json()
        assert {name: found[name] for name in contractor} == contractor
    sid, secret = stack.demo["twilio_account_sid"], stack.demo["twilio_auth_token"]
    listed = httpx.get(
        f"{stack.demo['twilio_api']}/2010-04-01/Accounts/{sid}/Messages.json?To={stack.demo['twilio_number'][1:]}",
        auth=(sid, secret),
    )
    assert listed.status_code == 200


def test_both_accounts_sign_in_by_password_and_by_key_and_see_their_own(stack: Stack) -> None:
    gateway, other = stack.demo["gateway"], stack.demo["other_account"]
    path = f"{gateway}/api/v1/events/{stack.demo['event_id']}"
    mine = {"Authorization": f"Bearer {token(stack, stack.demo['email'], stack.demo['password'])}"}
    theirs = {"Authorization": f"Bearer {token(stack, other['email'], other['password'])}"}
    assert httpx.get(path, headers=mine).status_code == 200
    assert httpx.get(path, headers=theirs).status_code == 404
    assert httpx.get(path, headers={"X-API-Key": other["api_key"]}).status_code == 404
    assert httpx.get(f"{gateway}/api/v1/account", headers={"X-API-Key": other["api_key"]}).status_code == 200


def test_every_process_has_a_pid_file_and_a_log(stack: Stack) -> None:
    assert {file.stem for file in (stack.home / "run").glob("*.pid")} == PROCESSES
    for name in PROCESSES:
        assert Path(f"/proc/{stack.pid(name)}").exists(), name
        assert (stack.home / "logs" / f"{name}.log").exists(), name


def test_a_killed_process_has_a_new_pid_in_its_file(stack: Stack) -> None:
    before = stack.pid("followups")
    os.kill(before, signal.SIGKILL)
    file = stack.home / "run" / "followups.pid"
    until(lambda: file.exists() and stack.pid("followups") != before, 15, "a new process id")
    until(lambda: stack.api.get("/readyz").status_code == 200, 15, "readiness")


def test_a_service_that_is_down_takes_only_its_own_paths_away(stack: Stack) -> None:
    stopped = stack.pid("followups")
    os.kill(stopped, signal.SIGSTOP)
    try:
        assert stack.api.get("/api/v1/contractors").status_code == 200
        assert stack.api.get("/api/v1/notes").status_code == 200
        until(lambda: stack.api.get("/readyz").status_code == 503, 15, "the gateway's noticing")
        assert stack.api.get("/healthz").status_code == 200
    finally:
        os.kill(stopped, signal.SIGCONT)
    until(lambda: stack.api.get("/readyz").status_code == 200, 15, "readiness")


def test_a_text_by_make_is_answered(stack: Stack) -> None:
    done = stack.command("text", "Met John Smith - amazing insights on AI automation. 555-0134, john@example.com")
    assert (done.returncode, done.stderr) == (0, "")
    assert "John Smith" in done.stdout


def test_a_new_account_is_given_a_number_and_texted_at_it(stack: Stack) -> None:
    made = json.loads(stack.command("account", NAME="Acme Events", EMAIL="first@example.net").stdout)
    named = stack.command("number", ACCOUNT=made["account_id"], NUMBER="+12145550120")
    assert (named.returncode, named.stderr) == (0, "")
    done = stack.command("text", FROM="+12145550177", TO="+12145550120", BODY="Met John Smith, 555-0134")
    assert (done.returncode, "Acme Events" in done.stdout) == (0, True), done.stderr
    mine = {"Authorization": f"Bearer {token(stack, made['email'], made['password'])}"}
    texters = httpx.get(f"{stack.demo['gateway']}/api/v1/contractors", headers=mine).json()["items"]
    assert [texter["phone"] for texter in texters] == ["+12145550177"]


@pytest.mark.parametrize("command", ["account", "number"])
def test_an_operators_command_says_what_it_lacks(stack: Stack, command: str) -> None:
    done = stack.command(command)
    assert (done.returncode, done.stdout, f"make {command}" in done.stderr) == (2, "", True)


def test_a_number_of_another_account_is_refused(stack: Stack) -> None:
    made = json.loads(stack.command("account", NAME="Late", EMAIL="late@example.net").stdout)
    done = stack.command("number", ACCOUNT=made["account_id"], NUMBER=stack.demo["twilio_number"])
    assert (done.returncode, done.stderr) == (1, "This number belongs to another account.\n")


def test_what_the_readme_says_to_paste_answers_as_it_says(stack: Stack) -> None:
    """`make` is played by what it calls: the real one would look after the environment that the tests run in."""
    make = f'make() {{ command=$1; shift; env "$@" {sys.executable} -m deploy.local "$command"; }}'
    pasted = [make, *shown("What became of it"), *shown("Sign in")]
    done = subprocess.run(
        ["sh", "-eu", "-c", "\n".join(pasted)], cwd=ROOT, env=os.environ | {"FT_HOME": str(stack.home)},
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    for said in ("What are your top 3 priorities", "Great priorities", "Checking in on", "Nice work!"):
        assert said in done.stdout
    for answered in ('"full_name": "Maria Lopez"', "full_name,contractor_id,notes", '"access_token"', '"api_key":"ft_'):
        assert answered in done.stdout
    assert "event: action_item.created.v1" in done.stdout


def shown(section: str) -> list[str]:
    """What a section of README.md shows to be run in a shell, in its order."""
    text = (ROOT / "README.md").read_text().partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    return [block or line for block, line in re.findall(r"```sh\n(.*?)```|`(get [^`]+)`", text, re.DOTALL)]


def test_the_demo_plays_to_its_end_and_promises_are_kept(stack: Stack) -> None:
    """The last, because it moves the clock."""
    done = stack.command("demo")
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert "Day 9" in done.stdout
    for url in re.findall(r'curl -s -H "X-API-Key: .*" "(.*)"', done.stdout):
        assert stack.api.get(url).status_code == 200
    assert done.stdout.count("curl ") == 4
    what_came_out = done.stdout.partition("What came out of it")[2]
    for person in ("Maria Alvarez", "Dave Kowalski", "Grace Kim"):
        counts = [int(word) for word in line_of(what_came_out, person) if word.isdigit()]
        notes, promises, kept, _, check_ins, replies = counts
        assert notes >= 2, person
        assert min(promises, kept, check_ins, replies) >= 1, person
    for word in ("undone", "demo_prep", "research_partner", "(not at event)", "E-mails drafted", "approved"):
        assert word in what_came_out


def line_of(table: str, person: str) -> list[str]:
    return next(line for line in table.splitlines() if person in line).split()
