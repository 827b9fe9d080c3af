"""make up, down, fresh, ps and logs, as a person sees them."""

import json
import socket
from pathlib import Path

import pytest

from deploy.local.embedded import running_kafka, running_postgres
from deploy.local.home import Home
from tests.deploy.conftest import Stack, end
from tests.deploy.test_supervisor import SERVERS


def test_up_on_a_running_stack_changes_nothing_and_says_so(stack: Stack) -> None:
    stack.up()
    before = stack.pids()
    assert "running already" in stack.up().stdout
    assert stack.pids() == before


def test_what_cannot_start_is_explained_and_nothing_stays(stack: Stack) -> None:
    done = stack.make("up", TEST_PROCESS="tests.deploy.crashing")
    assert done.returncode == 1
    assert "extra ended with code 1" in done.stderr
    assert "The moon is in the wrong house." in done.stderr
    assert stack.left() == []


@pytest.mark.e2e
def test_a_port_that_another_program_took_meanwhile_is_left_to_it(stack: Stack) -> None:
    stack.up()
    port = stack.of("kafka")["port"]
    stack.make("down")
    stack.up()
    assert stack.of("kafka")["port"] == port, "ports are kept"
    stack.make("down")
    with socket.create_server(("127.0.0.1", port)):
        stack.up()
        assert stack.of("kafka")["port"] != port


def test_a_port_asked_for_that_is_taken_is_told(stack: Stack) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        done = stack.make("up", FT_PORT=str(port))
    assert done.returncode == 1
    assert f"Port {port} is taken by another program" in done.stderr
    assert stack.left() == []


def test_secrets_are_the_owners_alone_and_stay(stack: Stack) -> None:
    stack.up()
    token = stack.demo["twilio_auth_token"]
    for name in ("secrets.json", "demo.json", "run/databases.json"):
        assert (stack.path / name).stat().st_mode & 0o077 == 0
    stack.make("down")
    stack.up()
    assert stack.demo["twilio_auth_token"] == token
    assert json.loads((stack.path / "secrets.json").read_text())["twilio_auth_token"] == token


def test_fresh_forgets_what_the_stack_knew(stack: Stack) -> None:
    stack.up()
    before = stack.demo["twilio_auth_token"]
    done = stack.make("fresh")
    assert (done.returncode, "Followthrough is running" in done.stdout) == (0, True)
    assert stack.demo["twilio_auth_token"] != before


def test_fresh_removes_no_folder_that_is_not_a_stacks(stack: Stack) -> None:
    stack.path.mkdir()
    (stack.path / "thesis.txt").write_text("all of it")
    Home(stack.path).make()
    done = stack.make("fresh")
    assert (done.returncode, "nothing was removed" in done.stderr) == (2, True)
    assert (stack.path / "thesis.txt").exists()


def test_a_home_with_a_very_long_path_works(tmp_path: Path) -> None:
    stack = Stack(tmp_path / ("a" * 60) / ("b" * 60) / "home")
    stack.path.parent.mkdir(parents=True)
    try:
        stack.up()
    finally:
        end(stack)


def test_logs_and_processes_can_be_seen(stack: Stack) -> None:
    assert stack.make("ps").returncode == 1
    stack.up()
    assert all(name in stack.make("ps").stdout for name in SERVERS)
    assert "database system is ready" in stack.make("logs", "postgres").stdout
    assert stack.make("logs", "nobody").returncode == 1


@pytest.mark.e2e
def test_servers_that_exist_already_are_used(stack: Stack, tmp_path: Path) -> None:
    with running_postgres(tmp_path / "postgres") as postgres, running_kafka(tmp_path / "kafka") as kafka:
        stack.up(FT_POSTGRES_URL=postgres.admin_url.replace("+asyncpg", ""), FT_KAFKA_BOOTSTRAP=kafka.bootstrap)
        assert set(stack.pids()) == {"supervisor", "twilio"}
        stack.make("down")


@pytest.mark.apache
def test_apache_kafka_is_the_broker_when_asked_for(stack: Stack) -> None:
    stack.up(FT_KAFKA="apache")
    assert "java" in Path(f"/proc/{stack.pid('kafka')}/cmdline").read_text()
    stack.make("down")
    assert stack.left() == []


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("FT_PORT", "eighty", "FT_PORT=eighty is not a port"),
        ("FT_KAFKA", "redpanda", "FT_KAFKA=redpanda is unknown"),
        ("FT_SMS", "twilio", "FT_SMS=twilio needs FT_TWILIO_ACCOUNT_SID"),
    ],
)
def test_a_wrong_variable_is_told_by_name(stack: Stack, variable: str, value: str, said: str) -> None:
    done = stack.make("up", **{variable: value})
    assert done.returncode == 1
    assert said in done.stderr


def test_a_text_without_a_stack_says_what_to_do(stack: Stack) -> None:
    done = stack.make("text", "hello")
    assert done.returncode == 1
    assert "make up" in done.stderr
