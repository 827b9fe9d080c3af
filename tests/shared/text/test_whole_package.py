"""What holds for every reader: any text, any thread, no heavy import, spans that quote."""

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.text.consent import recognise
from shared.text.dates import find_dates, find_recurrences
from shared.text.emails import find_emails, normalise_email
from shared.text.links import find_links
from shared.text.money import find_money
from shared.text.names import find_names
from shared.text.notes import read_note
from shared.text.phones import find_phones, is_sendable, time_zones_of, to_e164
from shared.text.places import find_places
from shared.text.priorities import read_priorities
from shared.text.segments import count_segments
from shared.text.turns import Asked, read_turn
from tests.shared.text.timing import HOSTILE, LIMIT, slowest

DALLAS = ZoneInfo("America/Chicago")
NOW = datetime(2026, 10, 7, 14, 30, tzinfo=DALLAS)
TITLES = {1: "Follow up with John Smith", 2: "Send Acme the quote"}
ASKED = Asked("check_in", items=(1, 2), numbers={1: 1, 2: 2})

READERS: dict[str, Callable[[str], object]] = {
    "consent": recognise,
    "segments": count_segments,
    "phones": find_phones,
    "e164": to_e164,
    "sendable": is_sendable,
    "zones": time_zones_of,
    "emails": find_emails,
    "email": normalise_email,
    "dates": lambda text: find_dates(text, NOW, DALLAS),
    "recurrences": find_recurrences,
    "names": lambda text: find_names(text, people=["John Smith"], companies=["Acme"], titles=["Growing with AI"]),
    "links": find_links,
    "money": find_money,
    "places": find_places,
    "note": lambda text: read_note(text, now=NOW, zone=DALLAS, speakers=["Jane Doe"], sessions=["Growing with AI"]),
    "priorities": lambda text: read_priorities(text, now=NOW, zone=DALLAS),
    "turn": lambda text: read_turn(text, TITLES, ASKED, NOW, DALLAS),
}

_PHRASES = (
    "John Smith met from Acme Corp done not yet 1 2. and , friday 10/16 at 3pm 214-555-0123 a@example.com stop the demo remind me "
    "in 3 days $12k grand bucks booth 412 hall B dot at five oh ’s İ ß 👍 every week of \u200b \n"
)
WORDS = st.sampled_from(_PHRASES.split(" "))
TEXTS = st.one_of(st.text(max_size=200), st.lists(WORDS, max_size=25).map(" ".join))


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=40)
@given(text=TEXTS)
def test_any_text_gets_an_answer_and_every_span_quotes_it(name: str, text: str) -> None:
    found = READERS[name](text)
    for one in _spans(found):
        quoted = text[one.start : one.end]  # type: ignore[attr-defined]
        assert quoted
        assert quoted == one.text or ", " in one.text  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", READERS)
def test_fifty_thousand_characters_are_answered_within_the_bound(name: str) -> None:
    assert slowest(READERS[name]) < (LIMIT, "")


def test_threads_do_not_disturb_each_other() -> None:
    texts = [f"{unit} Met John Smith from Acme, call him by friday 214-555-0123" for unit in HOSTILE]
    alone = [[repr(read(text)) for text in texts] for read in READERS.values()]
    with ThreadPoolExecutor(8) as pool:
        together = [list(pool.map(lambda text, read=read: repr(read(text)), texts)) for read in READERS.values()]
    assert together == alone


def test_nothing_heavy_is_imported() -> None:
    script = (
        "import sys, shared.text.notes, shared.text.turns, shared.text.priorities, shared.text.consent, shared.text.liquid\n"
        "print([name for name in ('phonenumbers.geocoder', 'phonenumbers.geodata', 'dateparser', 'sklearn', 'numpy', 'sqlalchemy')"
        " if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def _spans(found: object) -> list[object]:
    if isinstance(found, tuple):
        return [one for one in found if hasattr(one, "start")]
    return [*getattr(found, "spans", ()), *getattr(found, "parts", ())]
