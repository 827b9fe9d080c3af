"""Looks into an XLSX file before it is opened: the reader lays a sheet out from its first cell to its last, however far that is."""

import io
import re
import zipfile
import zlib
from xml.parsers import expat

from shared.errors import Invalid, TooLarge, UnsupportedMedia

MOST_UNPACKED = 50_000_000
MOST_ENTRIES = 1_000
# Formats that the reader would take for a workbook too, and whose sheets this does not understand.
_OTHER_FORMATS = {"content.xml", "xl/workbook.bin"}
_CELL = re.compile(r"([A-Za-z]{1,4})([0-9]{1,9})")
_DAMAGED = "The file is damaged. Save it again as .xlsx or .csv."


def bounded_workbook(data: bytes, *, rows: int, columns: int) -> io.BytesIO:
    """The workbook packed anew from what was looked at, so that the reader finds nothing else in it.

    Raises Invalid, UnsupportedMedia, or TooLarge when a cell with something in it stands beyond `rows` or `columns`.
    """
    packed = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(packed, "w") as checked:
            for entry in _entries(archive):
                content = archive.read(entry)
                if b"sheetData" in content:
                    _Extent(rows, columns).check(content)
                checked.writestr(entry.filename, content)
    except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError, RuntimeError, OSError, zlib.error):
        raise Invalid(_DAMAGED) from None
    packed.seek(0)
    return packed


def _entries(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """A small file can unpack to a huge one: look at what it declares first; no more than that is unpacked."""
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise TooLarge("The workbook unpacks to too much. Keep one sheet with the rows to import.")
    if _OTHER_FORMATS & {entry.filename.lower().replace("\\", "/") for entry in entries}:
        raise UnsupportedMedia("This is another kind of workbook. Save it as .xlsx or .csv, then send that.")
    return entries


class _Extent:
    """Follows a sheet's cells as the reader counts them: by their `r`, or one after the other."""

    def __init__(self, rows: int, columns: int) -> None:
        self._rows, self._columns = rows, columns
        self._row = self._column = 0
        self._cell: tuple[int, int] | None = None

    def check(self, content: bytes) -> None:
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = self._refuse
        try:
            parser.Parse(content, True)
        except expat.ExpatError:
            raise Invalid(_DAMAGED) from None

    def _begin(self, qualified: str, attributes: dict[str, str]) -> None:
        name, place = qualified.rpartition(":")[2], attributes.get("r")
        if name == "row":
            self._row = _number(place) if place else self._row + 1
            self._column = 0
        elif name == "c":
            self._cell = self._place(place)
            self._column = self._cell[1]
        elif self._cell is not None and (self._cell[0] > self._rows or self._cell[1] > self._columns):
            raise TooLarge(
                f"A sheet holds something in row {self._cell[0]}, column {self._cell[1]}. Keep one sheet,"
                f" with at most {self._rows} rows and {self._columns} columns, from its upper left corner on."
            )

    def _end(self, qualified: str) -> None:
        if qualified.rpartition(":")[2] == "c":
            self._cell = None

    def _place(self, place: str | None) -> tuple[int, int]:
        if place is None:
            return max(self._row, 1), self._column + 1
        found = _CELL.fullmatch(place)
        if found is None:
            raise Invalid(_DAMAGED)
        column = 0
        for letter in found[1].upper():
            column = column * 26 + ord(letter) - ord("A") + 1
        return int(found[2]), column

    def _refuse(self, *_doctype: object) -> None:
        """Entities and default attributes are read differently by different readers."""
        raise Invalid(_DAMAGED)


def _number(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise Invalid(_DAMAGED)
    return int(text)
