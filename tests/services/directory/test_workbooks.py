"""Workbooks that are not what they seem."""

import io
import zipfile
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped]

from tests.services.directory.conftest import Api


def workbook(*rows: list[Any]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return target.getvalue()


async def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_read(api: Api) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    answer = await api.call("POST", "/contractors/import", files={"file": ("bomb.xlsx", target.getvalue())})
    assert answer.status_code == 413


def sheet_of(*cells: str, head: str = "") -> bytes:
    """A workbook whose sheet holds these cells, written by hand: no program would write such a one."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(["phone"], ["2145550111"]))) as good, zipfile.ZipFile(target, "w") as bad:
        for entry in good.infolist():
            content = good.read(entry)
            if entry.filename == "xl/worksheets/sheet1.xml":
                text = content.decode()
                rows = "".join(cells)
                start, end = text.index("<sheetData>"), text.index("</sheetData>")
                at = text.index("<worksheet")
                content = (text[:at] + head + text[at:start] + f"<sheetData>{rows}" + text[end:]).encode()
            bad.writestr(entry.filename, content)
    return target.getvalue()


def cell(place: str, text: str = "x", row: str = "") -> str:
    number = row or place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    value = f"<is><t>{text}</t></is>" if text else ""
    return f'<row r="{number}"><c r="{place}" t="inlineStr">{value}</c></row>'


PHONE, MARIA = cell("A1", "phone"), cell("A2", "2145550111")


@pytest.mark.parametrize(
    ("content", "status"),
    [
        pytest.param(sheet_of(PHONE, cell("XFD1048576")), 413, id="the far corner"),
        pytest.param(sheet_of(PHONE, cell("A1048576")), 413, id="the last row"),
        pytest.param(sheet_of(PHONE, cell("XFD2")), 413, id="the last column"),
        pytest.param(sheet_of(PHONE, cell("XFD1048576", row="2")), 413, id="a cell whose row says less"),
        pytest.param(
            sheet_of(PHONE, '<row r="1048576"><c t="inlineStr"><is><t>x</t></is></c></row>'),
            413,
            id="no place but the row",
        ),
        pytest.param(
            sheet_of(PHONE, "<row>" + '<c t="str"><v>x</v></c>' * 101 + "</row>"), 413, id="cells that only follow"
        ),
        pytest.param(sheet_of(PHONE, MARIA, head="<!DOCTYPE worksheet [<!ENTITY a 'b'>]>"), 422, id="a document type"),
        pytest.param(sheet_of(PHONE, "<row><c"), 422, id="no XML"),
        pytest.param(sheet_of(PHONE, cell("A99999999999999999999")), 422, id="no place"),
        pytest.param(sheet_of(PHONE, MARIA, cell("XFD1048576", "")), 200, id="an empty cell far out"),
        pytest.param(sheet_of(PHONE, MARIA, cell("CV5001")), 200, id="the last cell that may be"),
    ],
)
async def test_a_workbook_is_measured_before_it_is_opened(content: bytes, status: int, api: Api) -> None:
    answer = await api.call("POST", "/contractors/import", files={"file": ("people.xlsx", content)})
    assert answer.status_code == status, answer.text
    if status == 200:
        assert answer.json()["rows"][0]["line"] == 2


@pytest.mark.parametrize("name", ["content.xml", "xl\\workbook.bin", "XL/Workbook.bin"])
async def test_a_workbook_of_another_format_is_not_tried(name: str, api: Api) -> None:
    target = io.BytesIO(workbook(["phone"], ["2145550111"]))
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr(name, b"x")
    answer = await api.call("POST", "/contractors/import", files={"file": ("people.xlsx", target.getvalue())})
    assert answer.status_code == 415


async def test_what_a_workbook_hides_from_its_own_directory_is_not_read(api: Api) -> None:
    content = bytearray(sheet_of(PHONE, MARIA))
    declared = content.rindex(b"PK\x01\x02", 0, content.rindex(b"xl/worksheets/sheet1.xml"))
    content[declared + 24 : declared + 28] = (100).to_bytes(4, "little")
    answer = await api.call("POST", "/contractors/import", files={"file": ("people.xlsx", bytes(content))})
    assert answer.status_code == 422
