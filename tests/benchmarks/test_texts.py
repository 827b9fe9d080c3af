"""How well texts are understood does not fall, and the report says what was measured."""

import asyncio
import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks.texts.__main__ import READ, RULED, evaluate, main
from benchmarks.texts.corpus import read_corpus
from benchmarks.texts.providers import readers
from benchmarks.texts.readers import read_offline
from benchmarks.texts.report import markdown, reliability
from benchmarks.texts.scores import Scores
from tests.standins.anthropic import KEY, anthropic_standin

FLOOR = json.loads((Path(__file__).parent / "floor.json").read_text())


@pytest.mark.parametrize("kind", [*READ, *RULED])
def test_no_score_of_the_held_back_texts_falls_under_its_floor(kind: str) -> None:
    (scores,) = evaluate(kind, "held", {"offline": read_offline}).values()
    fallen = {
        field: round(scores.counts[field].f1, 3)
        for field, least in FLOOR[kind].items()
        if field != "calibration error" and scores.counts[field].f1 < least
    }
    assert fallen == {}, "lower than tests/benchmarks/floor.json allows: see docs/texts.md"
    if "calibration error" in FLOOR[kind]:
        assert scores.calibration_error <= FLOOR[kind]["calibration error"]


def test_the_corpus_is_as_large_as_it_says() -> None:
    sizes = {kind: len(read_corpus(kind)) for kind in (*READ, *RULED)}
    least = {"notes": 600, "turns": 250, "priorities": 120, "consent": 200, "dates": 150}
    assert {kind: size for kind, size in sizes.items() if size < least[kind]} == {}


def test_no_text_is_in_two_splits() -> None:
    for kind in (*READ, *RULED):
        texts = [example.text.casefold().strip() for example in read_corpus(kind, "held")]
        others = {example.text.casefold().strip() for example in read_corpus(kind, "train", "dev")}
        long = [text for text in texts if len(text.split()) > 3]
        assert [text for text in long if text in others] == [], kind


async def test_a_model_is_read_beside_the_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    async with anthropic_standin() as server:
        server.reply = lambda _body: {"intent": "other", "confidence": 0.6}
        monkeypatch.setenv("FT_ANTHROPIC_API_KEY", KEY)
        monkeypatch.setenv("FT_ANTHROPIC_BASE_URL", server.url)
        by_reader = await asyncio.to_thread(_turns)
        assert len(server.requests) > 20
    offline, model = by_reader.values()
    assert "prompt 3" in list(by_reader)[1]
    assert offline.counts["intent"].f1 > model.counts["intent"].f1
    assert "| intent |" in markdown("turns", by_reader)
    drawn = ElementTree.fromstring(reliability({"turns": offline}))  # noqa: S314
    assert len([each for each in drawn if each.tag.endswith("circle")]) > 2


def _turns() -> dict[str, Scores]:
    with readers([]) as by_name:
        return evaluate("turns", "dev", by_name)


def test_held_back_texts_are_not_shown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", ["texts", "--split", "held", "--mistakes", "3"])
    with pytest.raises(SystemExit):
        main()
    assert "not looked at" in capsys.readouterr().err
