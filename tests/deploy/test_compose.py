"""The generated compose file, the image and the list of processes they come from."""

import importlib.util
import inspect
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy import compose, topology
from deploy.local.home import ROOT, Home
from deploy.local.stack import LocalPlace

DOCUMENT = compose.document(compose.ComposePlace())
SERVICES: dict[str, dict[str, Any]] = DOCUMENT["services"]
VARIABLE = re.compile(r"\$\{(\w+)(:[-?][^}]*)?\}")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LocalPlace:
    for name in [name for name in os.environ if name.startswith("FT_")]:
        monkeypatch.delenv(name)
    home = Home(tmp_path)
    home.make()
    return LocalPlace(home)


def test_the_committed_compose_file_is_the_generated_one() -> None:
    assert compose.FILE.read_text() == compose.rendered(), "run `make compose` and commit docker-compose.yml"


def test_the_file_means_what_the_document_says() -> None:
    assert yaml.safe_load(compose.FILE.read_text()) == DOCUMENT


def test_every_process_of_the_local_stack_is_in_it_with_the_same_settings(place: LocalPlace) -> None:
    for process in topology.processes("standin"):
        ours, theirs = topology.environment(process, place), SERVICES[process.name]["environment"]
        assert set(ours) <= set(theirs), process.name
        assert all(theirs[name] == f"${{{name}:-}}" for name in set(theirs) - set(ours)), process.name
        assert all(isinstance(value, str) for value in theirs.values())


def test_every_setting_of_every_process_can_be_told_and_an_empty_one_is_its_default(
    place: LocalPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = {"FT_WORKER_DATABASE_URL", "FT_CRASH_DIRECTORY"}  # the workers' alone, and of no deployment
    for process in (each for each in topology.processes("standin") if each.service or each.name == "gateway"):
        theirs, ours = SERVICES[process.name]["environment"], topology.environment(process, place)
        kind = settings_class(process)
        assert {f"FT_{name.upper()}" for name in kind.model_fields} - elsewhere <= set(theirs), process.name
        with monkeypatch.context() as environment:
            for name, value in ours.items():
                environment.setenv(name, value)
            told: Any = kind()
            for name in set(theirs) - set(ours):
                environment.setenv(name, "")
            assert kind() == told, process.name


def settings_class(process: topology.Process) -> Any:
    module = importlib.import_module(f"{process.module.rpartition('.')[0]}.settings")
    return next(kind for _, kind in inspect.getmembers(module, inspect.isclass) if kind.__module__ == module.__name__)


def test_every_command_is_a_module_that_can_be_run() -> None:
    for process in topology.processes("standin"):
        spec = importlib.util.find_spec(process.module)
        assert spec is not None, process.module
        assert callable(importlib.import_module(process.module).run), process.module


def test_what_it_depends_on_is_there_and_can_be_waited_for() -> None:
    for name, service in SERVICES.items():
        for needed, how in service.get("depends_on", {}).items():
            other = SERVICES[needed]
            assert how["condition"] in ("service_healthy", "service_completed_successfully"), name
            assert (how["condition"] == "service_healthy") == ("healthcheck" in other), f"{name} → {needed}"


def test_volumes_that_are_mounted_are_declared() -> None:
    mounted = {volume.partition(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    assert mounted == set(DOCUMENT["volumes"])


def test_only_the_gateway_is_reached_from_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["gateway"]


def test_no_secret_has_a_default_and_each_is_made_by_the_secrets_command() -> None:
    made = subprocess.run([sys.executable, "-m", "deploy.compose", "secrets"], cwd=ROOT, capture_output=True, text=True)
    names = {line.partition("=")[0] for line in made.stdout.splitlines()}
    required = {name for name, rule in VARIABLE.findall(str(DOCUMENT)) if rule.startswith(":?")}
    assert required == names
    for name, rule in VARIABLE.findall(str(DOCUMENT)):
        assert rule, f"{name} has neither a default nor is it required"
    for word in ("password", "secret", "token", "key"):
        given = {name for name, rule in VARIABLE.findall(str(DOCUMENT)) if rule.startswith(":-") and rule != ":-"}
        assert not [name for name in given if word in name.lower()]


def test_it_follows_the_compose_specification_where_it_can_be_told_without_docker() -> None:
    known = {"image", "build", "command", "environment", "restart", "depends_on", "volumes", "ports", "profiles"}
    for name, service in SERVICES.items():
        assert re.fullmatch(r"[a-zA-Z0-9._-]+", name)
        assert set(service) <= known | {"healthcheck"}, name
        assert service["restart"] in ("no", "unless-stopped")
        assert service["command" if "build" in service else "image"]
        check = service.get("healthcheck", {"test": ["CMD"]})
        assert check["test"][0] == "CMD"
        assert set(check) <= {"test", "interval", "timeout", "retries", "start_period"}


def test_the_image_holds_what_its_commands_import_and_runs_as_nobody_special() -> None:
    lines = [line for line in (ROOT / "deploy/Dockerfile").read_text().splitlines() if line and line[0] != "#"]
    copied = {line.split()[1] for line in lines if line.startswith("COPY ") and "--from" not in line}
    packages = {process.module.partition(".")[0] for process in topology.processes("standin")} | {"shared"}
    assert packages <= copied
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert ignored[0] == "*"
    assert {f"!{name}" for name in copied - {"requirements/runtime.txt"}} <= set(ignored)
    assert [line for line in lines if line.startswith("USER ")] == ["USER followthrough"]
    assert lines.index("USER followthrough") > max(i for i, line in enumerate(lines) if line.startswith("RUN "))
    assert not [line for line in lines if line.startswith("ADD ") or ":latest" in line]
    assert "--require-hashes" in "".join(lines)


def test_every_setting_a_process_needs_is_told(place: LocalPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reads each service's settings class from the environment that the topology gives, and from nothing else."""
    for process in topology.processes("standin"):
        if not (process.service or process.name == "gateway"):
            continue
        told = topology.environment(process, place)
        with monkeypatch.context() as environment:
            for name, value in told.items():
                environment.setenv(name, value)
            settings: Any = settings_class(process)()
            assert settings.port == place.port(process.name)


def test_the_gateways_metrics_are_not_published() -> None:
    gateway = SERVICES["gateway"]
    assert gateway["environment"]["FT_METRICS_PORT"] != gateway["environment"]["FT_PORT"]
    assert [port.rpartition(":")[2] for port in gateway["ports"]] == [gateway["environment"]["FT_PORT"]]


def test_every_module_that_the_compose_file_names_is_there() -> None:
    for module in re.findall(r"python -m ([\w.]+)", compose.HEADER):
        assert importlib.util.find_spec(module) is not None, module
