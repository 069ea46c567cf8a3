"""Imports at the hub's desk: a file is checked, its columns are mapped, and a clerk confirms it."""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, cast

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from kiosk.catalogue.attachments import store
from kiosk.catalogue.desk import shown
from kiosk.catalogue.desk.entry import Answer, hand, kept_files, shown_facts
from kiosk.catalogue.importing import readers, uploads, watching
from kiosk.catalogue.importing.importers import Report, import_file
from kiosk.catalogue.importing.readers import ImportRefused, RecordLine
from kiosk.catalogue.importing.sheet_records import HEADINGS, ColumnMapping
from kiosk.catalogue.importing.uploads import Upload
from kiosk.catalogue.pages import display
from kiosk.catalogue.records.kinds import KINDS
from kiosk.catalogue.records.record import Record
from kiosk.catalogue.records.rules import DISCLOSURE, REASONS, VALIDITY, check
from kiosk.catalogue.records.schema import N_, Type
from kiosk.seen import Seen, Shown
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.context import hub
from kiosk.web.desk_acts import acts_on
from kiosk.web.language.wording import gettext as _

TOKEN = re.compile(r"[0-9a-f]{32}")
LONGEST_NAME = 120
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069/\\]")
KEYS = dict(sorted({key: heading for heading, key in reversed(HEADINGS.items())}.items()))
"""Keys of a record with the first heading for each."""
OFTEN = {
    "链接": "source_url",
    "地址": "source_url",
    "URL": "source_url",
    "url": "source_url",
    "原文链接": "source_url",
    "发布时间": "published_on",
    "发文时间": "published_on",
    "成文时间": "drawn_on",
    "生成日期": "drawn_on",
    "实施日期": "effective_on",
    "发文单位": "issuers",
    "发布单位": "issuers",
    "信息来源": "source",
    "文章内容": "body",
    "文件标题": "title",
    "文件编号": "doc_no",
}
"""Common headings of county sites, proposed when columns are mapped; an import without a mapping guesses nothing."""
LOOKED_THROUGH, SHOWN_FIRST = 200, 5
WATCHED_SHOWN = 50
NOBODY_YET = "check"
"""Actor of an import that is only tried: it is taken back."""
SAMPLE_ROWS, SAMPLE_LENGTH = 6, 40
_ONE_CELL = (Type.TEXT, Type.TEXTS, Type.DATE, Type.TIME, Type.INT, Type.BOOL, Type.FEN, Type.QR)
"""Types that one cell of a table can hold; tables inside a record are imported or edited on their own page."""


def add_to(pages: Blueprint) -> None:
    """Add the pages of imports."""
    pages.add_url_rule("/import", "imports", imports, methods=["GET", "POST"])
    pages.add_url_rule("/import/<token>", "upload", upload)
    pages.add_url_rule("/import/<token>/mapping", "map_columns", map_columns, methods=["GET", "POST"])
    pages.add_url_rule("/import/<token>/confirm", "confirm", confirm, methods=["POST"])
    pages.add_url_rule("/import/<token>/discard", "discard", discard, methods=["POST"])


def imports() -> Answer:
    """Show the form to upload a file, what the watched folder imported, and the saved mappings."""
    person = access.require(Permission.APPROVE_CATALOGUE)
    if request.method == "GET":
        return _imports_page("")
    given = request.files.get("file")
    name = _UNPRINTABLE.sub("", (given.filename if given else "") or "")[-LONGEST_NAME:].lstrip(".")
    if given is None or Path(name).suffix.lower() not in readers.ENDINGS:
        return _imports_page(_("请选一个文件：JSONL、CSV 或 XLSX。")), 422
    token = uploads.keep(hub().home, name, given.save, hand(person.name))
    given.close()
    return redirect(url_for("catalogue_desk.upload", token=token), 303)


def _imports_page(wrong: str) -> str:
    return render_template(
        "catalogue/desk/imports.html",
        wrong=wrong,
        watched=watching.newest(WATCHED_SHOWN),
        folder=hub().settings.watch_folder,
        mapping=hub().settings.watch_mapping,
        mappings=uploads.mapping_names(),
    )


def _uploaded(token: str) -> Upload:
    """Return the upload with this token; abort with 404 if there is none."""
    found = uploads.found(hub().home, token) if TOKEN.fullmatch(token) else None
    if found is None:
        abort(404)
    return found


def upload(token: str) -> Answer:
    """Show what an import would do: counts, and each refused line with its reason. Nothing is stored yet."""
    access.require(Permission.APPROVE_CATALOGUE)
    given = _uploaded(token)
    report, wrong, code, first = Report(given.name), "", "", []
    try:
        report = _tried(given)
        first = _first_good(given.path, _mapping(given.mapping))
    except ImportRefused as refused:
        wrong, code = _why(refused), refused.code
    return render_template(
        "catalogue/desk/upload.html",
        token=token,
        shown=shown.upload(token),
        import_shown=shown.import_shown(token, report),
        report=report,
        wrong=wrong,
        reasons=REASONS,
        mapping=given.mapping,
        may_map=given.path.suffix in (".csv", ".xlsx") and code in ("", "unknown-column"),
        first=first,
        place=_place_words,
    )


def _tried(given: Upload) -> Report:
    """Return what an import would do; nothing of it is kept."""
    return import_file(
        given.path,
        hand(NOBODY_YET),
        name=given.name,
        mapping=_mapping(given.mapping),
        dry_run=True,
        keep_good=True,
        files=kept_files(),
    )


def _checked(token: str) -> Shown:
    """Return an upload with what its import would do to the entries as they are."""
    given = uploads.found(hub().home, token)
    if given is None:
        return shown.upload(token)
    try:
        return shown.import_shown(token, _tried(given))
    except ImportRefused:
        return shown.import_shown(token, Report(given.name))


@dataclass(frozen=True)
class FirstRecord:
    """One of the first records of an upload; kind: its name in words."""

    record: Record
    kind: str
    seen: display.Preview


def _first_good(path: Path, columns: ColumnMapping | None) -> list[FirstRecord]:
    """Return the first records that would be imported, as citizens would see them."""
    shown: list[FirstRecord] = []
    with closing(cast("Generator[RecordLine, None, None]", readers.read(path, columns))) as lines:
        for line in islice(lines, LOOKED_THROUGH):
            record = store.without_files(line.record)
            if line.faults or check(record):
                continue
            seen = replace(display.preview(record), facts=shown_facts(record))
            shown.append(FirstRecord(record, KINDS[record["kind"]].name, seen))
            if len(shown) == SHOWN_FIRST:
                break
    return shown


def _place_words(where: str) -> str:
    """
    Return the place of a fault in the words of the desk: the heading of the record's key, anything below it
    unchanged.
    """
    head, _dot, rest = where.partition(".")
    key, bracket, index = head.partition("[")
    return f"{KEYS.get(key, key)}{bracket}{index}{' ' + rest if rest else ''}"


def _mapping(name: str) -> ColumnMapping | None:
    return uploads.mapping(name) if name else None


def _why(refused: ImportRefused) -> str:
    sentences = {
        "unknown-column": _("有认不出的栏目，请先对照栏目。"),
        "unreadable": _("这个文件读不出来，可能坏了。"),
        "quotes": _("引号不成对，从这一行起读不下去："),
        "sheets": _("不止一个工作表里有内容：请只留一个，或者把别的隐藏起来。"),
        "bomb": _("这个表格解开以后大得不正常，没有打开。"),
        "unchecked": _("这台机器不能把打开表格的程序隔开，没有打开。请存成 CSV 再传。"),
        "too-large": _("这个文件太大。"),
    }
    detail = refused.detail.rpartition(": ")[2] if refused.code in ("unknown-column", "quotes") else ""
    return f"{sentences.get(refused.code, refused.code)} {detail}".strip()


@acts_on(shown.mappings, N_("用这套对照"))
def map_columns(token: str, *, seen: Seen) -> Answer:
    """Show the mapping of columns: choose a saved one, or make one and save it under a name."""
    person = access.require(Permission.APPROVE_CATALOGUE)
    given = _uploaded(token)
    try:
        headings = readers.headings(given.path)
        samples = _samples(given.path)
    except ImportRefused:
        headings, samples = [], {}
    if not headings:
        abort(404)
    if request.method == "GET":
        return _mapping_page(token, headings, samples, given.mapping, "")
    chosen, made = request.form.get("saved", ""), None
    if not chosen:
        chosen = _UNPRINTABLE.sub("", request.form.get("name", "")).strip()[:60]
        made = _made_mapping(headings)
        if not chosen or "title" not in made.columns.values():
            wrong = _("请给这套对照起个名字，并且指明哪一栏是标题。")
            return _mapping_page(token, headings, samples, given.mapping, wrong), 422
    elif chosen not in uploads.mapping_names():
        abort(404)
    uploads.choose_mapping(token, chosen, hand(person.name), made=made, seen=seen)
    return redirect(url_for("catalogue_desk.upload", token=token), 303)


def _field_keys(kind: str) -> dict[str, str]:
    """Return the own fields of a kind (of all kinds if none is chosen) by key, with their labels."""
    found: dict[str, dict[str, str]] = {}
    for each in [KINDS[kind]] if kind in KINDS else KINDS.values():
        for field in each.fields:
            if field.type in _ONE_CELL:
                found.setdefault(f"fields.{field.name}", {}).setdefault(_(field.label), _(each.name))
    if kind in KINDS:
        return {key: "、".join(labels) for key, labels in found.items()}
    return {
        key: "、".join(f"{label}（{kind_name}）" for label, kind_name in labels.items())
        for key, labels in sorted(found.items())
    }


def _made_mapping(headings: list[str]) -> ColumnMapping:
    columns = {}
    for at, heading in enumerate(headings):
        key = request.form.get(f"column-{at}", "")
        if key in KEYS or re.fullmatch(r"fields\.[a-z_]{1,40}", key):
            columns[heading] = key
    defaults = {key: request.form.get(f"default-{key}", "").strip() for key in ("kind", "source")}
    defaults |= {key: request.form.get(f"default-{key}", "") for key in ("validity", "disclosure")}
    prefix = re.sub(r"[^a-z0-9-]", "", request.form.get("prefix", "").lower())[:20] or "site"
    return ColumnMapping(
        columns,
        {key: value for key, value in defaults.items() if value},
        prefix,
        bool(request.form.get("is_html")),
    )


def _samples(path: Path) -> dict[str, str]:
    """Return the first value under each heading, as an example of the column."""
    with closing(cast("Generator[tuple[int, Sequence[str]], None, None]", readers.cells(path))) as rows:
        top = [cells for _number, cells in islice(rows, SAMPLE_ROWS)]
    found: dict[str, str] = {}
    for cells in top[1:]:
        for heading, cell in zip(top[0], cells, strict=False):
            text = " ".join(cell.split())
            if text:
                found.setdefault(
                    heading.strip().lstrip("\ufeff"),
                    text if len(text) <= SAMPLE_LENGTH else text[:SAMPLE_LENGTH] + "……",
                )
    return found


def _mapping_page(token: str, headings: list[str], samples: dict[str, str], mapping: str, wrong: str) -> str:
    known: Any = _mapping(mapping)
    if request.method == "POST":
        known = _made_mapping(headings)
    kind = request.args.get("kind", "") or (known.defaults.get("kind", "") if known else "")
    field_keys = _field_keys(kind)
    own = {words: key for key, words in field_keys.items()} if kind in KINDS else {}
    guessed = {
        heading: HEADINGS.get(heading, "") or own.get(heading, "") or OFTEN.get(heading, "")
        for heading in headings
    }
    return render_template(
        "catalogue/desk/mapping.html",
        token=token,
        shown=shown.mappings(token),
        headings=headings,
        samples=samples,
        chosen={**guessed, **(dict(known.columns) if known else {})},
        defaults={**(dict(known.defaults) if known else {}), **({"kind": kind} if kind in KINDS else {})},
        field_keys=field_keys,
        prefix=known.prefix if known else "site",
        is_html=known.is_html if known else True,
        keys=KEYS,
        kind_names={kind.id: kind.name for kind in KINDS.values()},
        disclosure=DISCLOSURE,
        validity=VALIDITY,
        saved=uploads.mapping_names(),
        name=request.form.get("name", "") if request.method == "POST" else mapping,
        wrong=wrong,
    )


@acts_on(_checked, N_("导入"))
def confirm(token: str, *, seen: Seen) -> Answer:
    """Import the file: all of it, or its good lines if the clerk chose so."""
    person = access.require(Permission.APPROVE_CATALOGUE)
    given = _uploaded(token)
    try:
        report = import_file(
            given.path,
            hand(person.name),
            name=given.name,
            mapping=_mapping(given.mapping),
            keep_good=bool(request.form.get("keep_good")),
            files=kept_files(),
            looked_at=lambda report: seen.hold(shown.import_shown(token, report)),
        )
    except ImportRefused as refused:
        flash(_why(refused), "wrong")
        return redirect(url_for("catalogue_desk.upload", token=token), 303)
    if not report.done:
        flash(_("有%(many)s行有问题，一行也没有导入。", many=report.refused), "wrong")
        return redirect(url_for("catalogue_desk.upload", token=token), 303)
    uploads.forget(hub().home, token, given.name)
    flash(
        _(
            "已导入：新增%(created)s条，改动%(changed)s条，没变%(unchanged)s条，退回%(refused)s行。",
            created=report.created,
            changed=report.changed,
            unchanged=report.unchanged,
            refused=report.refused,
        )
    )
    return redirect(url_for("catalogue_desk.waiting", batch=report.batch), 303)


@acts_on(shown.upload, N_("丢弃"))
def discard(token: str, *, seen: Seen) -> Answer:
    """Delete an upload."""
    access.require(Permission.APPROVE_CATALOGUE)
    uploads.forget(hub().home, token, _uploaded(token).name, seen)
    flash(_("已丢弃，什么也没有导入。"))
    return redirect(url_for("catalogue_desk.imports"), 303)
