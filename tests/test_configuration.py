"""docs/configuration.md names every setting there is, with its default, and no other."""

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings

from deploy import topology
from deploy.compose import FILE, ComposePlace
from deploy.local.home import ROOT
from deploy.local.twilio.settings import StandInSettings
from gateway.settings import GatewaySettings
from services.actions.settings import ActionsSettings
from services.directory.settings import DirectorySettings
from services.followups.settings import FollowupsSettings
from services.messaging.seed import SeedSettings
from services.messaging.settings import MessagingSettings
from shared.settings import ServiceSettings, Settings

DOCUMENT = (ROOT / "docs" / "configuration.md").read_text()
NAME = r"FT_[A-Z][A-Z_]*[A-Z]"
OF_SECTION: dict[str, type[BaseSettings]] = {
    "Every process": Settings,
    "Every service": ServiceSettings,
    "directory": DirectorySettings,
    "messaging": MessagingSettings,
    "actions": ActionsSettings,
    "followups": FollowupsSettings,
    "gateway": GatewaySettings,
    "The Twilio stand-in": StandInSettings,
}
EVERY: list[type[BaseSettings]] = [*OF_SECTION.values(), SeedSettings]
PASSWORDS = [
    f"FT_{service.upper()}_{role.upper()}_PASSWORD" for service in topology.SERVICES for role in topology.ROLES
]


def rows(section: str) -> dict[str, str]:
    """Variable → default, as the tables of a section say."""
    text = DOCUMENT.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    found = re.findall(r"^\| `([^`]+)` \|([^|]*)\|", text, re.MULTILINE)
    return {name: default.strip().strip("`") for name, default in found}


def sources() -> list[Path]:
    return [file for folder in ("shared", "services", "gateway", "deploy") for file in (ROOT / folder).rglob("*.py")]


def as_written(default: Any) -> str:
    if default is PydanticUndefined:
        return "required"
    if isinstance(default, bool):
        return str(default).lower()
    return "" if default is None else str(int(default) if default == int(default) else default)


def default_of(kind: type[BaseSettings], name: str) -> str:
    field = kind.model_fields[name]
    default = field.get_default(call_default_factory=True, validated_data={})
    return default if isinstance(default, str) else str(default) if isinstance(default, dict) else as_written(default)


@pytest.mark.parametrize("section", OF_SECTION)
def test_a_table_has_the_settings_of_its_class_with_their_defaults(section: str) -> None:
    kind = OF_SECTION[section]
    own = [name for name in kind.__annotations__ if name in kind.model_fields and name != "service"]
    expected = {f"FT_{name.upper()}": default_of(kind, name) for name in own}
    told = rows(section)
    if kind is Settings:
        assert told.pop("FT_SERVICE") == "its own"
    assert told == expected


def test_there_is_a_table_for_every_class_of_settings() -> None:
    declared = r"^class (\w+)\((?:BaseSettings|Settings|ServiceSettings)\)"
    found = {name for file in sources() for name in re.findall(declared, file.read_text(), re.MULTILINE)}
    assert found == {kind.__name__ for kind in EVERY}


def test_every_variable_that_anything_reads_or_is_told_is_named_and_none_besides() -> None:
    place = ComposePlace()
    told = {name for process in topology.processes("standin") for name in topology.environment(process, place)}
    read = {name for file in sources() for name in re.findall(rf'"({NAME})"', file.read_text())}
    fields = {f"FT_{name.upper()}" for kind in EVERY for name in kind.model_fields}
    composed = set(re.findall(NAME, FILE.read_text()))
    assert set(PASSWORDS) <= told
    assert "`FT_<SERVICE>_<ROLE>_PASSWORD`" in DOCUMENT
    assert set(re.findall(NAME, DOCUMENT)) == (told | read | fields | composed) - set(PASSWORDS)


def test_no_page_names_a_variable_that_does_not_exist() -> None:
    pages = [ROOT / "README.md", *(page for page in ROOT.glob("[dsgb]*/**/*.md"))]
    known = set(re.findall(NAME, DOCUMENT))
    assert len(pages) > 10
    assert {page.name: set(re.findall(NAME, page.read_text())) - known for page in pages} == {
        page.name: set() for page in pages
    }
