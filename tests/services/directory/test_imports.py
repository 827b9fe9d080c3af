"""Contractors and attendees from files."""

from typing import Any

import pytest

from services.directory.main import build
from services.directory.settings import DirectorySettings
from tests.conftest import Urls, client_of
from tests.services.directory.conftest import Api, outbox
from tests.services.directory.nouns import new_contractor, new_event
from tests.services.directory.test_workbooks import workbook

CSV = """First Name,Last Name,Mobile Phone,E-mail,Company,Time Zone,Focus Areas,Shoe size
Maria,Lopez,(214) 555-0111,Maria@Example.com,"Lopez, Inc.",America/Chicago,roofing; AI,42
James,Carter,555-1234,,,,,
Priya,Patel,+12145550113,not an address,,,,
Ann,Lee,,,,,,
Tom,Becker,2145550114,,=HYPERLINK("x"),Nowhere,,
Twin,Lopez,+1 214 555 0111,,,,,

Luis,Ortiz,214.555.0116,,=1+1,,,
"""


async def upload(api: Api, path: str, content: bytes | str, kind: str = "text/csv", **query: Any) -> Any:
    content = content.encode() if isinstance(content, str) else content
    answer = await api.call("POST", path, content=content, headers={"Content-Type": kind}, params=query)
    return Api.body_of(answer)


def outcomes(report: dict[str, Any]) -> list[tuple[int, str]]:
    return [(row["line"], row["outcome"]) for row in report["rows"]]


async def test_each_line_of_a_file_is_taken_or_refused_with_the_reason(api: Api) -> None:
    report = await upload(api, "/contractors/import", CSV)
    assert outcomes(report) == [
        (2, "created"),
        (3, "refused"),
        (4, "refused"),
        (5, "refused"),
        (6, "refused"),
        (7, "refused"),
        (9, "created"),
    ]
    assert (report["created"], report["refused"]) == (2, 5)
    why = {row["line"]: row["why"] for row in report["rows"] if row["why"]}
    assert "555-1234" in why[3]
    assert "not an address" in why[4]
    assert "missing" in why[5]
    assert "America/Chicago" in why[6]
    assert "line 2" in why[7]
    assert report["columns"]["Mobile Phone"] == "phone"
    assert report["ignored_columns"] == ["Shoe size"]
    rows = {row["phone"]: row for row in await api.items("/contractors")}
    maria = rows["+12145550111"]
    assert (maria["full_name"], maria["email"], maria["company"]) == ("Maria Lopez", "maria@example.com", "Lopez, Inc.")
    assert (maria["time_zone"], maria["focus_areas"]) == ("America/Chicago", ["roofing", "AI"])
    assert rows["+12145550116"]["company"] == "=1+1", "a formula is text"


async def test_a_dry_run_says_the_same_and_changes_nothing(api: Api, urls: Urls) -> None:
    told = len(await outbox(urls))
    dry = await upload(api, "/contractors/import", CSV, dry_run=True)
    assert dry["dry_run"] is True
    assert await api.items("/contractors") == []
    assert len(await outbox(urls)) == told
    real = await upload(api, "/contractors/import", CSV)
    assert outcomes(real) == outcomes(dry)


async def test_a_file_sent_again_changes_nothing_and_an_empty_cell_erases_nothing(api: Api, urls: Urls) -> None:
    await upload(api, "/contractors/import", CSV)
    before, told = await api.items("/contractors"), len(await outbox(urls))
    again = await upload(api, "/contractors/import", CSV)
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 2)
    assert (await api.items("/contractors"), len(await outbox(urls))) == (before, told)
    changed = await upload(api, "/contractors/import", "phone;name;company\n2145550111;;Lopez & Sons\n")
    assert (changed["updated"], changed["rows"][0]["id"]) == (1, before[0]["id"])
    maria = await api.get(f"/contractors/{before[0]['id']}")
    assert (maria["full_name"], maria["company"]) == ("Maria Lopez", "Lopez & Sons")


async def test_imported_contractors_are_told_with_their_users(api: Api, urls: Urls) -> None:
    await upload(api, "/contractors/import", CSV)
    kinds = [kind for kind, _ in await outbox(urls)]
    assert kinds.count("contractor.created.v1") == 2
    assert kinds.count("user.created.v1") == 3, "two of them, and the owner"


async def test_a_workbook_is_read_and_a_phone_kept_as_a_number_is_a_phone(api: Api) -> None:
    content = workbook(["Name", "Cell", "Company"], ["Maria Lopez", 2145550111, "Lopez"], [], ["Ann Lee", "x", ""])
    answer = await api.call("POST", "/contractors/import", files={"file": ("people.xlsx", content)})
    assert outcomes(Api.body_of(answer)) == [(2, "created"), (4, "refused")]
    assert [row["phone"] for row in await api.items("/contractors")] == ["+12145550111"]


async def test_attendees_are_matched_with_contractors_by_phone_and_e_mail(api: Api) -> None:
    event_id = await new_event(api)
    maria = await new_contractor(api, phone="+12145550111")
    ann = await new_contractor(api, phone="+12145550112", email="ann@example.com")
    text = (
        "Attendee,Email,Phone,Status\nMaria,,2145550111,Checked In\nAnn,ANN@example.com,,\n"
        "Zoe,zoe@example.com,,no-show\nMaria again,,214-555-0111,\nBob,,,\nBad,,,maybe\n"
    )
    report = await upload(api, "/attendees/import", text, event_id=event_id)
    assert outcomes(report) == [
        *((line, "created") for line in (2, 3, 4)),
        (5, "refused"),
        (6, "created"),
        (7, "refused"),
    ]
    rows = {row["full_name"]: row for row in await api.items("/attendees", event_id=event_id)}
    assert (rows["Maria"]["contractor_id"], rows["Maria"]["status"]) == (maria["id"], "checked_in")
    assert rows["Maria"]["checked_in_at"] is not None
    assert rows["Ann"]["contractor_id"] == ann["id"]
    assert (rows["Zoe"]["contractor_id"], rows["Zoe"]["status"]) == (None, "no_show")
    again = await upload(api, "/attendees/import", text, event_id=event_id)
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 4)


async def test_colleagues_who_share_a_phone_are_two_attendees(api: Api) -> None:
    event_id = await new_event(api)
    text = "Name,Email,Phone\nZoe,zoe@example.com,2145550117\nBob,bob@example.com,2145550117\n"
    for created in (2, 0):
        report = await upload(api, "/attendees/import", text, event_id=event_id)
        assert (report["created"], report["updated"], report["refused"]) == (created, 0, 0)


async def test_attendees_of_another_tenants_event_are_refused(api: Api, other: Api) -> None:
    answer = await other.call(
        "POST",
        "/attendees/import",
        params={"event_id": await new_event(api)},
        content=b"Name\nZoe\n",
        headers={"Content-Type": "text/csv"},
    )
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"", "text/csv", 422),
        (b"Name,Company\nMaria,Lopez\n", "text/csv", 422),
        (b"\xd0\xcf\x11\xe0old", "application/octet-stream", 415),
        (b"PK\x03\x04 not a workbook", "application/octet-stream", 422),
        (b"\x89PNG\x00\x00", "application/octet-stream", 415),
        (b"{}", "application/json", 415),
        (b'phone\n"' + b"a" * 200_000, "text/csv", 422),
        (b"phone\n" + b"2145550111\n" * 5_001, "text/csv", 413),
        (b"phone\n" + b"2145550111\n" * 200_000, "text/csv", 413),
        (b"phone," * 200 + b"\n", "text/csv", 413),
    ],
)
async def test_a_file_that_cannot_be_is_refused(content: bytes, kind: str, status: int, api: Api) -> None:
    answer = await api.call("POST", "/contractors/import", content=content, headers={"Content-Type": kind})
    assert answer.status_code == status
    assert answer.json()["detail"]


async def test_a_form_of_ten_thousand_parts_is_refused(api: Api) -> None:
    parts = [(f"f{number}", (None, "x")) for number in range(10_000)]
    answer = await api.call("POST", "/contractors/import", files=parts)
    assert answer.status_code == 413


async def test_a_file_has_more_lines_than_a_statement_has_parameters(settings: DirectorySettings, api: Api) -> None:
    rows = 40_000
    lines = [f"+1{214 + n // 10_000}{200 + n // 100 % 100}{n % 10_000:04d}" for n in range(rows)]
    async with client_of(build(settings.model_copy(update={"import_rows": 50_000}))) as client:
        patient = Api(client, api.account_id, api.headers)
        for path, query in (("/contractors", {}), ("/attendees", {"event_id": await new_event(api)})):
            report = await upload(patient, f"{path}/import", "phone\n" + "\n".join(lines), dry_run=True, **query)
            assert len(report["rows"]) == rows


async def test_a_thousand_contractors_are_imported_in_a_few_seconds(api: Api) -> None:
    import time

    area = [214, 469, 972, 713, 281, 512, 210, 817, 903, 915]
    lines = [f"Person {n},+1{area[n // 100]}55501{n % 100:02d}" for n in range(1_000)]
    start = time.perf_counter()
    report = await upload(api, "/contractors/import", "name,phone\n" + "\n".join(lines))
    assert report["created"] == 1_000, report["rows"][:5]
    assert time.perf_counter() - start < 10
