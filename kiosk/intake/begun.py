"""An unfinished form: it is stored in the encrypted session only, and ends with it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from uuid_utils import uuid7

from kiosk.intake import codes, questions
from kiosk.intake.attached.clean_files import FILES, AttachedFile, read_file
from kiosk.intake.codes import QueryCode
from kiosk.intake.form.blanks import Answers
from kiosk.intake.kinds import SubmissionKind
from kiosk.intake.questions import Question
from kiosk.web import half_written

SECRET_BYTES = 32
ABOUT = "about"
"""Name of the number to which a form adds, among its answers and in the envelope."""
Visit = MutableMapping[str, Any]


@dataclass(frozen=True)
class Begun:
    """
    An unfinished form.

    Args:
        key: Of its future submission: the same key never makes two.
        code: The query code, made with the form, so that whatever is answered after handing in names the same one.
        secret: Of the form, 64 hexadecimal digits; keys the mark of its content (`actions.content_mark`).
        assisted_by: Staff number of an assistant who wrote in it; only the citizen hands such a form in.
        paper: The last ordered paper of the form: its key, and whether in large type.
        since_s: Steady time at which it was begun; a visit ends with its boot.
        files: What goes with it; their locked bytes are in memory-backed storage (`attached/held_files.py`).
    """

    key: str
    answers: Answers
    code: QueryCode | None = None
    assisted_by: str = ""
    paper: Mapping[str, Any] = field(default_factory=dict)
    secret: str = ""
    since_s: float = 0.0
    files: tuple[AttachedFile, ...] = ()


def new_key() -> str:
    """Return a key for a new form: unique without a network, ordered by birth."""
    return str(uuid7())


def empty(kind: SubmissionKind, known: Mapping[str, str] | None = None, since_s: float = 0.0) -> Begun:
    """Return an empty form; `known` is what it need not ask."""
    code = QueryCode(codes.new_digits(), "")
    answers = {"notice": kind.notice, **(known or {})}
    return Begun(new_key(), answers, code, secret=secrets.token_hex(SECRET_BYTES), since_s=since_s)


def begin(
    visit: Visit, kind: SubmissionKind, known: Mapping[str, str] | None = None, *, since_s: float
) -> None:
    """Begin an empty form at this steady time; `known` is what it need not ask. A refused form is forgotten."""
    visit.pop(half_written.KEPT, None)
    keep(visit, kind, empty(kind, known, since_s))


def of(visit: Visit, kind: SubmissionKind) -> Begun | None:
    """Return the unfinished form of this kind in a visit."""
    kept = visit.get(kind.path)
    if kept is None:
        return None
    code = QueryCode(*kept["code"]) if "code" in kept else None
    return Begun(
        kept["key"],
        kept["answers"],
        code,
        kept.get("assisted_by", ""),
        kept.get("form", {}),
        kept.get("secret", ""),
        kept.get("since_s", 0.0),
        tuple(read_file(each) for each in kept.get(FILES, ())),
    )


def keep(visit: Visit, kind: SubmissionKind, begun: Begun) -> None:
    """Store a form in the visit."""
    kept: dict[str, Any] = {
        "key": begun.key,
        "answers": begun.answers,
        "secret": begun.secret,
        "since_s": begun.since_s,
    }
    if begun.code:
        kept["code"] = [begun.code.digits, begun.code.hashed]
    if begun.assisted_by:
        kept["assisted_by"] = begun.assisted_by
    if begun.paper:
        kept["form"] = dict(begun.paper)
    if begun.files:
        kept[FILES] = [each.as_dict() for each in begun.files]
    visit[kind.path] = kept


def end(visit: Visit, kind: SubmissionKind) -> None:
    """Delete a form from the visit."""
    visit.pop(kind.path, None)


def pending(kind: SubmissionKind, begun: Begun) -> Question | None:
    """Return the first unanswered question; None if the form can be handed in."""
    return questions.first_unanswered(kind.questions, begun.answers)
