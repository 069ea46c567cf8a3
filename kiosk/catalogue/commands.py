"""
The command line of the catalogue: `catalogue import`, `catalogue export`, `search`.

The caller binds the databases and gives the clock; these functions print the result and return
an exit code (0 done, 1 refused).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from kiosk.blobs import Blobs
from kiosk.catalogue.attachments.store import ImportFiles
from kiosk.catalogue.importing import carrying
from kiosk.catalogue.importing.importers import Refusal, Report, import_file
from kiosk.catalogue.records.feed import export
from kiosk.catalogue.records.hand import Hand
from kiosk.catalogue.records.rules import REASONS
from kiosk.catalogue.search.county_words import words_here
from kiosk.catalogue.search.index import INDEX
from kiosk.catalogue.search.indexing import Upkeep, update_index
from kiosk.catalogue.search.present import answer_json
from kiosk.catalogue.search.search import Search
from kiosk.catalogue.search.words import SearchWords

MOST_LINES = 50
"""Most refused lines printed; the rest is counted."""
WHERE_FILES_ARE = "`catalogue export --files DIR` writes them beside the records"


def refresh_index(home: Path, words: SearchWords | None = None) -> Upkeep:
    """Update HOME/index to the bound catalogue; the sync agent calls it after each pull."""
    return update_index(home / INDEX, words or words_here())


def run_import(
    path: Path,
    home: Path,
    hand: Hand,
    out: TextIO,
    *,
    publish: bool = False,
    keep_good: bool = False,
    files: ImportFiles | None = None,
) -> int:
    """Import a file at the hub, print the counts and every refusal with its line, and index what it published."""
    report = import_file(path, hand, publish=publish, keep_good=keep_good, files=files)
    for line in lines_of(report):
        print(line, file=out)
    if report.published:
        refresh_index(home)
    return 0 if report.done and (keep_good or not report.refused) else 1


def lines_of(report: Report) -> Iterable[str]:
    """Yield the report as lines for a person."""
    counts = f"created {report.created}, changed {report.changed}, unchanged {report.unchanged}"
    yield f"{report.name}: {counts}, refused {report.refused}"
    yield from (_refusal(refusal) for refusal in report.refusals[:MOST_LINES])
    if report.refused > MOST_LINES:
        yield f"... {report.refused - MOST_LINES} more refused"
    if any(fault.code == "file-missing" for refusal in report.refusals for fault in refusal.faults):
        yield f"files of attachments are missing: {WHERE_FILES_ARE}"
    if not report.done:
        yield "nothing was imported (--keep-good takes the good records)"
    elif report.published:
        yield f"published {report.published}"
    elif report.created or report.changed:
        yield f"batch {report.batch} waits for approval at the desk"


def _refusal(refusal: Refusal) -> str:
    faults = (
        f"{fault.code} {fault.where}".strip() + f" ({REASONS.get(fault.code, '')})"
        for fault in refusal.faults
    )
    return f"line {refusal.line}{' ' + refusal.doc_id if refusal.doc_id else ''}: {'; '.join(faults)}"


def run_export(out: TextIO) -> int:
    """Print what is published as JSON Lines."""
    for line in export():
        out.write(line + "\n")
    return 0


def run_export_with_files(folder: Path, kept: Blobs, out: TextIO) -> int:
    """Write what is published with its attached files into a folder; return 1 if some files are not on this machine."""
    carried = carrying.write(folder, export(), kept)
    print(f"{folder}: {carried.records} records, {len(carried.files)} files", file=out)
    for missing in carried.missing[:MOST_LINES]:
        print(f"not on this machine: {missing}", file=out)
    if len(carried.missing) > MOST_LINES:
        print(f"... {len(carried.missing) - MOST_LINES} more", file=out)
    return 1 if carried.missing else 0


def run_search(
    typed: str, home: Path, out: TextIO, *, kind: str = "", limit: int = 10, as_json: bool = False
) -> int:
    """Print what the search page would find; update the index first if possible."""
    words = words_here()
    refresh_index(home, words)
    answer = Search(home / INDEX, lambda: words).find(typed, only={"kind": kind}, limit=limit)
    if as_json:
        print(json.dumps(answer_json(answer), ensure_ascii=False), file=out)
        return 0
    if answer.mode == "none":
        print("nothing was asked: there is no letter, digit or character in it", file=out)
        return 0
    if answer.mode == "partial":
        print("only titles, numbers and terms were searched: the full-text index is not ready", file=out)
    for found in answer.found:
        document = found.document
        line = [document.title, document.doc_no, document.published_on, document.doc_id]
        print("  ".join(filter(None, line)), file=out)
    print(f"total {answer.total}", file=out)
    return 0
