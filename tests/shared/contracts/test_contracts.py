"""The published language: committed, compatible, and readable by those who know less."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.asyncapi import breaking_changes, document, published
from shared.contracts.base import Message
from shared.contracts.directory import PartnerCreated
from shared.ids import uuid7

COMMITTED = Path(__file__).parents[3] / "docs" / "asyncapi.json"


def test_the_committed_document_is_the_contracts() -> None:
    assert json.loads(COMMITTED.read_text()) == document(), "run `make openapi` and look at the difference"


def test_nothing_that_is_committed_breaks() -> None:
    assert breaking_changes(json.loads(COMMITTED.read_text()), document()) == []


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


@pytest.mark.parametrize("change", [drop_field, change_type, drop_message, change_key, move_topic])
def test_a_break_is_found(change: Any) -> None:
    new = copy.deepcopy(document())
    change(new)
    assert breaking_changes(document(), new) != []


def test_a_new_field_is_no_break() -> None:
    new = copy.deepcopy(document())
    new["components"]["schemas"]["NoteCaptured"]["properties"]["mood"] = {"type": "string"}
    assert breaking_changes(document(), new) == []


def test_unknown_fields_are_ignored_by_readers() -> None:
    event = PartnerCreated(id=uuid7(), row_version=1, name="BuildPro Solutions")
    later = json.dumps({**json.loads(event.model_dump_json()), "added_later": 1})
    assert PartnerCreated.model_validate_json(later) == event


@pytest.mark.parametrize("message", published().values(), ids=lambda message: message.type)
def test_each_message_has_its_key_among_its_fields(message: type[Message]) -> None:
    assert {message.key_field, message.subject_field} <= set(message.model_fields)
