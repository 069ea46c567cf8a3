"""
What a letter says, and how a clerk's plain text becomes its parts.

A line is a paragraph. `一、` and `（一）` at the start of a short line make headings; lines that begin with `|` make a
table; three or more underscores make a line to write on; `# ` begins a form of its own title, and `---` a new page.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby
from typing import Any

from kiosk.errors import Refused

LONGEST_HEADING = 40
"""Characters up to which a numbered line without a full stop is a heading."""
KEPT_TOGETHER = 300
"""Characters of the last paragraph up to which it stays on the page of the signature."""
LONGEST_TEXT = 120_000
"""Most characters of one letter, far above any: a request of 50,000 characters can be quoted whole."""
LONG_RUN = 28
"""Characters of a line: a longer run without a place to break, such as an address, is broken anywhere."""

_HEADINGS = (
    (re.compile("[一二三四五六七八九十]+、"), "hei"),
    (re.compile("（[一二三四五六七八九十]+）"), "kai"),
)
_SENTENCE_END = tuple("。；：，！？;:,")
_BLANK = re.compile("_{3,}|＿{2,}")
_UNBROKEN = re.compile(rf"[!-~]{{{LONG_RUN},}}")
_DRAWN_OTHERWISE = str.maketrans({"☐": "□", "☑": "√", "\t": " ", "\u2028": "\n", "\u2029": "\n", "\xa0": " "})
"""Boxes that no Chinese font has, by those that all have."""


class HeadStyle(StrEnum):
    """The head of the page (GB/T 9704-2012)."""

    LETTER = "letterform"
    """信函格式, 10.1."""
    RED_HEAD = "red-head"
    """文件格式 with the red name of the organ."""
    PREPRINTED = "preprinted"
    """Paper on which the head is printed already."""


@dataclass(frozen=True, kw_only=True)
class LetterText:
    """
    A letter, ready to be set.

    Args:
        number: 发文字号; in a draft what its place says.
        addressee: Full name; empty for sheets that go to the file.
        body: The text, a paragraph a line.
        signed_by: The organ that signs; empty for sheets without a seal.
        attachments: Titles. copies: 抄送 organs.
        draft_mark: Words on top of every page of a draft.
        enclosure: The text of a form that goes with it, on pages of its own.
    """

    organ: str
    number: str
    title: str
    addressee: str
    body: str
    signed_by: str
    signed_on: date
    attachments: Sequence[str] = ()
    copies: str = ""
    style: HeadStyle = HeadStyle.LETTER
    draft_mark: str = ""
    enclosure: str = ""


Part = Mapping[str, Any]


def plain(text: str) -> str:
    """
    Return a text as it can be set: composed characters, known boxes, no control characters.

    Raises:
        Refused: "letter-too-long"; "letter-character" with the code point of a character of private use, or of none.
    """
    if len(text) > LONGEST_TEXT:
        raise Refused("letter-too-long", str(len(text)))
    found = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    found = found.translate(_DRAWN_OTHERWISE)
    for char in set(found) - {"\n"}:
        kind = unicodedata.category(char)
        if kind in ("Co", "Cn", "Cs"):
            raise Refused("letter-character", f"U+{ord(char):04X}")
        if kind in ("Cc", "Cf"):
            found = found.replace(char, "")
    return found


def parts(body: str) -> list[Part]:
    """Return the parts of a text."""
    lines = [line.strip() for line in plain(body).split("\n")]
    made: list[Part] = []
    level = 1
    for columns, rows in groupby((line for line in lines if line), key=_columns):
        if columns:
            made.append(_sheet(columns, rows))
            continue
        for line in rows:
            part, level = _part(line, level)
            made.append(part)
    return made


def parted(body: str) -> tuple[list[Part], list[Part]]:
    """Return the parts of a text, and the last ones, which stay with the signature while they are short."""
    made = parts(body)
    at, room = len(made), KEPT_TOGETHER
    while at and made[at - 1]["is"] == "para" and (room := room - _length(made[at - 1])) >= 0:
        at -= 1
    at = max(at, len(made) - 2)
    return made[:at], made[at:]


def said(letter: LetterText) -> str:
    """Return all that a letter's pages say, in order, without blanks: what its text must read like."""
    parts_of = [*parted(letter.body)[0], *parted(letter.body)[1]]
    words = ["" if letter.style is HeadStyle.PREPRINTED else letter.organ, letter.number, letter.title]
    words += [f"{letter.addressee}：" if letter.addressee else "", *(_words(part) for part in parts_of)]
    if letter.signed_by:
        words += [attachment_words(letter.attachments), letter.signed_by, day_words(letter.signed_on)]
    words.append(f"抄送：{letter.copies}。" if letter.copies else "")
    words += [_words(part) for part in parts(letter.enclosure)]
    return bare("".join(map(plain, words)))


def attachment_words(titles: Sequence[str]) -> str:
    """Return the note of attachments as it is printed."""
    if len(titles) < 2:
        return "".join(f"附件：{title}" for title in titles)
    return "附件：" + "".join(f"{at}. {title}" for at, title in enumerate(titles, 1))


def bare(text: str) -> str:
    """Return a text without blanks and invisible characters."""
    return "".join(char for char in text if not char.isspace() and unicodedata.category(char) != "Cf")


def day_words(day: date) -> str:
    """Return a date as letters write it: Arabic figures, no leading zero (GB/T 9704-2012, 7.3.5.4)."""
    return f"{day.year}年{day.month}月{day.day}日"


def _part(line: str, level: int) -> tuple[Part, int]:
    if line == "---":
        return {"is": "page"}, level
    if line.startswith("# "):
        return {"is": "title", "text": line[2:].strip()}, 1
    for depth, (form, face) in enumerate(_HEADINGS, 2):
        if form.match(line) and len(line) <= LONGEST_HEADING and not line.endswith(_SENTENCE_END):
            at = min(depth, level + 1)
            return {"is": "heading", "level": at, "face": face, "text": line}, at
    return {"is": "para", "runs": runs(line)}, level


def _cells(line: str) -> list[str]:
    return line[1:].removesuffix("|").split("|")


def _columns(line: str) -> int:
    """Return how many cells a row of a table has; 0 for another line."""
    return len(_cells(line)) if line.startswith("|") else 0


def _sheet(columns: int, lines: Iterable[str]) -> Part:
    rows = [[runs(cell.strip()) for cell in _cells(line)] for line in lines]
    return {"is": "sheet", "columns": columns, "rows": rows}


def runs(line: str) -> list[dict[str, Any]]:
    """Return a line in pieces: words, and lines to write on."""
    made: list[dict[str, Any]] = []
    at = 0
    for found in _BLANK.finditer(line):
        made += _text(line[at : found.start()])
        made.append({"is": "blank", "width": min(len(found[0]), 20)})
        at = found.end()
    return made + _text(line[at:])


def _text(words: str) -> list[dict[str, Any]]:
    return [{"is": "text", "text": _UNBROKEN.sub(_breakable, words)}] if words else []


def _breakable(run: re.Match[str]) -> str:
    return "\u200b".join(run[0])


def _length(part: Part) -> int:
    return sum(len(run.get("text", "")) for run in part["runs"])


def _words(part: Part) -> str:
    if part["is"] == "para":
        return _of_runs(part["runs"])
    if part["is"] == "sheet":
        return "".join(_of_runs(cell) for row in part["rows"] for cell in row)
    return str(part.get("text", ""))


def _of_runs(pieces: Iterable[Mapping[str, Any]]) -> str:
    return "".join(piece.get("text", "") for piece in pieces)
