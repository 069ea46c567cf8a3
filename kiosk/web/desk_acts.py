"""
Versions at the desk: a form names what its page showed; an act on another version answers 409 with both of them.

A view that acts on a thing that can change is marked by `acts_on` and passes `seen` to its action, which compares in
its own transaction (kiosk/seen.py). The page of 409 shows both versions side by side, keeps whatever was typed, and has
a button that does the same to the version it shows.
"""

from __future__ import annotations

import base64
import binascii
import difflib
import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from flask import Flask, g, render_template, request
from werkzeug.wrappers import Response

from kiosk.clock import today
from kiosk.seen import ChangedMeanwhile, Lines, Seen, Shown
from kiosk.web.context import wiring

FIELD = "version"
"""Name of the field that brings a version back."""
LARGEST = 30_000_000
"""Most bytes of the lines that a form brings back."""
LONG = 120
"""Characters from which a value is compared line by line."""
NEAR = 1
"""Unchanged lines shown beside each change."""
SECRET = frozenset({"pin", "again", "password", "old", "new"})
"""Fields that are never sent back to a browser: they are asked for again."""
OURS = frozenset({"csrf_token", FIELD})

Answer = str | tuple[str, int] | Response
View = Callable[..., Answer]


@dataclass(frozen=True)
class TypedField:
    """A field that a person fills in: its label, and the words of its values where it is a choice."""

    label: str
    choices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class DeskAct:
    """
    An act on a thing that can change.

    Args:
        read: Returns the thing as it is, by the values of the address (and the fields of the form).
        what: The act in the words of its button.
        fields: What a person types for it, by name; fields with a number after a hyphen by what precedes it.
    """

    read: Callable[..., Shown]
    what: str
    fields: Mapping[str, TypedField]


def acts_on(
    read: Callable[..., Shown], what: str, fields: Mapping[str, TypedField] | None = None
) -> Callable[[View], View]:
    """Mark a view as an act; it gets `seen`, which it passes to its action. For the arguments see `DeskAct`."""
    made = DeskAct(read, what, fields or {})

    def mark(view: View) -> View:
        @wraps(view)
        def act(*given: Any, **values: Any) -> Answer:
            digest, lines = _brought(request.form.get(FIELD, "")) if request.method == "POST" else ("", ())
            g.desk_act, g.seen = made, Seen(digest, lines, lambda: read(**values))
            return view(*given, **values, seen=g.seen)

        act.desk_act = made  # type: ignore[attr-defined]  # read by the sweep over all routes
        return act

    return mark


def init(app: Flask) -> None:
    """Give the pages of an application the field of a version, and its answer to a changed one."""
    app.jinja_env.globals["version_of"] = version_of
    app.register_error_handler(ChangedMeanwhile, changed_page)


def token(shown: Shown) -> str:
    """Return the value of the field: the digest, and the lines so that both versions can be shown."""
    packed = zlib.compress(json.dumps(shown.lines, ensure_ascii=False, separators=(",", ":")).encode())
    return f"{shown.digest}.{base64.urlsafe_b64encode(packed).decode()}"


def version_of(shown: Shown) -> str:
    """
    Return the field's value on the page being made.

    A form that comes back with a fault keeps the version that it named: what its page shows now nobody has looked at.
    """
    seen: Seen | None = g.get("seen")
    is_back = request.method == "POST" and seen is not None and not seen.is_held and "changed" not in g
    if is_back and seen is not None and seen.digest and seen.now().name == shown.name:
        return request.form[FIELD]
    return token(shown)


def _brought(value: str) -> tuple[str, Lines]:
    """Return digest and lines of a field; no lines where they cannot be read."""
    digest, _dot, packed = value.partition(".")
    try:
        text = zlib.decompressobj().decompress(base64.urlsafe_b64decode(packed), LARGEST)
        lines = json.loads(text)
        return digest, tuple((str(label), str(said)) for label, said in lines)
    except (binascii.Error, zlib.error, ValueError, TypeError):
        return digest, ()


Piece = tuple[str, str]
"""A mark ("del", "ins", "gap" or none) and a text."""


@dataclass(frozen=True)
class Compared:
    """One fact in two versions, each in pieces."""

    label: str
    was: Sequence[Piece]
    now: Sequence[Piece]


def compared(was: Lines, now: Lines) -> list[Compared]:
    """Return the facts that differ, in the order in which pages show them."""
    before, after = dict(_numbered(was)), dict(_numbered(now))
    found = []
    for key in [*before, *(each for each in after if each not in before)]:
        old, new = before.get(key, ""), after.get(key, "")
        if old != new:
            found.append(Compared(key[0], *_sides(old, new)))
    return found


def _numbered(lines: Lines) -> Iterator[tuple[tuple[str, int], str]]:
    """Yield each line under its label and how many had that label before."""
    counted: dict[str, int] = {}
    for label, said in lines:
        counted[label] = counted.get(label, -1) + 1
        yield (label, counted[label]), said


def _sides(old: str, new: str) -> tuple[list[Piece], list[Piece]]:
    if "\n" not in old + new and len(old + new) < LONG:
        return [("del", old)] if old else [], [("ins", new)] if new else []
    was, now = old.splitlines(), new.splitlines()
    left: list[Piece] = []
    right: list[Piece] = []
    for kind, at, end, to, till in difflib.SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if kind == "equal":
            left += _shortened(was[at:end])
            right += _shortened(now[to:till])
            continue
        left += [("del", each) for each in was[at:end]]
        right += [("ins", each) for each in now[to:till]]
    return left, right


def _shortened(same: list[str]) -> list[Piece]:
    """Return unchanged lines, the first and last of them only."""
    if len(same) <= 2 * NEAR + 1:
        return [("", each) for each in same]
    return [*(("", each) for each in same[:NEAR]), ("gap", ""), *(("", each) for each in same[-NEAR:])]


@dataclass(frozen=True)
class TypedValue:
    """A field of the form that was sent: label empty where a person did not type it."""

    name: str
    label: str
    value: str
    words: str


@dataclass(frozen=True)
class Conflict:
    """What a page says of two versions; is_named: the form said which one it was."""

    act: DeskAct
    is_named: bool
    was: Lines
    now: Shown
    rows: Sequence[Compared]


def conflict(changed: ChangedMeanwhile) -> Conflict:
    """Return the two versions for the page being made, whose forms name the new one from here on."""
    g.changed = True
    return Conflict(
        g.desk_act, bool(g.seen.digest), changed.was, changed.now, compared(changed.was, changed.now.lines)
    )


def changed_page(changed: ChangedMeanwhile) -> tuple[str, int]:
    """Return the page with both versions and all that was typed."""
    found = conflict(changed)
    page = render_template(
        "desk/changed.html",
        conflict=found,
        touched=changed.now.touched(),
        typed=[each for each in typed(found.act) if each.name not in SECRET],
        secrets=secrets(found.act),
        files=files(),
        today=today(wiring().clock),
    )
    return page, 409


def secrets(act: DeskAct) -> list[tuple[str, str]]:
    """Return name and label of the passwords that were sent: they are asked for again."""
    return [(name, act.fields[name].label) for name in request.form if name in SECRET & {*act.fields}]


def files() -> list[tuple[str, str]]:
    """Return name and file name of the files that were sent: a browser must be given them again."""
    return [(name, each.filename) for name, each in request.files.items() if each.filename]


def typed(act: DeskAct, but: frozenset[str] = OURS) -> list[TypedValue]:
    """Return the fields of the form that was sent, without those of ours."""
    found = []
    for name, value in request.form.items(multi=True):
        if name not in but:
            numbered = f"{name.partition('-')[0]}-"
            field = act.fields.get(name) or act.fields.get(numbered) or TypedField("")
            found.append(TypedValue(name, field.label, value, field.choices.get(value, "")))
    return found
