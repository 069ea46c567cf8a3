"""Spreadsheets are read by a process that can neither grow, nor run for long, nor write."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from kiosk.catalogue.importing import readers, sheet_reader
from kiosk.catalogue.importing import spreadsheets as sheets
from kiosk.catalogue.importing.readers import ImportRefused

ROOT = Path(__file__).parents[3]


def a_sheet(path: Path, *rows: list[object]) -> Path:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def packed(path: Path, sheet: str) -> Path:
    """A workbook of one sheet, given as its XML."""
    a_sheet(path, [1])
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts["xl/worksheets/sheet1.xml"] = sheet.encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name, content)
    return path


def test_rows_come_with_their_numbers_and_empty_ones_are_left_out(tmp_path: Path) -> None:
    path = a_sheet(tmp_path / "a.xlsx", ["编号", "年"], [None, None], ["r:1", 2026.0])
    assert list(sheets.rows(path, 10)) == [(1, ["编号", "年"]), (3, ["r:1", "2026"])]


def a_book(path: Path, *sheets: tuple[str, list[list[object]]]) -> Path:
    """A workbook; each sheet with its state (visible, hidden) and its rows."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for state, rows in sheets:
        sheet = book.create_sheet()
        sheet.sheet_state = state
        for row in rows:
            sheet.append(row)
    book.active = next(at for at, (state, _) in enumerate(sheets) if state == "visible")
    book.save(path)
    return path


def test_what_is_hidden_is_not_what_is_read(tmp_path: Path) -> None:
    path = a_book(
        tmp_path / "a.xlsx",
        ("hidden", [["编号"], ["secret"]]),
        ("visible", []),
        ("visible", [["编号"], ["r:1"]]),
    )
    assert [cells for _, cells in sheets.rows(path, 10)] == [["编号"], ["r:1"]]


def test_of_several_filled_sheets_none_is_silently_left_out(tmp_path: Path) -> None:
    path = a_book(tmp_path / "a.xlsx", ("visible", [["编号"], ["r:1"]]), ("visible", [[], ["编号"], ["r:2"]]))
    with pytest.raises(ImportRefused, match=r"sheets.*more than one sheet"):
        list(readers.read(path))


def test_more_rows_than_allowed_are_refused(tmp_path: Path) -> None:
    path = a_sheet(tmp_path / "a.xlsx", *([at] for at in range(1, 6)))
    assert len(list(sheets.rows(path, 5))) == 5
    with pytest.raises(sheets.SheetNotRead, match="too-large"):
        list(sheets.rows(path, 4))


def test_a_reader_that_hangs_is_ended(tmp_path: Path) -> None:
    path = a_sheet(tmp_path / "a.xlsx", *([at, "字" * 50] for at in range(20_000)))
    with pytest.raises(sheets.SheetNotRead, match="bomb"):
        list(sheets.rows(path, 100_000, patience_s=0.05))


@pytest.mark.parametrize(
    "inside",
    [
        "bytearray(2_000_000_000)",
        "[0] * 400_000_000",
        "open('was-here', 'wb', buffering=0).write(b'x' * 10)",
        "__import__('subprocess').run(['true'])",
    ],
)
def test_the_reader_can_neither_grow_nor_write_nor_start_anything(inside: str, tmp_path: Path) -> None:
    program = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
    program += "from kiosk.catalogue.importing import sheet_reader as reader\nreader.bound(reader.BOUNDS)\n"
    program += f"{inside}\nprint('done')"
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=tmp_path,
    )
    if "subprocess" in inside and done.returncode == 0:
        pytest.skip("the superuser may start processes whatever the limit says")
    assert "done" not in done.stdout
    assert done.returncode != 0


TAKEN_OVER = """
import os, socket, sys
sys.path.insert(0, {root!r})
from kiosk.catalogue.foreign import isolation
from kiosk.catalogue.importing import sheet_reader as reader
def rows(path, most):
    done = [str(len(open(path, "rb").read(1)))]
    for name, act in (
        ("file", lambda: open({key!r}).read()), ("folder", lambda: os.listdir({home!r})),
        ("network", lambda: socket.socket()), ("kill", lambda: os.kill(os.getppid(), 0)),
    ):
        try:
            act()
            done.append(name)
        except PermissionError:
            pass
    yield 1, done
reader.rows = rows
{further}
reader.main(sys.argv[1], int(sys.argv[2]))
"""


def taken_over(folder: Path, monkeypatch: pytest.MonkeyPatch, further: str = "") -> Path:
    """Let a reader that a sheet has taken over try what it should not; return a sheet for it."""
    key = folder / "signing.key"
    key.write_text("a secret", "ascii")
    program = folder / "reader.py"
    program.write_text(
        TAKEN_OVER.format(root=str(ROOT), key=str(key), home=str(folder), further=further), "utf-8"
    )
    monkeypatch.setattr(sheets, "READER", program)
    return a_sheet(folder / "a.xlsx", ["编号"])


@pytest.mark.parametrize(
    ("further", "reached"),
    [("", []), ("reader.isolate = lambda *paths: None", ["file", "folder", "network", "kill"])],
)
def test_a_reader_that_was_taken_over_reaches_nothing_but_its_sheet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, further: str, reached: list[str]
) -> None:
    path = taken_over(tmp_path, monkeypatch, further)
    assert list(sheets.rows(path, 10)) == [(1, ["1", *reached])]


def test_without_isolation_no_sheet_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    no = "def no(*_about): raise isolation.NotIsolated('landlock')\nreader.isolate = no"
    path = taken_over(tmp_path, monkeypatch, no)
    with pytest.raises(ImportRefused, match=r"unchecked.*cannot keep its reader apart"):
        list(readers.read(path))


def test_a_row_of_far_too_many_cells_costs_nothing(tmp_path: Path) -> None:
    cells = "<c t='inlineStr'><is><t>x</t></is></c>" * 5_000
    ns = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    path = packed(
        tmp_path / "a.xlsx", f"<worksheet xmlns='{ns}'><sheetData><row>{cells}</row></sheetData></worksheet>"
    )
    (first,) = sheets.rows(path, 10)
    assert len(first[1]) <= sheet_reader.MOST_COLUMNS


def test_a_sheet_that_says_it_has_a_million_rows_is_refused_by_its_rows(tmp_path: Path) -> None:
    ns = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    path = packed(
        tmp_path / "a.xlsx",
        f"<worksheet xmlns='{ns}'><sheetData><row r='1'><c r='A1' t='inlineStr'><is><t>编号</t></is></c></row>"
        "<row r='1000000'><c r='A1000000' t='inlineStr'><is><t>x</t></is></c></row></sheetData></worksheet>",
    )
    with pytest.raises(ImportRefused, match="too-large"):
        list(readers.read(path))


def test_headings_leave_no_reader_behind(tmp_path: Path) -> None:
    path = a_sheet(tmp_path / "a.xlsx", ["编号", "标题"], *([f"r:{at}", "字" * 50] for at in range(5_000)))
    assert readers.headings(path) == ["编号", "标题"]
