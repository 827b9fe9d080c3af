"""Who and which company a text names."""

import pytest

from shared.text.name_values import split_name
from shared.text.names import find_names

NAMED: list[tuple[str, list[str], list[str]]] = [
    ("Met John Smith - amazing insights on AI automation. 555-1234, john@example.com", ["John Smith"], []),
    ("met john smith from acme roofing, wants a quote by friday", ["John Smith"], ["Acme Roofing"]),
    ("MET JOHN SMITH FROM ACME ROOFING WANTS QUOTE", ["John Smith"], ["Acme Roofing"]),
    ("1. Follow up with John Smith, 2. Demo with Acme Corp, 3. Implement AI tools", ["John Smith"], ["Acme Corp"]),
    ("John, the Acme demo and AI tools", ["John"], ["Acme"]),
    ("Met Sara Lopez from Acme, wants a quote", ["Sara Lopez"], ["Acme"]),
    ("Great Talk by Mike Johnson on marketing", ["Mike Johnson"], []),
    ("Talked to Maria de la Cruz at Blue Sky Roofing", ["Maria de la Cruz"], ["Blue Sky Roofing"]),
    ("call mike tomorrow", ["Mike"], []),
    ("Dr. Smith from BuildPro Solutions", ["Smith"], ["BuildPro Solutions"]),
    ("Mr. Jones wants samples", ["Jones"], []),
    ("met rajesh patel from servicetitan", ["Rajesh Patel"], ["Servicetitan"]),
    ("Met Oyelaran from ServiceTitan", ["Oyelaran"], ["ServiceTitan"]),
    ("Follow up with Acme", [], ["Acme"]),
    ("Email Sara and Bob about the Johnson Controls contract", ["Sara", "Bob"], ["Johnson Controls"]),
    ("Ngozi Venkat, 214-555-0123, wants a demo", ["Ngozi Venkat"], []),
    ("spoke to dave great guy", ["Dave"], []),
    ("Visited the Acme booth, ask for Tim O'Neil", ["Tim O'Neil"], ["Acme"]),
    ("Will call Mark tomorrow", ["Mark"], []),
    ("Mark Evans of Summit Homes; Grace at Acme", ["Mark Evans", "Grace"], ["Summit Homes", "Acme"]),
    ("Intro me to Jen Park (Acme)", ["Jen Park"], ["Acme"]),
    ("Grace Alvarez BuildCo", ["Grace Alvarez"], ["BuildCo"]),
    ("Angela Green Voss Masonry", ["Angela Green"], ["Voss Masonry"]),
    ("sara stone sherwin williams", ["Sara Stone"], ["Sherwin Williams"]),
    ("Met Ann Lee from Acme Corp, wants a quote. ann@example.com", ["Ann Lee"], ["Acme Corp"]),
    ("John Ruiz Kestrel Homes", ["John Ruiz"], ["Kestrel Homes"]),
    ("Lone Star Gutters Supply called", [], ["Lone Star Gutters Supply"]),
    ("had lunch with tom from home depot", ["Tom"], ["Home Depot"]),
    ("Sara's team at Acme Inc. wants pricing", ["Sara"], ["Acme Inc"]),
    ("I met Bob & Alice", ["Bob", "Alice"], []),
    ("Bob Smith & Sons Roofing gave us a quote", [], ["Bob Smith & Sons Roofing"]),
    ("talk with Chris from GAF re: shingles", ["Chris"], ["GAF"]),
    ("the acme demo was awesome", [], ["Acme"]),
    ("demo with acme corp on oct 16", [], ["Acme Corp"]),
    ("Quality Roofing wants to partner", [], ["Quality Roofing"]),
    ("José Ramírez from Techos Ramírez", ["José Ramírez"], ["Techos Ramírez"]),
    ("met w/ anna @ beacon supply", ["Anna"], ["Beacon Supply"]),
    ("Sara Lopez Acme Roofing", ["Sara Lopez"], ["Acme Roofing"]),
    ("nguyen thi hoa from ridgetop wants us to bid", ["Nguyen Thi Hoa"], ["Ridgetop"]),
    ("Chinedu Okonkwo-Bell from Bluebird wants a bid", ["Chinedu Okonkwo-Bell"], ["Bluebird"]),
    (
        "a man named orlando vasquez he runs vasquez and daughters plumbing",
        ["Orlando Vasquez"],
        ["Vasquez and Daughters Plumbing"],
    ),
    ("J.R. Tucker, site super w/ Delmont. needs 3 framers", ["J.R. Tucker"], ["Delmont"]),
    ("Małgorzata Wiśniewska - Baltic Windows", ["Małgorzata Wiśniewska"], ["Baltic Windows"]),
    ("hablé con José Luis Ibarra de Techos del Valle", ["José Luis Ibarra"], ["Techos del Valle"]),
    ("Mason and his wife Dana run a paint shop in Amarillo", ["Mason", "Dana"], []),
    ("J.R. Tucker needs 3 framers", ["J.R. Tucker"], []),
    ("Mark Carpenter does estimating for Cook & Daughters", ["Mark Carpenter"], ["Cook & Daughters"]),
    ("Grant said theres money for apprentices", ["Grant"], []),
    ("permits for the city of lakewood go online in march", [], ["City of Lakewood"]),
]

NOBODY = [
    "Power100 Dallas was fun",
    "Stop at the Ortiz site Friday",
    "nonstop flights to Dallas",
    "Amazing Insights Today From The Keynote",
    "Great session on AI and CRM",
    "Done",
    "Not yet",
    "will do",
    "may call later",
    "Remind me Tuesday",
    "Thanks!",
    "OK",
    "Best talk ever",
    "I think we should grant access",
    "mark it done",
    "bill them",
    "Visit New York in June",
    "Main Stage was packed",
    "grant money for apprentices closes in dec",
    "rich people want slate",
    "",
]


@pytest.mark.parametrize(("text", "people", "companies"), NAMED)
def test_people_and_companies_are_told_apart(text: str, people: list[str], companies: list[str]) -> None:
    found = find_names(text)
    assert [one.value for one in found if one.kind == "person"] == people
    assert [one.value for one in found if one.kind == "company"] == companies
    assert all(text[one.start : one.end] == one.text for one in found)


@pytest.mark.parametrize("text", NOBODY)
def test_capitals_and_everyday_words_are_nobody(text: str) -> None:
    assert find_names(text) == ()


def test_titles_of_talks_are_no_names() -> None:
    text = "Winning with Grace Roofing was the best talk, Sara Lopez spoke"
    assert [one.value for one in find_names(text, titles=["Winning with Grace Roofing"])] == ["Sara Lopez"]


def test_known_names_are_found_in_any_letters_and_keep_their_own() -> None:
    found = find_names("saw mcallister and buildpro today", people=["McAllister"], companies=["BuildPro"])
    assert [(one.kind, one.value) for one in found] == [("person", "McAllister"), ("company", "BuildPro")]
    assert find_names("the buildpros", companies=["BuildPro"]) == ()


def test_a_first_name_stands_for_the_full_name_before_it() -> None:
    found = find_names("Met John Smith from Acme. John wants a quote")
    assert [one.value for one in found if one.kind == "person"] == ["John Smith", "John Smith"]


def test_a_name_is_split_for_a_card() -> None:
    parts = split_name("Dr. John Q. Smith Jr.")
    assert (parts.title, parts.first, parts.middle, parts.last, parts.suffix) == ("Dr.", "John", "Q.", "Smith", "Jr.")
