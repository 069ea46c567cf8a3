"""
What tests pay less for than the product, where it is not what they test.

Applications are made a thousand times in one run: each template is compiled once for all of them, the address of a
route is only put together when somebody asks for it, a query code or PIN costs next to nothing, the terms of an index
are written once, homes are made in memory where the machine has room, and Python looks for circles of objects seldom.
What is checked stays the same.
"""

from __future__ import annotations

import gc
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from types import CodeType
from typing import Any

from argon2 import PasswordHasher
from flask import Flask
from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

from kiosk.catalogue.search.term_writing import TermWriter
from kiosk.hall import pins
from kiosk.intake import codes
from kiosk.web.language import wording
from sync.hub import progress

MEMORY = Path("/dev/shm")
LEAST_ROOM_BYTES = 2 * 2**30
"""A run keeps some hundred megabytes at a time; a container often has no more than 64 here."""
SELDOM = (50_000, 20, 50)
"""New objects until Python looks for unreachable circles, and rounds until it looks among older ones."""
HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class _Compiled(BytecodeCache):
    """Templates by what decides about their code: language and routes are constants in it, settings are not."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], CodeType] = {}
        self._texts: dict[int, Mapping[str, str]] = {}

    def get_bucket(self, environment: Environment, name: str, filename: str | None, source: str) -> Bucket:
        told: Any = environment
        texts = wording.texts_of(told.language)
        self._texts[id(texts)] = texts  # kept, so that no others ever have their number
        key = (told.language, id(texts), _routes(told.app), name, filename, source)
        bucket = Bucket(environment, name, "")
        bucket.code = self._known.get(key)
        bucket.known_as = key  # type: ignore[attr-defined]
        return bucket

    def set_bucket(self, bucket: Bucket) -> None:
        self._known[bucket.known_as] = bucket.code  # type: ignore[attr-defined]

    def load_bytecode(self, bucket: Bucket) -> None:
        """Nothing is on a disk."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Nothing is on a disk."""


def _routes(app: Flask) -> str:
    """The routes of an application, as one word; it has all of them before its first page."""
    word: str | None = app.extensions.get("tests-routes")
    if word is None:
        every = sorted(f"{rule.endpoint} {rule.rule}" for rule in app.url_map.iter_rules())
        word = app.extensions["tests-routes"] = sha256("\n".join(every).encode()).hexdigest()
    return word


_compile_builder = Rule._compile_builder


def _builder_when_asked(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
    """As werkzeug's own, which writes and compiles two functions for each route of each application."""
    made: list[Callable[..., tuple[str, str]]] = []

    def build(own: Rule, *given: Any, **values: Any) -> tuple[str, str]:
        if not made:
            made.append(_compile_builder(own, append_unknown))
        return made[0](own, *given, **values)

    return build


FILE_AT = len([sys.executable, "-I", "-B", "reader.py", "check", "the file"])
"""Where a call of the reader names its file."""


class ReadBefore:
    """`subprocess` for the reader of attachments: what it said well of a file is said again of the same content."""

    DEVNULL, TimeoutExpired = subprocess.DEVNULL, subprocess.TimeoutExpired

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], subprocess.CompletedProcess[bytes]] = {}

    def run(self, command: list[str], **how: Any) -> subprocess.CompletedProcess[bytes]:
        """The answer of a process; only one that ended well is kept."""
        *asking, path = command[:FILE_AT]
        given = how["input"] if path == "-" else Path(path).read_bytes()
        key = (*asking, sha256(given).hexdigest(), *command[FILE_AT:])
        if key not in self._known:
            done = subprocess.run(command, **how)
            if done.returncode:
                return done
            self._known[key] = done
        return self._known[key]


class ListedBefore:
    """The table of terms of a new index: twenty thousand terms with how each sounds, the same in every test."""

    def __init__(self) -> None:
        self._known: dict[object, sqlite3.Connection] = {}

    def list_terms(self, writer: TermWriter, terms: Mapping[str, int]) -> None:
        """Put them into a new file from one that has them; everything else is done as ever."""
        if writer.connection.execute("SELECT 1 FROM syllable LIMIT 1").fetchone():
            _list_terms(writer, terms)
            return
        key = (tuple(writer._cutter._extra), tuple(terms.items()))
        if key in self._known:
            self._known[key].backup(_between(writer))
        else:
            _list_terms(writer, terms)
            self._known[key] = sqlite3.connect(":memory:", check_same_thread=False)
            _between(writer).backup(self._known[key])
        writer.connection.execute("BEGIN IMMEDIATE")


_list_terms = TermWriter.list_terms


def _between(writer: TermWriter) -> sqlite3.Connection:
    """The connection of a writer, with no transaction open."""
    writer.connection.execute("COMMIT")
    return writer.connection


def pay_less() -> None:
    """Holds from now on, in this process."""
    gc.set_threshold(*SELDOM)
    Flask.jinja_options = {"bytecode_cache": _Compiled()}
    Rule._compile_builder = _builder_when_asked  # type: ignore[method-assign]
    listed = ListedBefore()
    TermWriter.list_terms = lambda writer, terms: listed.list_terms(writer, terms)  # type: ignore[method-assign]
    codes._hasher = pins._hasher = progress._hasher = HASHER
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= LEAST_ROOM_BYTES:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
