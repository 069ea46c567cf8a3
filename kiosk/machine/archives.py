"""
Copies as files: a tar stream, encrypted to a recovery key, read again from the disk before anybody relies on it.

An encrypted copy is a line that names the format, a line of JSON (the stream's key sealed to the recovery key's public
half, X25519), the stream in pieces of libsodium's secretstream (XChaCha20-Poly1305), and a last line with the SHA-256
of all bytes before it. So everybody can see that a copy is whole, and only the recovery key opens it. A copy without
encryption is the tar file itself. The last member names the SHA-256 of all others.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, BinaryIO

from nacl import bindings as sodium
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from kiosk import db
from kiosk.clock import stamp
from kiosk.errors import Refused, StoreDamaged, StoreFull
from sync.wire.sealing import key_id

FORMAT = b"KIOSK-COPY 1\n"
ALG = "x25519-sealedbox+xchacha20poly1305-secretstream"
PIECE_BYTES = 64 * 1024
"""Bytes of the tar stream in one encrypted piece, the last one excepted."""
SEALED_PIECE_BYTES = PIECE_BYTES + sodium.crypto_secretstream_xchacha20poly1305_ABYTES
FINAL = sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL
_END = b"\nsha256:"
END_BYTES = len(_END) + 64 + 1
MOST_HEAD_BYTES = 4096
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Label:
    """
    The words on a copy, which everybody can read.

    Args:
        recovery_id: Id of the public half that it is encrypted to; empty: it is not encrypted.
    """

    made_at: str = ""
    what: str = ""
    recovery_id: str = ""


Digests = dict[str, str]
"""SHA-256 of each member of a copy, by its name."""


def write(
    file: Path, members: Iterable[tuple[str, Path]], *, what: str, recovery: bytes | None, now: datetime
) -> None:
    """
    Write a copy and read it again from the disk before it gets its name.

    Args:
        members: Name and path of each file of the copy, in order.
        what: "hub" or "terminal".
        recovery: The public half of the recovery key; None: a plain tar file.
    Raises:
        StoreFull: No room; nothing is left behind.
        StoreDamaged: "copy-differs": what the disk gives back is not what was written.
    """
    unfinished = file.with_name(file.name + ".part")
    try:
        key = sodium.crypto_secretstream_xchacha20poly1305_keygen()
        written: Digests = {}
        with open(unfinished, "wb", opener=_private) as target:
            with _written_to(target, key, what, recovery, now) as stream:
                _pack(stream, members, written)
            target.flush()
            os.fsync(target.fileno())
            os.posix_fadvise(
                target.fileno(), 0, 0, os.POSIX_FADV_DONTNEED
            )  # so that the disk answers, not the memory
        _look_again(unfinished, key if recovery else None, written)
        os.replace(unfinished, file)
        db.sync_folder(file.parent)
    except OSError as error:
        raise StoreFull("disk-full", f"{file} could not be written: {error.strerror}") from error
    finally:
        unfinished.unlink(missing_ok=True)


def label(file: Path) -> Label:
    """
    Return what a copy is, after every byte of an encrypted one was compared with its digest; no key is needed.

    Raises:
        Refused: "not-a-copy": it is none, cut or changed.
    """
    try:
        with file.open("rb") as source:
            is_encrypted = source.read(len(FORMAT)) == FORMAT
            head = _head(source) if is_encrypted else {}
        if is_encrypted:
            _check_digest(file)
        elif not tarfile.is_tarfile(file):
            raise _none(file, "neither its form nor that of earlier versions")
    except OSError as error:
        raise _none(file, error.strerror or "it cannot be read") from error
    return Label(head.get("made_at", ""), head.get("what", ""), head.get("recovery_id", ""))


def unpack(file: Path, target: Path, private: bytes | None) -> None:
    """
    Write the members of a copy below `target`, each compared with its digest.

    Args:
        private: The private half of the recovery key, for an encrypted copy.
    Raises:
        Refused: "not-a-copy", "recovery-key-needed", "recovery-key-wrong".
    """
    with _opened(file, private) as archive:
        seen: Digests = {}
        for member, content in _members(archive, seen):
            _put(target, member, content)
        _check_manifest(seen)


def look_through(file: Path, private: bytes | None) -> None:
    """Compare each member of a copy with its digest; nothing is written. Raises as `unpack`."""
    with _opened(file, private) as archive:
        seen: Digests = {}
        for _ in _members(archive, seen):
            pass
        _check_manifest(seen)


@contextmanager
def _opened(file: Path, private: bytes | None) -> Iterator[tarfile.TarFile]:
    """Open a copy whose digest holds, and say of what is wrong in it that it is no copy."""
    key = None
    if recovery_id := label(file).recovery_id:
        if private is None:
            raise Refused(
                "recovery-key-needed", f"{file} is encrypted to the recovery key {recovery_id}: type it"
            )
        key = _opened_key(file, private)
    try:
        with _read_from(file, key) as archive:
            yield archive
    except (tarfile.TarError, CryptoError, ValueError, EOFError) as error:
        raise _none(file, str(error)) from error


def _pack(stream: BinaryIO, members: Iterable[tuple[str, Path]], written: Digests) -> None:
    with tarfile.open(fileobj=stream, mode="w|") as archive:
        for name, path in members:
            with path.open("rb") as source:
                entry = archive.gettarinfo(arcname=name, fileobj=source)
                entry.uid = entry.gid = 0
                entry.uname = entry.gname = ""
                hashed = _Hashed(source)
                archive.addfile(entry, hashed)
            written[name] = hashed.digest.hexdigest()
        listed = _listed(written)
        entry = tarfile.TarInfo(MANIFEST)
        entry.size, entry.mode = len(listed), 0o600
        archive.addfile(entry, io.BytesIO(listed))
        written[MANIFEST] = hashlib.sha256(listed).hexdigest()


class _Hashed(io.RawIOBase):
    """A file whose bytes are hashed while they are read."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        found = self._source.read(size)
        self.digest.update(found)
        return found


@contextmanager
def _written_to(
    target: BinaryIO, key: bytes, what: str, recovery: bytes | None, now: datetime
) -> Iterator[BinaryIO]:
    if recovery is None:
        yield target
        return
    head = {
        "alg": ALG,
        "key": base64.b64encode(SealedBox(PublicKey(recovery)).encrypt(key)).decode(),
        "made_at": stamp(now),
        "recovery_id": key_id(recovery),
        "what": what,
    }
    sealing = _Sealing(target, key, json.dumps(head, sort_keys=True).encode() + b"\n")
    yield sealing  # type: ignore[misc]  # tarfile calls nothing but `write`
    sealing.end()


class _Sealing:
    """A stream that encrypts what is written to it, piece by piece."""

    def __init__(self, target: BinaryIO, key: bytes, head: bytes) -> None:
        self._target = target
        self._digest = hashlib.sha256()
        self._state = sodium.crypto_secretstream_xchacha20poly1305_state()
        self._left = bytearray()
        self._head = head
        self._put(FORMAT + head)
        self._put(sodium.crypto_secretstream_xchacha20poly1305_init_push(self._state, key))

    def write(self, content: bytes) -> int:
        """Encrypt as many whole pieces as there are."""
        self._left += content
        while len(self._left) > PIECE_BYTES:
            self._seal(bytes(self._left[:PIECE_BYTES]), 0)
            del self._left[:PIECE_BYTES]
        return len(content)

    def end(self) -> None:
        """Encrypt the last piece, and write the digest of the whole."""
        self._seal(bytes(self._left), FINAL)
        self._target.write(_END + self._digest.hexdigest().encode() + b"\n")

    def _seal(self, piece: bytes, tag: int) -> None:
        self._put(sodium.crypto_secretstream_xchacha20poly1305_push(self._state, piece, self._head, tag))

    def _put(self, content: bytes) -> None:
        self._digest.update(content)
        self._target.write(content)


class _Opening(io.RawIOBase):
    """The stream inside an encrypted copy; ValueError where it ends too early."""

    def __init__(self, source: BinaryIO, key: bytes, head: bytes, sealed_bytes: int) -> None:
        self._source, self._head, self._sealed_bytes = source, head, sealed_bytes
        self._state = sodium.crypto_secretstream_xchacha20poly1305_state()
        header = source.read(sodium.crypto_secretstream_xchacha20poly1305_HEADERBYTES)
        sodium.crypto_secretstream_xchacha20poly1305_init_pull(self._state, header, key)
        self._left, self._is_over = bytearray(), False

    def read(self, size: int = -1) -> bytes:
        while not self._is_over and (size < 0 or len(self._left) < size):
            self._pull()
        found = bytes(self._left if size < 0 else self._left[:size])
        del self._left[: len(found)]
        return found

    def _pull(self) -> None:
        piece = self._source.read(min(SEALED_PIECE_BYTES, self._sealed_bytes))
        self._sealed_bytes -= len(piece)
        if not piece:
            raise ValueError("it ends too early")
        plain, tag = sodium.crypto_secretstream_xchacha20poly1305_pull(self._state, piece, self._head)
        self._left += plain
        self._is_over = tag == FINAL


@contextmanager
def _read_from(file: Path, key: bytes | None) -> Iterator[tarfile.TarFile]:
    with file.open("rb") as source:
        stream: IO[bytes] = source
        if key is not None:
            source.seek(len(FORMAT))
            head = source.readline(MOST_HEAD_BYTES)
            at = source.tell() + sodium.crypto_secretstream_xchacha20poly1305_HEADERBYTES
            stream = _Opening(source, key, head, file.stat().st_size - at - END_BYTES)  # type: ignore[assignment]
        with tarfile.open(fileobj=stream, mode="r|") as archive:
            yield archive


def _members(archive: tarfile.TarFile, seen: Digests) -> Iterator[tuple[tarfile.TarInfo, BinaryIO]]:
    """Yield each file of a copy with its content; its digest is known when the next one is asked for."""
    for member in archive:
        content = archive.extractfile(member)
        if content is None:
            raise ValueError(f"{member.name} is no file")
        hashed = _Hashed(content)  # type: ignore[arg-type]  # it reads, and no more is asked of it
        yield member, hashed  # type: ignore[misc]
        while hashed.read(PIECE_BYTES):
            pass
        seen[member.name] = hashed.digest.hexdigest()


def _put(target: Path, member: tarfile.TarInfo, content: BinaryIO) -> None:
    """Write one member below `target`; a name must never lead out of it."""
    path = target / member.name
    if Path(member.name).is_absolute() or ".." in Path(member.name).parts:
        raise ValueError(f"{member.name} is no name of a member")
    if member.name == MANIFEST:
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(path, "xb", opener=_private) as written:
        while piece := content.read(PIECE_BYTES):
            written.write(piece)


def _look_again(file: Path, key: bytes | None, written: Digests) -> None:
    """Compare what the disk gives back with what was written."""
    seen: Digests = {}
    try:
        if key is not None:
            _check_digest(file)
        with _read_from(file, key) as archive:
            for _ in _members(archive, seen):
                pass
    except (tarfile.TarError, CryptoError, ValueError, EOFError, Refused) as error:
        raise StoreDamaged("copy-differs", f"the copy cannot be read again from the disk: {error}") from error
    if seen != written:
        raise StoreDamaged("copy-differs", "the disk does not give back the copy as it was written")


def _check_manifest(seen: Digests) -> None:
    """Compare the members with the list that the copy ends with; copies of earlier versions have none."""
    said = seen.pop(MANIFEST, None)
    if said is not None and said != hashlib.sha256(_listed(seen)).hexdigest():
        raise ValueError("its members are not those of its list")


def _listed(digests: Digests) -> bytes:
    return json.dumps(digests, sort_keys=True).encode()


def _head(source: BinaryIO) -> dict[str, str]:
    """Return the line of JSON of an encrypted copy."""
    try:
        head = json.loads(source.readline(MOST_HEAD_BYTES))
        if head["alg"] != ALG or not isinstance(head["key"], str):
            raise ValueError("another form of encryption")
        return {name: str(value) for name, value in head.items()}
    except (ValueError, LookupError, TypeError) as error:
        raise Refused("not-a-copy", f"a copy whose head is damaged: {error}") from error


def _check_digest(file: Path) -> None:
    """Compare the bytes of an encrypted copy with the digest in its last line. Raises Refused("not-a-copy")."""
    left = file.stat().st_size - END_BYTES
    digest = hashlib.sha256()
    with file.open("rb") as source:
        while left > 0 and (piece := source.read(min(left, 2**20))):
            digest.update(piece)
            left -= len(piece)
        if source.read() != _END + digest.hexdigest().encode() + b"\n":
            raise _none(file, "its bytes are not those that were written: it is cut or changed")


def _opened_key(file: Path, private: bytes) -> bytes:
    """Return the key of the stream. Raises Refused("recovery-key-wrong")."""
    with file.open("rb") as source:
        source.seek(len(FORMAT))
        head = _head(source)
    try:
        return SealedBox(PrivateKey(private)).decrypt(base64.b64decode(head["key"]))
    except (CryptoError, ValueError) as error:
        raise Refused(
            "recovery-key-wrong", f"{file} is encrypted to another recovery key ({head['recovery_id']})"
        ) from error


def _none(file: Path, words: str) -> Refused:
    return Refused("not-a-copy", f"{file} is not a copy that `backup` wrote, or damaged: {words}")


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
