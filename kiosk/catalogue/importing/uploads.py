"""Files that a clerk uploaded and has not confirmed yet, and the saved mappings of columns."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from kiosk import db
from kiosk.audit import Act
from kiosk.catalogue.importing.sheet_records import ColumnMapping
from kiosk.catalogue.records.hand import Hand
from kiosk.catalogue.records.models import ImportUpload, SavedMapping
from kiosk.clock import stamp
from kiosk.seen import UNSEEN, Seen

FOLDER = "uploads"


@dataclass(frozen=True)
class Upload:
    """An unconfirmed file: its path, its name, and the mapping chosen for it."""

    token: str
    path: Path
    name: str
    mapping: str


def keep(home: Path, name: str, save: Callable[[Path], object], hand: Hand) -> str:
    """
    Store a file until a clerk has decided, and return its token.

    Args:
        save: Writes the file to a path.
    """
    token = secrets.token_hex(16)
    path = _path(home, token, name)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.touch(mode=0o600)
    save(path)
    with db.writing(db.store):
        ImportUpload.insert(
            token=token, name=name, bytes=path.stat().st_size, actor=hand.actor, at=stamp(hand.at)
        ).execute()
    return token


def found(home: Path, token: str) -> Upload | None:
    """Return the upload with this token if its file exists."""
    row = ImportUpload.get_or_none(ImportUpload.token == token)
    if row is None:
        return None
    upload = Upload(token, _path(home, token, row.name), row.name, row.mapping)
    return upload if upload.path.is_file() else None


def choose_mapping(
    token: str, mapping: str, hand: Hand, *, made: ColumnMapping | None = None, seen: Seen = UNSEEN
) -> None:
    """
    Note the saved mapping to read an upload with; one that is `made` now is saved first.

    Raises:
        ChangedMeanwhile: see `Seen.hold`.
    """
    with db.writing(db.store):
        seen.hold()
        if made is not None:
            save_mapping(mapping, made, hand)
        ImportUpload.update(mapping=mapping).where(ImportUpload.token == token).execute()


def forget(home: Path, token: str, name: str, seen: Seen = UNSEEN) -> None:
    """
    Delete an upload and its row.

    Raises:
        ChangedMeanwhile: see `Seen.hold`; nothing was deleted.
    """
    with db.writing(db.store):
        seen.hold()
        _path(home, token, name).unlink(missing_ok=True)
        ImportUpload.delete().where(ImportUpload.token == token).execute()


def forget_old(home: Path, before: datetime) -> None:
    """Delete the uploads that nobody has confirmed since `before`."""
    for row in list(ImportUpload.select().where(ImportUpload.at < stamp(before))):
        forget(home, row.token, row.name)


def _path(home: Path, token: str, name: str) -> Path:
    """Return the path of an upload: a name of ours, with the ending of its own."""
    return home / FOLDER / f"{token}{Path(name).suffix.lower()}"


def mapping(name: str) -> ColumnMapping | None:
    """Return the saved mapping with this name."""
    row = SavedMapping.get_or_none(SavedMapping.name == name)
    return ColumnMapping.from_json(row.spec) if row else None


def mapping_names() -> list[str]:
    """Return the names of the saved mappings."""
    return [row.name for row in SavedMapping.select(SavedMapping.name).order_by(SavedMapping.name)]


def mapping_saved(name: str) -> tuple[str, str]:
    """Return who saved a mapping last, and when; two empty texts: there is none."""
    row = SavedMapping.get_or_none(SavedMapping.name == name)
    return (row.actor, row.at) if row else ("", "")


def save_mapping(name: str, made: ColumnMapping, hand: Hand) -> None:
    """Save a mapping under a name, replacing an earlier one, in its own transaction or the caller's."""
    kept = SavedMapping.insert(name=name, spec=made.as_json(), actor=hand.actor, at=stamp(hand.at))
    with db.writing(db.store):
        kept.on_conflict(
            conflict_target=[SavedMapping.name],
            preserve=[SavedMapping.spec, SavedMapping.actor, SavedMapping.at],
        ).execute()
        hand.tell(Act.CATALOGUE_MAPPING, name)
