"""Templates: what they may print, and what they may never do."""

from datetime import date
from time import thread_time

import pytest

from shared.text.liquid import TemplateRefused, UndefinedVariable, check, render


@pytest.mark.parametrize(
    ("template", "variables", "text"),
    [
        ("Hi {{ name }}!", {"name": "Sara"}, "Hi Sara!"),
        ("{{ contact.first_name | default: 'there' }}", {"contact": {"first_name": ""}}, "there"),
        ("{% if vip %}VIP{% else %}-{% endif %}", {"vip": True}, "VIP"),
        (
            "{% for n in names %}{{ n | upcase }}{% unless forloop.last %},{% endunless %}{% endfor %}",
            {"names": ["a", "b"]},
            "A,B",
        ),
        ("{{ names | join: ' and ' }} ({{ names | size }})", {"names": ("a", "b")}, "a and b (2)"),
        ("{{ day | date: '%A, %B %-d' }}", {"day": date(2026, 10, 16)}, "Friday, October 16"),
        ("{{ day | date: '%B %-d' }}", {"day": "2026-10-16T10:00:00+00:00"}, "October 16"),
        ("{{ missing }}.", {}, "."),
        ("{% raw %}{{ x }}{% endraw %}", {}, "{{ x }}"),
    ],
)
def test_a_template_prints_its_variables(template: str, variables: dict[str, object], text: str) -> None:
    assert render(template, variables) == text


def test_template_syntax_in_a_variable_is_printed_never_evaluated() -> None:
    hostile = "{{7*7}} {{ secret }} {% for i in (1..9) %}x{% endfor %}"
    assert render("Hi {{ name }}", {"name": hostile, "secret": "s3cret"}) == f"Hi {hostile}"


def test_html_templates_escape_what_variables_print() -> None:
    assert render("<b>{{ name }}</b>", {"name": "<i>&"}, html=True) == "<b>&lt;i&gt;&amp;</b>"
    assert render("{{ names | join: '<br>' }}", {"names": ["<i>", "x"]}, html=True) == "&lt;i&gt;&lt;br&gt;x"


def test_strict_rendering_names_what_is_missing_but_lets_templates_ask() -> None:
    for template in ("{{ name }}", "{{ contact.name }}"):
        with pytest.raises(UndefinedVariable, match="name"):
            render(template, {"contact": {}}, strict=True)
    assert render("{{ name | default: 'there' }}{% if name %}!{% endif %}", {}, strict=True) == "there"


def test_a_template_cannot_reach_attributes_clock_or_methods() -> None:
    class Person:
        secret = "s3cret"

        def __str__(self) -> str:
            return "a person"

    reach = "{{ p.secret }}{{ p.__class__ }}{{ name.__class__.__mro__ }}{{ d.items }}{{ now }}{{ today }}{{ p }}"
    assert render(reach, {"p": Person(), "name": "x", "d": {}}) == "a person"
    assert render("{{ 'now' | date: '%Y' }}{{ d | date: '%999999999d' }}", {"d": date(2026, 1, 1)}) == ""


REFUSED = [
    "{{7*7}}",
    "{{ (1..20000000) | join: ',' | size }}",
    "{% for i in (1..100000000) %}x{% endfor %}",
    "{% if a contains (1..3) %}x{% endif %}",
    "{{ a | default: (1..4) }}",
    "{% case (1..3) %}{% when 1 %}{% endcase %}",
    "{% for i in a limit: (1..3) %}x{% endfor %}",
    "{% assign a = 'x' %}",
    "{% capture a %}x{% endcapture %}",
    "{% include 'a' %}",
    "{% render 'a' %}",
    "{% liquid assign a = 1 %}",
    "{{ a | replace: 'a', a }}",
    "{{ a | times: 99 }}",
    "{{ a | nothing }}",
    "{{ ''.__class__ }}",
    "{{ a",
    "{% if a %}",
    "{{ a }} }}",
    "{% nothing %}",
    "{" * 9_999,
    "{%" * 4_999,
    "{{ a" + "[a" * 3_000 + "]" * 3_000 + "}}",
    "{% if a %}" * 900,
    "a" * 50_000,
]


@pytest.mark.parametrize("template", REFUSED)
def test_what_is_not_allowed_is_refused_at_once_with_a_sentence(template: str) -> None:
    began = thread_time()
    with pytest.raises(TemplateRefused, match=r"\.$"):
        check(template)
    assert thread_time() - began < 5


ENDLESS = [
    ("{% for a in l %}{% for b in l %}{% for c in l %}x{% endfor %}{% endfor %}{% endfor %}", {"l": list(range(100))}),
    ("{% for a in l %}" + "{{ a }}" * 1_000 + "{% endfor %}", {"l": [""] * 250}),
    ("{{ 'a' " + "| append: b" * 700 + "}}", {"b": "x" * 10_000}),
    ("{{ l | join: b }}", {"l": [""] * 8_000, "b": "y" * 8_000}),
    ("{% for a in l %}{{ b }}{% endfor %}", {"l": list(range(200)), "b": "x" * 10_000}),
    ("{{ a }}", {"a": "x" * 50_000}),
    ("{{ a }}", {"a": [[]] * 50_000}),
    ("{% break %}", {}),
]


@pytest.mark.parametrize(("template", "variables"), ENDLESS)
def test_work_without_end_is_cut_short(template: str, variables: dict[str, object]) -> None:
    began = thread_time()
    with pytest.raises(TemplateRefused):
        render(template, variables)
    assert thread_time() - began < 10


def test_a_template_tells_the_variables_it_needs() -> None:
    template = "{{ contact.name }}{% for i in items %}{{ i.x }}{{ forloop.index }}{% endfor %}{% if vip %}{% endif %}"
    assert check(template) == {"contact", "items", "vip"}
