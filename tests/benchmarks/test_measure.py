"""The verdict of a benchmark, and where its numbers go."""

import json
from pathlib import Path

import pytest

from benchmarks.lists.curve import curve
from benchmarks.measure import Number, finish
from benchmarks.page import page
from benchmarks.queues import rates_of
from benchmarks.webhooks import replied_after


def test_a_number_over_its_limit_is_told_and_ends_the_process_after_it_was_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    numbers = [
        Number("slow", 21, "ms", 20),
        Number("fine", 19, "ms", 20),
        Number("few", 2, "a second", 3, at_least=True),
    ]
    with pytest.raises(SystemExit, match="Over the limit: slow; few"):
        finish("one", "One", numbers, tmp_path / "results.json")
    assert "1.05" in capsys.readouterr().out
    kept = json.loads((tmp_path / "results.json").read_text())["one"]
    assert [each["measured"] for each in kept["numbers"]] == [21, 19, 2]
    assert set(kept["machine"]) == {"cpu", "cores", "kernel"}


@pytest.mark.parametrize(
    ("number", "is_over"),
    [
        (Number("x", 20, "ms", 20), False),
        (Number("x", 20.1, "ms", 20), True),
        (Number("x", float("nan"), "ms", 20), True),
        (Number("x", 20, "a second", 20, at_least=True), False),
        (Number("x", float("nan"), "a second", 20, at_least=True), True),
        (Number("x", 10_000, "ms"), False),
        (Number("lost", 0, "", 0), False),
        (Number("lost", 1, "", 0), True),
    ],
)
def test_a_limit_holds_up_to_itself(number: Number, is_over: bool) -> None:
    assert number.is_over is is_over
    assert number.cells()[0] == number.what


def test_a_benchmark_keeps_what_others_measured(tmp_path: Path) -> None:
    results = tmp_path / "results.json"
    for name in ("two", "one", "two"):
        finish(name, name.title(), [Number("x", 1, "ms", 2)], results)
    assert list(json.loads(results.read_text())) == ["one", "two"]


def test_the_page_says_what_was_measured_and_shows_what_is_over(tmp_path: Path) -> None:
    results = tmp_path / "results.json"
    with pytest.raises(SystemExit):
        finish("lists", "Lists", [Number("a list", 160, "ms", 20, note="Seq Scan | Sort")], results)
    written = page(json.loads(results.read_text()))
    assert "| a list | **160 ms** | ≤ 20 ms | 8.00 | Seq Scan \\| Sort |" in written
    assert written.count("\n## ") == 1


def test_what_two_workers_claimed_is_added_up_and_must_be_everything() -> None:
    assert rates_of([(60, 0.5, 2.0), (40, 1.0, 1.0)], 100) == (160, 50)
    with pytest.raises(AssertionError, match="not every job was claimed once"):
        rates_of([(60, 0.5, 2.0), (41, 1.0, 1.0)], 100)


def _at(second: int) -> str:
    return f"2026-11-24T10:00:{second:02d}.000000+00:00"


def test_a_reply_belongs_to_the_text_it_answers_though_another_text_came_before_it() -> None:
    sent = [
        {"phone": "a", "accepted_at": _at(1)},
        {"phone": "b", "accepted_at": _at(1)},
        {"phone": "a", "accepted_at": _at(2)},
    ]
    replies = [
        {"to": "a", "accepted_at": _at(4)},
        {"to": "b", "accepted_at": _at(2)},
        {"to": "a", "accepted_at": _at(9)},
    ]
    assert sorted(replied_after(sent, replies)) == [1000, 3000, 7000]


def test_a_reply_to_nobody_who_texted_is_no_answer() -> None:
    with pytest.raises(AssertionError):
        replied_after([{"phone": "a", "accepted_at": _at(1)}], [{"to": "b", "accepted_at": _at(2)}])


def test_a_list_that_ends_over_the_limit_is_drawn_in_another_colour() -> None:
    drawn = curve({"slow & late": {100: 1.0, 1000: 30.0}, "fine": {100: 1.0, 1000: 2.0}}, 20)
    slow, fine = (line for line in drawn.splitlines() if "<title>" in line)
    assert "slow &amp; late" in slow
    assert slow.split("stroke=")[1][:9] != fine.split("stroke=")[1][:9]
