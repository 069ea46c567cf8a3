"""
What can be heard at a terminal, plain SQLite by nature: derived when something arrives, only read by pages.

    HOME/speech.sqlite3    which listed recordings are here, and the texts of published documents that shipped
                           recordings say: a key of a text and the keys of its recordings in a row

The agent writes (`KnownWriter`), pages read (`KnownTexts`). Where the file is missing or damaged the texts of documents
are silent, no page fails, and the next round of the agent makes it again.
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from functools import cached_property
from pathlib import Path

from kiosk import __version__
from kiosk.speech import rules
from kiosk.speech.bank import MANIFEST, Bank, Speaker, is_speech, said_by

FILE = "speech.sqlite3"
SCHEMA = """
CREATE TABLE recording (key TEXT PRIMARY KEY, sha256 TEXT NOT NULL, is_here INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX recording_file ON recording (sha256);
CREATE TABLE text (key TEXT PRIMARY KEY, clips TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE made (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
_FORMAT = 1
_WAIT_S = 0.2
"""A page waits no longer for a writer, which in WAL hinders no reader."""
_REMEMBERED = 2000
_LONGEST_REMEMBERED = 60
"""Characters: kinds, organs and days come again on many pages, paragraphs do not."""
_log = logging.getLogger(__name__)


def of_home(home: Path) -> Path:
    """Return the file of a terminal's home."""
    return home / FILE


def writer(home: Path) -> KnownWriter:
    """Return the writer of a terminal's home."""
    return KnownWriter(of_home(home), Bank.load())


class KnownTexts:
    """What can be heard, as pages ask for it; one for the process, safe for its threads."""

    def __init__(self, path: Path, shipped: Bank) -> None:
        self._path, self._shipped = path, shipped
        self._turn = threading.Lock()
        self._file: sqlite3.Connection | None = None
        self._opened: tuple[int, int] = (0, 0)
        self._version = -1
        self._found: dict[str, tuple[str, ...] | None] = {}

    def renew(self) -> bool:
        """Look for a change of the file; return whether there was one. Costs some microseconds."""
        with self._turn:
            version = self._seen()
            if version == self._version:
                return False
            self._version = version
            self._found = {}
            return True

    def of_runs(self, runs: Iterable[str]) -> tuple[str, ...] | None:
        """Return the keys that say a text of a document in runs, as a whole if possible, else run by run."""
        return said_by(self.keys, runs)

    def keys(self, text: str) -> tuple[str, ...] | None:
        """Return the keys that say a text of a document, or a fixed text; None if it has no recording."""
        if len(text) > _LONGEST_REMEMBERED:
            return self._keys(text)
        if text not in self._found:
            if len(self._found) >= _REMEMBERED:
                self._found = {}
            self._found[text] = self._keys(text)
        return self._found[text]

    def sha256(self, key: str) -> str | None:
        """Return the file of a recording that the hub sent, if it is here."""
        row = self._row("SELECT sha256 FROM recording WHERE key = ? AND is_here", key)
        return row[0] if row else None

    def has(self, key: str) -> bool:
        """Return whether a recording that the hub sent is here."""
        return self.sha256(key) is not None

    def _keys(self, text: str) -> tuple[str, ...] | None:
        bare = rules.canonical(text)
        if not is_speech(bare):
            return ()
        key = rules.key_of(bare)
        if key in self._shipped.texts:
            return (key,)
        row = self._row(
            "SELECT key FROM recording WHERE key = :key AND is_here"
            " UNION ALL SELECT clips FROM text WHERE key = :key LIMIT 1",
            {"key": key},
        )
        return tuple(row[0].split(".")) if row else None

    def _row(self, sql: str, values: str | dict[str, str]) -> tuple[str, ...] | None:
        with self._turn:
            if self._file is None:
                return None
            try:
                given = (values,) if isinstance(values, str) else values
                row: tuple[str, ...] | None = self._file.execute(sql, given).fetchone()
            except sqlite3.OperationalError:
                return None  # being made at this moment, or busy
            except sqlite3.Error as error:
                self._give_up(error)
                return None
        return row

    def _seen(self) -> int:
        """Return the version of the file as it is now, opened again where it is another one; -1: there is none."""
        try:
            here = self._path.stat()
            if self._file is None or (here.st_dev, here.st_ino) != self._opened:
                self._open((here.st_dev, here.st_ino))
            return int(self._file.execute("PRAGMA data_version").fetchone()[0]) if self._file else -1
        except (sqlite3.OperationalError, OSError):
            self._close()
        except sqlite3.Error as error:
            self._give_up(error)
        return -1

    def _open(self, identity: tuple[int, int]) -> None:
        if self._opened == identity:
            return  # given up: until the agent has made another one
        self._close()
        self._opened, self._version = identity, -1
        self._file = sqlite3.connect(
            f"file:{self._path}?mode=ro", uri=True, check_same_thread=False, timeout=_WAIT_S
        )
        self._file.execute("PRAGMA cache_size = -512")

    def _give_up(self, error: Exception) -> None:
        _log.error("speech-known: what can be heard cannot be read: %s", error)
        with suppress(OSError):
            _damaged(self._path).touch()
        if self._file:
            self._file.close()
        self._file = None

    def _close(self) -> None:
        if self._file:
            self._file.close()
        self._file, self._opened = None, (0, 0)


class KnownWriter:
    """
    The writer of `path`: the terminal's agent. Nothing here raises for the disk or a damaged file; a damaged one is
    made again.
    """

    def __init__(self, path: Path, shipped: Bank) -> None:
        self._path, self._shipped = path, shipped

    def keep_list(
        self, digest: str, rows: Callable[[], Iterable[tuple[str, str]]], held: Callable[[], set[str]]
    ) -> None:
        """
        Take over the list of recordings, if it is another one.

        Args:
            rows: Key and file of each listed recording. held: The files that are here.
        """

        def keep(file: sqlite3.Connection) -> None:
            if _value(file, "list") == digest:
                return
            here = held() if digest else set()
            file.execute("DELETE FROM recording")
            file.executemany(
                "INSERT OR IGNORE INTO recording VALUES (?, ?, ?)",
                ((key, sha256, sha256 in here) for key, sha256 in rows()),
            )
            _note(file, "list", digest)

        self._write(keep)

    def keep_texts(self, epoch: str, seq: int, texts_after: Callable[[int], Iterable[str]]) -> None:
        """
        Note which texts shipped recordings say, of what was published since the last call.

        Args:
            texts_after: Returns the texts of the documents that changed after a position of the feed; 0: of all.
        """
        made_for = f"{epoch} {self._release}"

        def keep(file: sqlite3.Connection) -> None:
            after = int(_value(file, "seq") or 0) if _value(file, "texts") == made_for else -1
            if after == seq:
                return
            if not 0 <= after <= seq:
                file.execute("DELETE FROM text")
                after = 0
            file.executemany("INSERT OR REPLACE INTO text VALUES (?, ?)", self._said(texts_after(after)))
            _note(file, "texts", made_for)
            _note(file, "seq", str(seq))

        self._write(keep)

    def arrived(self, sha256: str) -> None:
        """Note that a file is here, whole and verified."""
        self._write(lambda file: file.execute("UPDATE recording SET is_here = 1 WHERE sha256 = ?", (sha256,)))

    def keep_held(self, held: set[str]) -> None:
        """Note that of the listed files these are here and no others."""

        def keep(file: sqlite3.Connection) -> None:
            noted = file.execute("SELECT sha256, is_here FROM recording").fetchall()
            wrong = {sha256 for sha256, is_here in noted if bool(is_here) != (sha256 in held)}
            file.executemany(
                "UPDATE recording SET is_here = NOT is_here WHERE sha256 = ?", ((each,) for each in wrong)
            )

        self._write(keep)

    @cached_property
    def _release(self) -> str:
        """Return what the shipped recordings are: other ones say other texts."""
        manifest = self._shipped.folder / MANIFEST
        content = manifest.read_bytes() if manifest.is_file() else b""
        return f"{__version__} {hashlib.sha256(content).hexdigest()}"

    def _said(self, texts: Iterable[str]) -> Iterator[tuple[str, str]]:
        speaker = Speaker(self._shipped)
        for text in texts:
            keys = speaker.keys(text)
            if keys and (len(keys) > 1 or keys[0] != rules.key(text)):
                yield rules.key(text), ".".join(keys)

    def _write(self, act: Callable[[sqlite3.Connection], object]) -> None:
        """Do it in one transaction, or log why not: the next round tries again."""
        try:
            with closing(self._open()) as file, file:
                act(file)
        except (sqlite3.OperationalError, OSError) as error:
            _log.error("speech-known: not written: %s", error)
        except sqlite3.DatabaseError as error:
            _log.error("speech-known: damaged, made again: %s", error)
            _erase(self._path)

    def _open(self) -> sqlite3.Connection:
        if _damaged(self._path).exists():
            _erase(self._path)
        file = _connected(self._path)
        if file.execute("PRAGMA user_version").fetchone()[0] != _FORMAT:
            file.close()
            _erase(self._path)
            file = _connected(self._path)
            file.executescript(f"BEGIN; {SCHEMA} PRAGMA user_version = {_FORMAT}; COMMIT;")
        return file


def _connected(path: Path) -> sqlite3.Connection:
    file = sqlite3.connect(path)
    file.execute("PRAGMA journal_mode = WAL")
    file.execute("PRAGMA synchronous = NORMAL")
    return file


def _value(file: sqlite3.Connection, name: str) -> str | None:
    row = file.execute("SELECT value FROM made WHERE name = ?", (name,)).fetchone()
    return None if row is None else str(row[0])


def _note(file: sqlite3.Connection, name: str, value: str) -> None:
    file.execute("INSERT OR REPLACE INTO made VALUES (?, ?)", (name, value))


def _damaged(path: Path) -> Path:
    """Return the mark by which a reader asks for another file."""
    return path.with_name(f"{path.name}-damaged")


def _erase(path: Path) -> None:
    for end in ("", "-wal", "-shm", "-damaged"):
        with suppress(OSError):
            path.with_name(f"{path.name}{end}").unlink(missing_ok=True)
