"""The structure of a body of text: headings, articles and paragraphs, each with an anchor."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NUMERAL = r"[一二三四五六七八九十百千零〇两\d]+"
_ARTICLE = re.compile(rf"(第{_NUMERAL}条(?:之{_NUMERAL})?)[\s　:：]*(.*)", re.S)
_CHAPTER = re.compile(rf"第{_NUMERAL}[编章节](?:[\s　].*)?")
_HEADING = re.compile(rf"(?:{_NUMERAL}、|（{_NUMERAL}）|\({_NUMERAL}\)).+")
_MARK = re.compile(r"#{1,6}\s+")
LONGEST_HEADING = 40
SECTION = 300
"""Characters up to which paragraphs without an article or heading of their own are joined."""


@dataclass(frozen=True)
class Passage:
    """
    One paragraph. `kind` is chapter, heading, article or text; an article's label is 第三条.

    anchor: The fragment of the document's address that opens it here.
    """

    kind: str
    anchor: str
    text: str
    label: str = ""


def split(body: str) -> list[Passage]:
    """Return the passages of a body, one for each line that is not empty."""
    lines = (line.strip() for line in body.splitlines())
    return [_passage(line, f"p{at}") for at, line in enumerate(filter(None, lines), start=1)]


def anchor_at(body: str, offset: int) -> str:
    """Return the anchor of the passage that contains the character at `offset`."""
    lines = [line.strip() for line in body[:offset].splitlines()]
    at = len(lines) - lines.count("")
    inside = offset > 0 and body[offset - 1] not in "\r\n" and lines[-1] != ""
    return f"p{at if inside else at + 1}"


def sections(body: str) -> list[tuple[int, int]]:
    """
    Return start and end (characters) of the pieces of a body that are indexed and opened separately.

    An article with its paragraphs is one piece, a heading belongs to what follows it, short paragraphs are joined.
    Together they cover everything except the white space between them.
    """
    found: list[tuple[int, int]] = []
    at, before = 0, ""
    for line in body.splitlines(keepends=True):
        text = line.strip()
        if text:
            kind, end = _passage(text, "").kind, at + len(line.rstrip())
            if found and _goes_on(before, kind, end - found[-1][0]):
                found[-1] = (found[-1][0], end)
            else:
                found.append((at + len(line) - len(line.lstrip()), end))
            before = kind
        at += len(line)
    return found


def _goes_on(before: str, kind: str, length: int) -> bool:
    """Return whether a paragraph of this kind belongs to the section of the one before it."""
    return before in ("chapter", "heading") or (kind == "text" and length <= SECTION)


def _passage(line: str, anchor: str) -> Passage:
    marked = _MARK.match(line)
    if marked:
        return Passage("chapter" if marked.end() <= 3 else "heading", anchor, line[marked.end() :])
    article = _ARTICLE.fullmatch(line)
    if article and article[2]:
        return Passage("article", anchor, article[2], article[1])
    if len(line) <= LONGEST_HEADING:
        if _CHAPTER.fullmatch(line):
            return Passage("chapter", anchor, line)
        if _HEADING.fullmatch(line) and line[-1] not in "。；;：:，,、":
            return Passage("heading", anchor, line)
    return Passage("text", anchor, line)


def contents(passages: list[Passage], fewest: int = 3) -> list[Passage]:
    """Return the headings as a table of contents; empty if there are fewer than `fewest`."""
    chapters = [each for each in passages if each.kind == "chapter"]
    found = chapters or [each for each in passages if each.kind == "heading"]
    return found if len(found) >= fewest else []
