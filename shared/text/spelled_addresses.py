"""Addresses that are spelled out: "john at example dot com", "kay (at) example (dot) net", "planwise dot io slash trial"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from shared.text.plain import overlaps

ENDINGS = "com|net|org|io|edu|gov|info|biz|app|dev|ai|example|shop|build|construction|co"
_DOT = r"(?:\s?[\[(]\s?dot\s?[\])]\s?|\sdot\s|\.)"
_AT = r"(?:\s?[\[(]\s?at\s?[\])]\s?|\sat\s|\s?@\s?)"
_LETTERS = r"[a-z0-9]{1,40}"
_PART = rf"{_LETTERS}(?:(?:\s(?:dash|hyphen|minus|underscore)\s|[-_+]){_LETTERS}){{0,4}}"
_HOST = rf"{_PART}(?:{_DOT}{_PART}){{0,3}}?{_DOT}(?:{ENDINGS})(?:{_DOT}(?:com|example|uk|au))?"
_EMAIL = re.compile(
    rf"(?<![\w.@-])(?P<local>{_PART}(?:{_DOT}{_PART}){{0,3}})(?P<at>{_AT})(?P<host>{_HOST})(?![\w@])", re.I
)
_LINK = re.compile(rf"(?<![\w.@-])(?:www{_DOT})?{_HOST}(?:\s?(?:forward )?slash\s?{_PART}){{0,4}}(?![\w@])", re.I)
_SPELLED_DOT = re.compile(r"\sdot\s|[\[(]\s?dot", re.I)
_SPELLED = re.compile(r"\sdot\s|[\[(]\s?(?:dot|at)\s?[\])]|\s@|@\s", re.I)
_BEFORE_AT = (
    "him her them me us it is are was be that this up here out site website web page form online link app look check live book "
    "register apply order shop buy pdf slides video pics photos download found email mail"
)
_NO_LOCAL_PART = frozenset(_BEFORE_AT.split())
_SIGNS = (
    (re.compile(r"\s?[\[(]?\bdot\b[\])]?\s?", re.I), "."),
    (re.compile(r"\s?[\[(]?\bat\b[\])]?\s?|\s?@\s?", re.I), "@"),
    (re.compile(r"\s(?:dash|hyphen|minus)\s", re.I), "-"),
    (re.compile(r"\sunderscore\s", re.I), "_"),
    (re.compile(r"\s?(?:forward )?\bslash\b\s?", re.I), "/"),
)


@dataclass(frozen=True, slots=True)
class SpelledAddress:
    """`written` as it would be typed."""

    kind: Literal["email", "link"]
    start: int
    end: int
    written: str


def spelled_addresses(text: str) -> Iterator[SpelledAddress]:
    """E-mails first, then links that are none of their parts."""
    if not _SPELLED.search(text):
        return
    taken = []
    for match in _EMAIL.finditer(text):
        if _is_address(match):
            taken.append(match.span())
            yield SpelledAddress("email", *match.span(), _written(match["local"]) + "@" + _written(match["host"]))
    for match in _LINK.finditer(text):
        if _SPELLED_DOT.search(match[0]) and not overlaps(*match.span(), taken):
            yield SpelledAddress("link", *match.span(), _written(match[0]))


def _is_address(match: re.Match[str]) -> bool:
    """What has a sign for "at", or a word for it and one for "dot": "the form at acme.com" has neither."""
    said, local = match["at"].strip().lower() == "at", match["local"].lower()
    if said:
        return local not in _NO_LOCAL_PART and _SPELLED_DOT.search(match["host"]) is not None
    return match["at"] != "@" or _SPELLED.search(match[0]) is not None


def _written(spelled: str) -> str:
    for words, sign in _SIGNS:
        spelled = words.sub(sign, spelled)
    return spelled.lower()
