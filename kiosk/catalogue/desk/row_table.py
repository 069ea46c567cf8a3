"""A long table of a record at the desk: downloaded as a file, edited in a spreadsheet, uploaded."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for

from kiosk.catalogue.desk import row_files, shown
from kiosk.catalogue.desk.entry import Answer, found_entry, hand
from kiosk.catalogue.importing import readers
from kiosk.catalogue.importing.readers import ImportRefused
from kiosk.catalogue.publishing import actions
from kiosk.catalogue.records.kinds import KINDS
from kiosk.catalogue.records.models import Entry
from kiosk.catalogue.records.record import Record, changed
from kiosk.catalogue.records.rules import REASONS, check
from kiosk.catalogue.records.schema import N_, Field, RecordFault, Type
from kiosk.seen import Seen
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.desk_acts import acts_on
from kiosk.web.language.wording import gettext as _

TABLE_FILES = (".csv", ".xlsx")
MOST_LISTED = 50
_WHY = {
    "unknown-column": N_("第一行有认不出的栏目"),
    "no-table-file": N_("请选一个 CSV 或 XLSX 文件。"),
    "unreadable": N_("这个文件读不出来，可能坏了。"),
    "quotes": N_("引号不成对，读不下去。"),
    "sheets": N_("不止一个工作表里有内容：请只留一个，或者把别的隐藏起来。"),
    "bomb": N_("这个表格解开以后大得不正常，没有打开。"),
    "unchecked": N_("这台机器不能把打开表格的程序隔开，没有打开。请存成 CSV 再传。"),
    "too-large": N_("这个文件太大。"),
}


def add_to(pages: Blueprint) -> None:
    """Add the page of one table, and its file."""
    pages.add_url_rule("/table/<field>/<path:doc_id>", "table", table, methods=["GET", "POST"])
    pages.add_url_rule("/table-file/<field>/<path:doc_id>", "table_file", table_file)


def _table_of(field: str, doc_id: str) -> tuple[Entry, Field, list[Mapping[str, Any]]]:
    found = found_entry(doc_id)
    described = KINDS[found.kind].schema.get(field)
    if described is None or described.type is not Type.ROWS:
        abort(404)
    return found, described, list((found.content.get("fields") or {}).get(field) or [])


@acts_on(shown.entry, N_("换成这张表，送审核"))
def table(field: str, doc_id: str, *, seen: Seen) -> Answer:
    """Show how many rows a table has, its file, and the form to replace all of them."""
    person = access.require(Permission.APPROVE_CATALOGUE)
    found, described, rows = _table_of(field, doc_id)
    if request.method == "GET":
        return _page(found, described, len(rows), [])
    seen.hold()
    record, faults = _brought(found, described)
    if faults or record is None:
        return _page(found, described, len(rows), faults), 422
    is_changed = actions.save(record, hand(person.name), act="edit", seen=seen, table=field)
    many = len(record["fields"][field])
    flash(_("已换成%(many)s行，等另一位审核后发布。", many=many) if is_changed else _("没有改动。"))
    return redirect(url_for("catalogue_desk.entry", doc_id=doc_id), 303)


def _page(found: Entry, field: Field, many: int, faults: list[RecordFault]) -> str:
    listed = [(fault.where, (_WHY | REASONS).get(fault.code, fault.code)) for fault in faults[:MOST_LISTED]]
    return render_template(
        "catalogue/desk/table.html",
        entry=found,
        shown=shown.entry_shown(found),
        field=field,
        many=many,
        faults=listed,
        more=len(faults) - len(listed),
    )


def _brought(found: Entry, field: Field) -> tuple[Record | None, list[RecordFault]]:
    """Return the record with the uploaded rows, and its faults by line of the file."""
    given = request.files.get("file")
    ending = Path((given.filename if given else "") or "").suffix.lower()
    if given is None or ending not in TABLE_FILES:
        return None, [RecordFault("no-table-file", "")]
    with tempfile.NamedTemporaryFile(suffix=ending) as kept:
        given.save(kept)
        kept.flush()
        try:
            brought = row_files.read(field, readers.cells(Path(kept.name)))
        except ImportRefused as refused:
            return None, [RecordFault(refused.code, "")]
    content = found.content
    record = changed(content, fields={**(content.get("fields") or {}), field.name: brought.rows})
    return record, brought.faults or [row_files.in_words(each, field, brought) for each in check(record)]


def table_file(field: str, doc_id: str) -> Response:
    """Send the table as CSV."""
    access.require(Permission.APPROVE_CATALOGUE)
    _found, described, rows = _table_of(field, doc_id)
    answer = Response(row_files.as_csv(described, rows), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{field}.csv"'
    return answer
