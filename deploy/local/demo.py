"""`make demo`: plays an event day and the days after it against the running stack, and shows what came out."""

import asyncio
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, timedelta
from typing import Any

import httpx
from rich import box
from rich.console import Console
from rich.table import Table

from deploy.local.clock import clock, stack_time
from deploy.local.daytime import daytime_zone
from deploy.local.home import Home, read_json

LAST_DAY = 9
PATIENCE = 4.0
AREAS = (214, 469, 512, 682, 713, 737, 806, 817, 832, 903, 915, 936, 940, 956, 972)


@dataclass
class Person:
    """Somebody at the event: what they text there, and what they answer when they are asked."""

    name: str
    notes: tuple[str, ...]
    priorities: str
    answers: tuple[str, ...]
    focus: tuple[str, ...] = ()
    demo_with: str = ""
    id: str = ""
    phone: str = ""
    heard_until: str = ""
    answered: int = 0
    asked: list[str] = field(default_factory=list)


CAST = (
    Person(
        "Maria Alvarez",
        (
            "Met John Smith - amazing insights on AI automation. 555-0134, john@example.com",
            "chatted w/ Priya Nair, Ridgetop Solar - needs a bid for 12 skylights, her cell 720-555-0146 🙌",
            "no, it's Nayar not Nair",
            "which one was the guy who does skylights?",
        ),
        "first get Priya her bid, then the Acme Corp demo, and last look at AI tools",
        ("can you write the mail to Priya for me?", "yes", "how come you texted me?", "all done", "done", "done"),
        focus=("skylights", "solar"),
        demo_with="Acme Corp",
    ),
    Person(
        "Dave Kowalski",
        (
            "Met Sara Lopez and Omar Diaz at the Acme booth. Need to send Sara the price list, and call Omar about the mixers.",
            "undo",
            "Met Sara Lopez and Omar Diaz at the Acme booth. Need to send Sara the price list, and call Omar about the mixers.",
            "Met Lee Wong of BuildPro Solutions. lee@example.org",
        ),
        "1. Sara's price list 2. call Omar 3. a new CRM",
        ("done with Sara, Omar next week, drop the CRM", "Omar called back, he wants two", "done", "done"),
    ),
    Person(
        "Grace Kim",
        (
            "Need to call Omar Diaz about the concrete mixers next week",
            "The coffee is terrible but the crowd is great",
            "what do i still owe people?",
            "done with the drywall",
        ),
        "1. Call Omar Diaz 2. Research heat pumps",
        ("done with the heat pumps", "not yet, in two days?", "done"),
    ),
)
PARTNER = {"name": "Skyline Daylighting", "description": "Skylights and roof windows", "focus_areas": ["skylights"]}


class Demo:
    """One showing. What it knows it learned from outside: the gateway and the Twilio stand-in."""

    def __init__(self, home: Home, demo: dict[str, Any]) -> None:
        self.home = home
        self.gateway, self.key = demo["gateway"], demo["api_key"]
        self.number = demo["twilio_number"]
        self.event_id = demo["event_id"]
        self.api = httpx.Client(base_url=demo["gateway"], headers={"X-API-Key": demo["api_key"]}, timeout=30)
        self.twilio = httpx.Client(base_url=demo["twilio_api"], timeout=40)
        self.console = Console(highlight=False)

    def play(self) -> None:
        people = self.invite()
        self.console.rule("[bold]Day 0: at the event")
        for person in people:
            for note in person.notes:
                self.say(person, note)
        for day in range(1, LAST_DAY + 1):
            self.next_day(day, people)
        self.show(people)
        self.say_where_to_look(people)

    def invite(self) -> list[Person]:
        """People with numbers of their own, in a zone where it is day by the stack's clock, at an event that is running."""
        now = asyncio.run(stack_time(self.home))
        people = [self.register(person, daytime_zone(now)) for person in CAST]
        self.event_id = self.running_event(now.astimezone(UTC).date())
        for person in people:
            body = {"event_id": self.event_id, "contractor_id": person.id, "full_name": person.name}
            self.api.post("/api/v1/attendees", json=body).raise_for_status()
            if person.demo_with:
                self.book(person, now.astimezone(UTC).date() + timedelta(days=6))
        partners = self.api.get("/api/v1/partners", params={"limit": 200}).raise_for_status().json()["items"]
        if PARTNER["name"] not in [each["name"] for each in partners]:
            self.api.post("/api/v1/partners", json=PARTNER).raise_for_status()
        time.sleep(1)
        return people

    def register(self, person: Person, zone: str) -> Person:
        for phone in _phones():
            body = {"full_name": person.name, "phone": phone, "time_zone": zone, "focus_areas": list(person.focus)}
            answer = self.api.post("/api/v1/contractors", json=body)
            if answer.status_code == 409:
                continue
            answer.raise_for_status()
            return replace(person, id=answer.json()["id"], phone=phone, asked=[])
        raise RuntimeError("All the demo's numbers are taken: make fresh")

    def book(self, person: Person, day: date) -> None:
        """A demo, a few days after the event: what is to be prepared for it is a promise due the day before."""
        booking = {"event_id": self.event_id, "contractor_id": person.id, "company": person.demo_with,
                   "starts_at": f"{day}T18:00:00Z"}  # fmt: skip
        self.api.post("/api/v1/demo-bookings", json=booking).raise_for_status()

    def running_event(self, today: date) -> str:
        event = self.api.get(f"/api/v1/events/{self.event_id}").json()
        if event["date"] <= str(today) <= event["ends_on"]:
            return str(event["id"])
        body = {"name": f"{event['name']} {today:%-d %b}", "date": str(today), "ends_on": str(today + timedelta(days=1)),
                "time_zone": event["time_zone"], "location": event["location"]}  # fmt: skip
        made = self.api.post("/api/v1/events", json=body)
        made.raise_for_status()
        return str(made.json()["id"])

    def say(self, person: Person, words: str) -> None:
        sent = self.twilio.post("/standin/texts", json={"from": person.phone, "to": self.number, "body": words}).json()
        self.line(person, "→", words)
        self.hear(person, sent["accepted_at"])

    def hear(self, person: Person, after: str, seconds: float = PATIENCE) -> list[str]:
        query = {"to": person.phone, "after": after, "count": "1", "timeout": str(seconds)}
        items = self.twilio.get("/standin/wait", params=query).json()["items"]
        for item in items:
            self.line(person, "←", item["body"])
            person.heard_until = item["accepted_at"]
        return [item["body"] for item in items]

    def line(self, person: Person, arrow: str, words: str) -> None:
        colour = "cyan" if arrow == "→" else "green"
        indented = words.replace("\n", "\n" + " " * 18)
        self.console.print(f"  [dim]{person.name:>13}[/] [{colour}]{arrow}[/] ", end="", soft_wrap=True)
        self.console.print(indented, style=colour, markup=False, soft_wrap=True)

    def next_day(self, day: int, people: list[Person]) -> None:
        self.console.rule(f"[bold]Day {day}")
        if clock(self.home, "+1d") != 0:
            raise RuntimeError("The clock could not be moved.")
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            for person in people:
                for said in self.hear(person, person.heard_until, 0.2):
                    self.answer(person, said)
                    end = time.monotonic() + 1.5

    def answer(self, person: Person, said: str) -> None:
        if "?" not in said:
            return None
        person.asked.append(said)
        if "top 3" in said.lower() or "top three" in said.lower():
            return self.say(person, person.priorities)
        words = person.answers[min(person.answered, len(person.answers) - 1)]
        person.answered += 1
        return self.say(person, words)

    def show(self, people: list[Person]) -> None:
        report = self.api.get(f"/api/v1/events/{self.event_id}/report").json()
        lines = {line["contractor_id"]: line for line in report["contractors"]}
        table = Table(title="What came out of it", box=box.SIMPLE_HEAVY, title_style="bold")
        columns = ("notes", "promises", "kept", "overdue", "check_ins_sent", "answered")
        table.add_column("who", style="bold")
        for column in ("notes", "promises", "kept", "overdue", "check-ins", "replies"):
            table.add_column(column, justify="right")
        for person in people:
            line = lines.get(person.id, dict.fromkeys(columns, 0))
            table.add_row(person.name, *(str(line[column]) for column in columns))
        self.console.print(table)
        self.console.print(self.promises(people))
        self.console.print(self.drafts(people))

    def say_where_to_look(self, people: list[Person]) -> None:
        """Whole lines, to be copied: not wrapped."""
        print("Look for yourself: the report of the event, and all that is known of each.\n")
        print(f"  {self.curl(f'events/{self.event_id}/report?format=csv')}")
        for person in people:
            print(f"  {self.curl(f'contractors/{person.id}/context')}   # {person.name}, {person.phone}")
        print("\nIt is nine days later now: make clock TO=now sets the clock right, make fresh starts anew.")

    def curl(self, path: str) -> str:
        return f'curl -s -H "X-API-Key: {self.key}" "{self.gateway}/api/v1/{path}"'

    def drafts(self, people: list[Person]) -> Table:
        table = Table(title="E-mails drafted", box=box.SIMPLE_HEAVY, title_style="bold")
        for column in ("for", "to", "subject", "status"):
            table.add_column(column)
        for person in people:
            for draft in self.listed("email-intro-drafts", person):
                table.add_row(person.name, draft["to_name"] or "", draft["subject"], draft["status"])
        return table

    def listed(self, what: str, person: Person) -> list[dict[str, Any]]:
        answer = self.api.get(f"/api/v1/{what}", params={"contractor_id": person.id, "limit": "50"})
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    def promises(self, people: list[Person]) -> Table:
        table = Table(title="The promises", box=box.SIMPLE_HEAVY, title_style="bold")
        table.add_column("who")
        table.add_column("promise", min_width=30)
        for column in ("what it is", "rank", "status"):
            table.add_column(column, no_wrap=True)
        colours = {"completed": "green", "cancelled": "dim", "undone": "dim", "deferred": "yellow"}
        for person in people:
            items = self.listed("action-items", person)
            noted = {None, *(note["id"] for note in self.listed("notes", person))}
            for item in sorted(items, key=lambda item: (item["contractor_priority"] or len(items), item["id"])):
                rank = str(item["contractor_priority"] or "")
                told = item["status"] if item["related_note_id"] in noted else "undone"
                status = f"[{colours.get(told, 'white')}]{told}[/]"
                table.add_row(person.name.split()[0], item["title"], item["action_type"], rank, status)
        return table


def _phones() -> Iterator[str]:
    """Numbers kept for fiction: 555-0100 to 555-0199 of several areas."""
    for area in AREAS:
        for last in range(110, 200):
            yield f"+1{area}5550{last}"


def play(home: Home) -> int:
    demo = read_json(home.demo) or {}
    if not demo.get("twilio_api"):
        print("The demo needs a running stack with the Twilio stand-in: make up", file=sys.stderr)
        return 1
    try:
        Demo(home, demo).play()
    except (httpx.HTTPError, OSError, RuntimeError) as error:
        print(f"The demo stopped: {error}. Look at: make ps, make logs", file=sys.stderr)
        return 1
    return 0
