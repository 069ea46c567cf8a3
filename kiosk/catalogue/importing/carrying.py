"""
The published catalogue as a folder that another hub can import: records as JSON Lines, with the attached files.

`catalogue import FOLDER/catalogue.jsonl` reads it like any export; the other hub checks each file's content itself.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from kiosk.blobs import Blobs
from kiosk.catalogue.records import attachment
from kiosk.catalogue.records.record import Record, Unchecked
from kiosk.catalogue.records.rules import canonical
from kiosk.errors import Refused, StoreFull

RECORDS, FILES = "catalogue.jsonl", "files"


@dataclass
class Carried:
    """The contents of a folder; missing: "id: name" of each attachment whose file is not on this machine."""

    records: int = 0
    files: set[str] = field(default_factory=set)
    missing: list[str] = field(default_factory=list)


def write(folder: Path, lines: Iterable[str], kept: Blobs) -> Carried:
    """
    Write the folder, completely or not at all.

    Raises:
        Refused: "folder-exists".
        StoreFull: no room; nothing is left behind.
    """
    if folder.exists():
        raise Refused("folder-exists", f"{folder} is there already")
    building = folder.with_name(folder.name + ".part")
    shutil.rmtree(building, ignore_errors=True)
    carried = Carried()
    try:
        (building / FILES).mkdir(parents=True)
        with (building / RECORDS).open("w", encoding="utf-8") as out:
            for line in lines:
                out.write(canonical(_with_files(json.loads(line), building, kept, carried)) + "\n")
                carried.records += 1
        building.rename(folder)
    except OSError as error:
        raise StoreFull("disk-full", f"{folder} could not be written: {error.strerror}") from error
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return carried


def _with_files(record: Record, building: Path, kept: Blobs, carried: Carried) -> Unchecked:
    """
    Return the record with each attachment's file in the folder; an attachment whose file is missing keeps its name
    only.
    """
    items = []
    for each in attachment.of(record):
        item = {"name": each.name} | ({"url": each.url} if each.url else {})
        path = kept.path(each.sha256) if each.sha256 else None
        if path is not None:
            named = f"{FILES}/{each.sha256}.{each.media.ending if each.media else 'bin'}"
            if each.sha256 not in carried.files:
                shutil.copyfile(path, building / named)
                carried.files.add(each.sha256)
            item["file"] = named
        elif each.sha256:
            carried.missing.append(f"{record['id']}: {each.name}")
        items.append(item)
    return {**record, "attachments": items} if items else record
