"""
A layer between SQLite and the disk in this process: every write is counted, may be made to fail, and may be watched.

SQLite's own file methods are replaced in each file that is opened while the layer is the default; what Python itself
writes below a folder (the key of this boot, a lock file) is seen by an audit hook.
"""

from __future__ import annotations

import ctypes
import errno
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_VFS = (
    "iVersion:i szOsFile:i mxPathname:i pNext:p zName:s pAppData:p xOpen xDelete xAccess xFullPathname xDlOpen xDlError"
    " xDlSym xDlClose xRandomness xSleep xCurrentTime xGetLastError xCurrentTimeInt64 xSetSystemCall xGetSystemCall"
    " xNextSystemCall"
)
_METHODS = (
    "iVersion:i xClose xRead xWrite xTruncate xSync xFileSize xLock xUnlock xCheckReservedLock xFileControl xSectorSize"
    " xDeviceCharacteristics xShmMap xShmLock xShmBarrier xShmUnmap xFetch xUnfetch"
)
_KINDS: dict[str, Any] = {"i": ctypes.c_int, "p": ctypes.c_void_p, "s": ctypes.c_char_p}
_POINTER, _INT, _LONG = ctypes.c_void_p, ctypes.c_int, ctypes.c_int64


def _structure(words: str) -> type[ctypes.Structure]:
    fields = [
        (name, _KINDS.get(kind, ctypes.c_void_p))
        for name, _, kind in (w.partition(":") for w in words.split())
    ]
    return type("_Structure", (ctypes.Structure,), {"_fields_": fields})


_Vfs, _Methods = _structure(_VFS), _structure(_METHODS)
_OPEN = ctypes.CFUNCTYPE(_INT, _POINTER, _POINTER, _POINTER, _INT, _POINTER)
"""The name stays the address that SQLite gave: it reads parameters of the database behind it."""
_SHAPES: dict[str, Any] = {
    "xWrite": ctypes.CFUNCTYPE(_INT, _POINTER, _POINTER, _INT, _LONG),
    "xTruncate": ctypes.CFUNCTYPE(_INT, _POINTER, _LONG),
    "xSync": ctypes.CFUNCTYPE(_INT, _POINTER, _INT),
}
_CODES = {
    ("xWrite", errno.ENOSPC): sqlite3.SQLITE_FULL,
    ("xWrite", errno.EIO): sqlite3.SQLITE_IOERR_WRITE,
    ("xTruncate", errno.ENOSPC): sqlite3.SQLITE_IOERR_TRUNCATE,
    ("xTruncate", errno.EIO): sqlite3.SQLITE_IOERR_TRUNCATE,
    ("xSync", errno.ENOSPC): sqlite3.SQLITE_IOERR_FSYNC,
    ("xSync", errno.EIO): sqlite3.SQLITE_IOERR_FSYNC,
}
_CREATING = {"os.mkdir", "os.link", "os.rename", "os.remove"}


@dataclass
class Disk:
    """
    The writes below one folder.

    Args:
        fails_at: Which write fails, from 1; 0: none. lasts: Whether all after it fail too. error: An errno.
        watch: Called before each write.
    """

    folder: Path = field(default_factory=Path)
    is_on: bool = False
    count: int = 0
    fails_at: int = 0
    lasts: bool = False
    error: int = errno.EIO
    felt: int = 0
    watch: Callable[[], None] | None = None

    def error_now(self) -> int:
        """Count a write; return the error that it meets, or 0."""
        if not self.is_on:
            return 0
        self.count += 1
        if self.watch:
            self.is_on = False
            self.watch()
            self.is_on = True
        if self.fails_at and (self.count == self.fails_at or (self.lasts and self.count > self.fails_at)):
            self.felt += 1
            return self.error
        return 0

    @contextmanager
    def failing(self, at: int, error: int, *, lasts: bool) -> Iterator[None]:
        """Make one write fail within it, or that one and all later ones."""
        self.count, self.felt, self.fails_at, self.error, self.lasts = 0, 0, at, error, lasts
        self.is_on = True
        try:
            yield
        finally:
            self.is_on, self.fails_at = False, 0

    @contextmanager
    def watched(self, watch: Callable[[], None] | None = None) -> Iterator[None]:
        """Count the writes within it, calling `watch` before each."""
        self.watch = watch
        try:
            with self.failing(0, 0, lasts=False):
                yield
        finally:
            self.watch = None


DISK = Disk()
_kept: list[Any] = []
"""What SQLite holds addresses of; never released."""
_library = ctypes.CDLL("libsqlite3.so.0")
_library.sqlite3_vfs_find.restype = ctypes.c_void_p
_library.sqlite3_vfs_register.argtypes = [ctypes.c_void_p, ctypes.c_int]
_methods: dict[int, Any] = {}


def _wrapped(name: str, original: Any) -> Any:
    def call(file: int, *given: Any) -> int:
        error = DISK.error_now()
        return _CODES[name, error] if error else int(original(file, *given))

    return call


def _with_faults(address: int) -> Any:
    """Return a copy of the methods at this address, in which the writing ones can fail."""
    if address not in _methods:
        copy = _Methods.from_buffer_copy(_Methods.from_address(address))
        for name, shape in _SHAPES.items():
            made = shape(_wrapped(name, shape(getattr(copy, name))))
            _kept.append(made)
            setattr(copy, name, ctypes.cast(made, ctypes.c_void_p))
        _methods[address] = copy
    return _methods[address]


def _make_layer() -> tuple[int, Any]:
    usual = _library.sqlite3_vfs_find(None)
    layer = _Vfs.from_buffer_copy(_Vfs.from_address(usual))
    layer.zName = b"faulty"
    open_usual = _OPEN(layer.xOpen)

    def open_file(vfs: int, name: int | None, file: int, flags: int, out: int | None) -> int:
        code = int(open_usual(vfs, name, file, flags, out))
        methods = ctypes.c_void_p.from_address(file)
        if code == 0 and methods.value:
            methods.value = ctypes.addressof(_with_faults(methods.value))
        return code

    opener = _OPEN(open_file)
    layer.xOpen = ctypes.cast(opener, ctypes.c_void_p)
    _kept.extend((layer, opener, open_usual))
    return usual, layer


_usual, _layer = _make_layer()
_library.sqlite3_vfs_register(ctypes.byref(_layer), 0)


def _hear(event: str, given: tuple[Any, ...]) -> None:
    """Let what Python writes below the folder fail as SQLite's writes do."""
    if not DISK.is_on or not (event in _CREATING or event == "open"):
        return
    path = str(given[0])
    is_new = event != "open" or (bool(given[2] & os.O_CREAT) and not os.path.exists(path))
    if path.startswith(str(DISK.folder)) and is_new and (error := DISK.error_now()):
        raise OSError(error, os.strerror(error), path)


sys.addaudithook(_hear)


@contextmanager
def faulty_disk(folder: Path) -> Iterator[Disk]:
    """Within it, every database that is opened writes through the layer."""
    DISK.folder = folder
    _library.sqlite3_vfs_register(ctypes.byref(_layer), 1)
    try:
        yield DISK
    finally:
        _library.sqlite3_vfs_register(ctypes.c_void_p(_usual), 1)
