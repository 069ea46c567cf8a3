"""
A ledger as a file for a spreadsheet: CSV in UTF-8 with a mark, or XLSX; row by row, so that its length costs no memory.

No cell is read as a formula. The XLSX is written here, because a ledger may hold names: the library that reads XLSX
would write each sheet into a temporary file first, in clear. Source: ECMA-376-1, 18.3 (sheets with inline strings).
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from kiosk.csv_cells import safe_cell

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS_AT_ONCE = 200
LONGEST_TITLE = 31
"""Characters of a sheet's name."""
MADE_AT = (1980, 1, 1, 0, 0, 0)
"""Time of the parts in the archive: the oldest that it can say, so that equal rows make equal files."""
NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
Cells = Sequence[str]

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PARTS = {
    "[Content_Types].xml": f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPES}.worksheet+xml"/></Types>',
    "_rels/.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}
_SHEET_HEAD = (
    f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane xSplit="1" ySplit="1" topLeftCell="B2" activePane="bottomRight" state="frozen"/></sheetView></sheetViews>'
    '<sheetFormatPr defaultRowHeight="15" defaultColWidth="16"/><sheetData>'
)
_SHEET_END = "</sheetData></worksheet>"


def as_csv(head: Cells, rows: Iterable[Cells]) -> Iterator[bytes]:
    """Yield the file in pieces; the mark at its beginning lets a spreadsheet read it as UTF-8."""
    piece = io.StringIO(newline="")
    piece.write("\ufeff")
    written = csv.writer(piece)
    written.writerow([safe_cell(cell) for cell in head])
    for count, row in enumerate(rows, 1):
        written.writerow([safe_cell(cell) for cell in row])
        if count % ROWS_AT_ONCE == 0:
            yield piece.getvalue().encode()
            piece.seek(0)
            piece.truncate()
    yield piece.getvalue().encode()


class _Pieces(io.RawIOBase):
    """What was written to it and not taken yet."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]  # bytes are all that is written
        self._waiting += data
        return len(data)

    def take(self) -> bytes:
        """Return what waits, and forget it."""
        found = bytes(self._waiting)
        self._waiting.clear()
        return found


def as_xlsx(title: str, head: Cells, rows: Iterable[Cells]) -> Iterator[bytes]:
    """Yield the file in pieces."""
    pieces = _Pieces()
    with zipfile.ZipFile(pieces, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {**_PARTS, "xl/workbook.xml": _workbook(title)}.items():
            archive.writestr(_part(name), text)
        with archive.open(_part("xl/worksheets/sheet1.xml"), "w", force_zip64=True) as sheet:
            sheet.write((_SHEET_HEAD + _row(head)).encode())
            for count, row in enumerate(rows, 1):
                sheet.write(_row(row).encode())
                if count % ROWS_AT_ONCE == 0:
                    yield pieces.take()
            sheet.write(_SHEET_END.encode())
    yield pieces.take()


def _part(name: str) -> zipfile.ZipInfo:
    part = zipfile.ZipInfo(name, MADE_AT)
    part.compress_type = zipfile.ZIP_DEFLATED
    return part


def _workbook(title: str) -> str:
    name = quoteattr(re.sub(r"[\[\]:*?/\\]", " ", title)[:LONGEST_TITLE])
    return (
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        f'<sheets><sheet name={name} sheetId="1" r:id="rId1"/></sheets></workbook>'
    )


def _row(cells: Cells) -> str:
    return "<row>" + "".join(map(_cell, cells)) + "</row>"


def _cell(text: str) -> str:
    if not text:
        return "<c/>"
    said = escape(NOT_XML.sub("\ufffd", safe_cell(text)))
    return f'<c t="inlineStr"><is><t xml:space="preserve">{said}</t></is></c>'
