"""Which embedded databases a stack goes on with."""

import json
from pathlib import Path

import pytest

from deploy.local import stack
from deploy.local.home import Home


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> stack.LocalPlace:
    monkeypatch.setenv("FT_HOME", str(tmp_path / "home"))
    for name in ("FT_POSTGRES_URL", "FT_PORT", "FT_KAFKA", "FT_SMS"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "home" / "run").mkdir(parents=True)
    return stack.LocalPlace(Home.of_environment())


def stamp(place: stack.LocalPlace, text: str) -> bool:
    """Whether a stack whose databases were made by what `text` says needs no provisioning."""
    assert place.postgres is not None
    file = stack._stamp(place.postgres)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return stack._is_provisioned(place)


def test_databases_that_just_these_files_made_are_used_as_they_are(place: stack.LocalPlace) -> None:
    assert not stack._is_provisioned(place)
    made_by = stack._fingerprint(place)
    assert stamp(place, json.dumps(made_by))
    assert not stamp(place, json.dumps(made_by | {"shared/db/jobs.py": "another"}))
    name = "services/directory/migrations/0001_directory.py"
    assert not stamp(place, json.dumps({file: digest for file, digest in made_by.items() if file != name}))


@pytest.mark.parametrize("name", ["shared/db/platform.sql", "services/directory/migrations/0001_directory.py", ""])
def test_databases_of_migrations_that_were_rewritten_are_refused_with_what_to_do(
    place: stack.LocalPlace, name: str
) -> None:
    made_by = stack._fingerprint(place)
    old = json.dumps(made_by | {name: "another"}) if name else "a digest of an earlier version"
    with pytest.raises(stack.CannotStart, match="make fresh"):
        stamp(place, old)
