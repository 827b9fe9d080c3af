"""Reads a CSV or XLSX file into rows of text, within bounds. Formulas are text like any other."""

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import python_calamine

from services.directory.imports.workbooks import bounded_workbook
from shared.errors import Invalid, TooLarge, UnsupportedMedia

MOST_COLUMNS = 100
LONGEST_CELL = 5_000
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True)
class Table:
    """The headings as they stand, and each row that is not empty with the number of its line."""

    headings: list[str]
    rows: list[tuple[int, list[str]]]


def read_table(data: bytes, most_rows: int) -> Table:
    """Raises Invalid, TooLarge or UnsupportedMedia."""
    if data.startswith(_OLD_EXCEL):
        raise UnsupportedMedia("This is an old Excel file. Save it as .xlsx or .csv, then send that.")
    lines = _xlsx(data, most_rows) if data.startswith(_ZIP) else _csv(data, most_rows)
    if not lines:
        raise Invalid("The file is empty. Its first line names the columns.")
    headings = [cell.strip() for cell in lines[0][1]]
    if len(headings) > MOST_COLUMNS:
        raise TooLarge(f"The file has more than {MOST_COLUMNS} columns.")
    return Table(headings, lines[1:])


def _csv(data: bytes, most_rows: int) -> list[tuple[int, list[str]]]:
    text = _decoded(data)
    if "\x00" in text:
        raise UnsupportedMedia("This is neither CSV nor XLSX. Save the table as one of them, then send that.")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    lines: list[tuple[int, list[str]]] = []
    begins = 1
    try:
        for cells in reader:
            _add(lines, begins, cells, most_rows)
            begins = reader.line_num + 1
    except csv.Error as error:
        raise Invalid(f"The file cannot be read as CSV near line {reader.line_num}: {error}.") from None
    return lines


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _delimiter(text: str) -> str:
    """Whichever of the usual ones the first line has most."""
    first = text.split("\n", 1)[0]
    return max(",;\t|", key=first.count)


def _xlsx(data: bytes, most_rows: int) -> list[tuple[int, list[str]]]:
    workbook = bounded_workbook(data, rows=most_rows + 1, columns=MOST_COLUMNS)
    try:
        book = python_calamine.load_workbook(workbook)
        sheet = book.get_sheet_by_index(0)
        rows = sheet.iter_rows()
        first = (sheet.start or (0, 0))[0] + 1
        lines: list[tuple[int, list[str]]] = []
        for number, cells in enumerate(rows, first):
            _add(lines, number, [_cell(cell) for cell in cells], most_rows)
    except (python_calamine.CalamineError, OSError, IndexError) as error:
        raise Invalid(f"The file cannot be read as XLSX: {error}. Save it again as .xlsx or .csv.") from None
    return lines


def _add(lines: list[tuple[int, list[str]]], number: int, cells: list[str], most_rows: int) -> None:
    if not any(cell.strip() for cell in cells):
        return
    if len(lines) > most_rows:
        raise TooLarge(f"The file has more than {most_rows} rows. Send them in several files.")
    lines.append((number, [cell.strip()[:LONGEST_CELL] for cell in cells]))


def _cell(value: Any) -> str:
    """A number as it was typed: phones come as 2145550123.0."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e16:
        return str(int(value))
    return value.isoformat() if isinstance(value, datetime | date) else str(value)
