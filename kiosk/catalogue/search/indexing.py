"""
Keeps the index up to date with the catalogue: batches after each sync, a full rebuild and swap when needed.

    HOME/index/current            the name of the generation in use, replaced atomically
    HOME/index/<generation>/      text/ and passages/ (tantivy), terms.sqlite3, words.json (with which it was made),
                                  stamp.json (written last)
    HOME/index/writer.lock        one writer: the sync agent, or a command
    HOME/index/progress.json      while a rebuild runs, for the staff page

Web processes only read, and open a new generation when they see a new stamp. A kill at any moment leaves the old
stamp: the changes after it are applied again, which changes nothing.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import logging
import os
import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import peewee

from kiosk.catalogue.records.documents import Change, changes, position, published_count
from kiosk.catalogue.records.kinds import KINDS, field_texts, without_persons
from kiosk.catalogue.records.record import Record
from kiosk.catalogue.search.index import (
    DOCUMENTS,
    PASSAGES,
    SCHEMA,
    IndexedDocument,
    IndexUnusable,
    Writer,
    has_engine,
    open_texts,
)
from kiosk.catalogue.search.term_writing import TermWriter
from kiosk.catalogue.search.words import SearchWords, from_json
from kiosk.catalogue.text.document_numbers import read_number
from kiosk.db import write_atomically

_log = logging.getLogger(__name__)
BATCH = 2_000
"""Documents between two reports of progress."""
TERMS, WORDS, STAMP, BROKEN = "terms.sqlite3", "words.json", "stamp.json", "broken"


@dataclass(frozen=True)
class Stamp:
    """
    The versions, sizes and digests with which an index was made.

    full_text: False if it was made without tantivy. sizes: Its files in bytes; a damaged file differs. digests: The
    SHA-256 of those, of the term table and of the words; none in the stamp of an earlier version.
    words and cut: Versions of the word list, and of the part of it that is cut as one word.
    """

    schema: int
    words: str
    epoch: str
    seq: int
    documents: int
    full_text: bool
    sizes: dict[str, int]
    cut: str = ""
    digests: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Upkeep:
    """
    The result of one update.

    state: current, updated, reworded (other words, the same texts), rebuilt, no-engine (the term table alone),
    busy (another process writes), failed (logged). documents and removed count the changed ones.
    """

    state: str
    documents: int = 0
    removed: int = 0
    seq: int = 0


def update_index(folder: Path, words: SearchWords) -> Upkeep:
    """
    Bring the index in `folder` (HOME/index) up to the catalogue's sequence.

    Never raises for a full disk or a damaged file: the caller's sync goes on, pages search without full text, and
    the next call tries again. Without tantivy the term table is kept all the same, for search by term, title and
    number.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _only_writer(folder) as alone:
            return _update(folder, words) if alone else Upkeep("busy")
    except (OSError, sqlite3.Error, peewee.DatabaseError, ValueError, IndexUnusable):
        _log.exception("the index could not be brought up to date")
        return Upkeep("failed")


def _update(folder: Path, words: SearchWords) -> Upkeep:
    here = position()
    epoch, seq = here.epoch, here.seq
    (folder / "progress.json").unlink(missing_ok=True)
    generation = current(folder)
    stamp = usable(generation, words) if generation else None
    if generation is None or stamp is None or stamp.epoch != epoch or stamp.seq > seq:
        return _rebuild(folder, words, epoch, seq)
    if stamp.seq == seq and stamp.words == words.version:
        return Upkeep("current", seq=seq)
    try:
        return _advance(generation, words, stamp, seq)
    except (IndexUnusable, sqlite3.DatabaseError, peewee.DatabaseError, ValueError):
        return _rebuild(folder, words, epoch, seq)


def current(folder: Path) -> Path | None:
    """Return the generation in use, or None."""
    try:
        name = (folder / "current").read_text("utf-8").strip()
    except OSError:
        return None
    found = folder / name
    return found if name and "/" not in name and found.is_dir() else None


def words_of(generation: Path) -> SearchWords | None:
    """Return the words with which a generation was made; None if they cannot be read."""
    try:
        return from_json((generation / WORDS).read_text("utf-8"))
    except (OSError, ValueError):
        return None


def read_stamp(generation: Path) -> Stamp | None:
    """Return the stamp of a generation; None if it is incomplete."""
    try:
        return Stamp(**json.loads((generation / STAMP).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def usable(generation: Path, words: SearchWords) -> Stamp | None:
    """Return the stamp if the generation is of this version, cut with these words, and undamaged."""
    stamp = read_stamp(generation)
    if stamp is None or stamp.schema != SCHEMA or stamp.cut != words.cut:
        return None
    if stamp.full_text != has_engine() or not (generation / WORDS).is_file():
        return None
    return stamp if is_whole(generation, stamp) else None


def is_whole(generation: Path, stamp: Stamp) -> bool:
    """Return whether every file has its stamped size and no reader reported damage."""
    return not (generation / BROKEN).exists() and _sizes(generation) == stamp.sizes


def look_closely(folder: Path) -> bool:
    """
    Return whether every byte of the index in use is as it was written; if not, readers leave it and it is rebuilt.

    Reads all of it. True also where there is none, or another process writes. Raises OSError.
    """
    generation = current(folder)
    if generation is None:
        return True
    with _only_writer(folder) as alone:
        stamp = read_stamp(generation) if alone else None
        if stamp is None or not stamp.digests:
            return True
        try:
            changed = _digests(generation, {}).items() ^ stamp.digests.items()
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            changed = {("", "")}
        if changed:
            _log.error("index-changed: %s", ", ".join(sorted({name for name, _ in changed})))
            (generation / BROKEN).touch()
        return not changed


def progress(folder: Path) -> tuple[int, int] | None:
    """Return the documents done and to do while a rebuild runs; None otherwise."""
    try:
        stored = json.loads((folder / "progress.json").read_text("utf-8"))
        return int(stored["done"]), int(stored["all"])
    except (OSError, ValueError, KeyError):
        return None


@contextmanager
def _only_writer(folder: Path) -> Iterator[bool]:
    handle = os.open(folder / "writer.lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(handle)


def page_of(record: Record) -> IndexedDocument:
    """Return what is indexed of a record, without rows that name persons."""
    public = without_persons(record)
    fields = field_texts(public)
    more = "\n".join([record.get("summary", ""), *fields, *record.get("issuers", [])])
    year = (record.get("published_on") or record.get("drawn_on") or "")[:4]
    facets = {
        "kind": [record["kind"]],
        "validity": [record["validity"]] if record.get("validity") else [],
        "year": [year] if year else [],
        "issuer": record.get("issuers", []),
        "topic": record.get("topics", []),
        "audience": record.get("audience", []),
    }
    return IndexedDocument(
        record["id"], record["title"], record["body"], more, number_keys(record), facets, _day(record)
    )


def _day(record: Record) -> int:
    """Return 20260318 for a record of that day, 0 for one without a day."""
    digits = (record.get("published_on") or record.get("drawn_on") or "").replace("-", "")
    return int(digits) if digits.isascii() and digits.isdigit() else 0


def number_keys(record: Record) -> tuple[str, ...]:
    """Return the keys of its document number and its index number."""
    number = read_number(record.get("doc_no", ""))
    keys = list(number.known_by if number else ())
    return tuple(dict.fromkeys([*keys, *filter(None, [record.get("index_no", "").lower()])]))


class _Batch:
    """One batch of changes, written to both derived stores."""

    def __init__(self, generation: Path, words: SearchWords, create: bool) -> None:
        generation.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.engine = True
        try:
            self._text: Writer | None = Writer(open_texts(generation, create=create), words.cutter)
        except IndexUnusable as error:
            if error.code != "no-engine":
                raise
            self._text, self.engine = None, False
        self._terms = TermWriter(generation / TERMS, words.cutter)
        self._fresh = create
        if create:
            self._terms.list_terms(words.terms)
        self.put = self.removed = 0

    def apply(self, change: Change) -> None:
        """Write one row of the catalogue; skip records of a kind that this version does not know."""
        content = json.loads(change.record) if change.record else None
        if content is None or content["kind"] not in KINDS:
            if not self._fresh:
                self._forget(change.doc_id)
            self.removed += 1
            return
        page = page_of(content)
        if self._text:
            self._text.put(page, known=not self._fresh)
        self._terms.put(change.doc_id, page.title, page.numbers)
        self.put += 1

    def reword(self, words: SearchWords) -> None:
        """Store other words for suggestions and meanings; the texts stay cut as before."""
        self._terms.list_terms(words.terms)

    def _forget(self, doc_id: str) -> None:
        if self._text:
            self._text.remove(doc_id)
        self._terms.remove(doc_id)

    def commit(self) -> None:
        if self._text:
            self._text.commit()
        self._terms.commit()

    def give_up(self) -> None:
        self._terms.close()


def _rebuild(folder: Path, words: SearchWords, epoch: str, seq: int) -> Upkeep:
    generation = folder / f"g{SCHEMA}-{seq}-{secrets.token_hex(4)}"
    total = published_count()
    batch = _Batch(generation, words, create=True)
    try:
        for at, change in enumerate(changes(0, seq)):
            if at % BATCH == 0:
                _tell(folder, at, total)
            batch.apply(change)
        batch.commit()
    except BaseException:
        batch.give_up()
        shutil.rmtree(generation, ignore_errors=True)
        raise
    finally:
        (folder / "progress.json").unlink(missing_ok=True)
    write_atomically(generation / WORDS, words.to_json().encode())
    _stamp(generation, Stamp(SCHEMA, words.version, epoch, seq, batch.put, batch.engine, {}, words.cut))
    before = current(folder)
    write_atomically(folder / "current", generation.name.encode())
    _clear(folder, keep={generation, before} if before else {generation})
    return Upkeep("rebuilt" if batch.engine else "no-engine", batch.put, batch.removed, seq)


def _advance(generation: Path, words: SearchWords, stamp: Stamp, seq: int) -> Upkeep:
    batch = _Batch(generation, words, create=False)
    reworded = stamp.words != words.version
    try:
        if reworded:
            batch.reword(words)
        for change in changes(stamp.seq, seq):
            batch.apply(change)
        # From here to the new stamp the sizes differ, and a kill between leads to a rebuild: derived data.
        batch.commit()
    except BaseException:
        batch.give_up()
        raise
    documents = published_count()
    if reworded:
        write_atomically(generation / WORDS, words.to_json().encode())
    _stamp(generation, replace(stamp, seq=seq, documents=documents, words=words.version))
    state = "reworded" if stamp.seq == seq else "updated"
    return Upkeep(state if batch.engine else "no-engine", batch.put, batch.removed, seq)


def _stamp(generation: Path, stamp: Stamp) -> None:
    known = {
        name: digest
        for name, digest in stamp.digests.items()
        if name in stamp.sizes and not name.endswith(_REWRITTEN)
    }
    sized = replace(stamp, sizes=_sizes(generation), digests=_digests(generation, known))
    write_atomically(generation / STAMP, json.dumps(asdict(sized)).encode())


_REWRITTEN = "/meta.json"
"""The file of tantivy's folders that changes; others are written once, under names of their own."""


def _sizes(generation: Path) -> dict[str, int]:
    """Return the sizes of the index's own files, without lock files and SQLite's side files."""
    return {f"{path.parent.name}/{path.name}": path.stat().st_size for path in _text_files(generation)}


def _text_files(generation: Path) -> list[Path]:
    return [
        path
        for folder in (DOCUMENTS, PASSAGES)
        for path in sorted((generation / folder).glob("*"))
        if not path.name.startswith(".") and path.suffix != ".lock"
    ]


def _digests(generation: Path, known: dict[str, str]) -> dict[str, str]:
    """Return the SHA-256 of each file of the index, those that are `known` without reading them."""
    beside = [generation / name for name in (TERMS, f"{TERMS}-wal", WORDS)]
    files = [*_text_files(generation), *(path for path in beside if path.is_file() and path.stat().st_size)]
    named = {path.relative_to(generation).as_posix(): path for path in files}
    return {name: known.get(name) or _sha256(path) for name, path in named.items()}


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _tell(folder: Path, done: int, total: int) -> None:
    write_atomically(folder / "progress.json", json.dumps({"done": done, "all": total}).encode())


def _clear(folder: Path, keep: set[Path]) -> None:
    """Delete generations that no reader opens any more: all but the current and the previous one."""
    for path in folder.glob("g*"):
        if path.is_dir() and path not in keep:
            shutil.rmtree(path, ignore_errors=True)
