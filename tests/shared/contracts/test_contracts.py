"""The published language: committed, compatible, and readable by those who know less."""

import copy
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from deploy.documents import write
from shared.contracts.actions import ReplyInterpreted
from shared.contracts.asyncapi import document, published
from shared.contracts.base import Message
from shared.contracts.compatibility import breaking_changes
from shared.contracts.directory import PartnerCreated
from shared.ids import uuid7

COMMITTED = Path(__file__).parents[3] / "docs" / "asyncapi.json"


def test_the_committed_document_is_the_contracts() -> None:
    assert json.loads(COMMITTED.read_text()) == document(), "run `make openapi` and look at the difference"


def drop_field(new: dict[str, Any]) -> None:
    del new["components"]["schemas"]["NoteCaptured"]["properties"]["note_text"]


def change_type(new: dict[str, Any]) -> None:
    new["components"]["schemas"]["NoteCaptured"]["properties"]["note_text"] = {"type": "integer"}


def drop_message(new: dict[str, Any]) -> None:
    del new["components"]["messages"]["note.captured.v1"]


def change_key(new: dict[str, Any]) -> None:
    new["components"]["messages"]["note.captured.v1"]["bindings"]["kafka"]["key"]["description"] = "`contractor_id`"


def move_topic(new: dict[str, Any]) -> None:
    del new["channels"]["followthrough-actions"]["messages"]["note.captured.v1"]


def shrink_enumeration(new: dict[str, Any]) -> None:
    new["components"]["schemas"]["ReplyInterpreted"]["properties"]["intent"]["enum"].remove("done")


def shrink_optional_enumeration(new: dict[str, Any]) -> None:
    new["components"]["schemas"]["MessageReceived"]["properties"]["obeyed"]["anyOf"][0]["enum"].remove("help")


def swap_payload(new: dict[str, Any]) -> None:
    new["components"]["messages"]["note.captured.v1"]["payload"]["$ref"] = "#/components/schemas/PartnerCreated"


def require_no_more(new: dict[str, Any]) -> None:
    new["components"]["schemas"]["NoteCaptured"]["required"].remove("note_text")


BREAKS = [
    *(drop_field, change_type, drop_message, change_key, move_topic),
    *(shrink_enumeration, shrink_optional_enumeration, swap_payload, require_no_more),
]


@pytest.mark.parametrize("change", BREAKS)
def test_a_break_is_found(change: Any) -> None:
    new = copy.deepcopy(document())
    change(new)
    assert breaking_changes(document(), new) != []


def test_a_new_field_or_value_is_no_break() -> None:
    new = copy.deepcopy(document())
    new["components"]["schemas"]["NoteCaptured"]["properties"]["mood"] = {"type": "string"}
    new["components"]["schemas"]["ReplyInterpreted"]["properties"]["intent"]["enum"].append("needs_time")
    assert breaking_changes(document(), new) == []


def test_the_documents_are_not_written_over_a_break_unless_one_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published_before = copy.deepcopy(document())
    published_before["components"]["schemas"]["NoteCaptured"]["properties"]["mood"] = {"type": "string"}
    committed = tmp_path / "asyncapi.json"
    committed.write_text(json.dumps(published_before))
    with pytest.raises(SystemExit, match=r"(?s)NoteCaptured: the field mood is gone.*FT_BREAK_CONTRACTS=yes"):
        write(tmp_path)
    assert json.loads(committed.read_text()) == published_before
    monkeypatch.setenv("FT_BREAK_CONTRACTS", "yes")
    write(tmp_path)
    assert json.loads(committed.read_text()) == document()


def test_an_intent_that_was_added_later_is_read_as_unknown() -> None:
    event = ReplyInterpreted(
        message_id=uuid7(), contractor_id=uuid7(), intent="done", confidence=1, text="x", received_at=datetime.now(UTC)
    )
    later = {**json.loads(event.model_dump_json()), "intent": "needs_time", "parts": [{"intent": "needs_time"}]}
    read = ReplyInterpreted.model_validate_json(json.dumps(later))
    assert (read.intent, read.parts[0].intent) == ("unknown", "unknown")


def test_unknown_fields_are_ignored_by_readers() -> None:
    event = PartnerCreated(id=uuid7(), row_version=1, name="BuildPro Solutions")
    later = json.dumps({**json.loads(event.model_dump_json()), "added_later": 1})
    assert PartnerCreated.model_validate_json(later) == event


@pytest.mark.parametrize("message", published().values(), ids=lambda message: message.type)
def test_each_message_has_its_key_among_its_fields(message: type[Message]) -> None:
    assert {message.key_field, message.subject_field} <= set(message.model_fields)
