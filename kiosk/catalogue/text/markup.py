"""
Pasted HTML as plain text that keeps its structure.

Only the tags listed here pass nh3; everything else is dropped before anything is read. The text keeps headings
(`#`), list items (`- `, `1. `) and tables (cells between ` | `), one paragraph a line.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

import nh3

ALLOWED = frozenset(
    {
        *("h1", "h2", "h3", "h4", "h5", "h6"),
        *("p", "div", "section", "article", "blockquote", "pre", "br", "hr"),
        *("ul", "ol", "li", "dl", "dt", "dd"),
        *("table", "thead", "tbody", "tfoot", "tr", "th", "td", "caption"),
    }
)
"""Tags that carry structure; all attributes are removed, so nothing is fetched, run or styled."""
GONE_WITH_CONTENT = frozenset(
    {"script", "style", "iframe", "object", "embed", "svg", "math", "template", "noscript", "title", "head"}
)
CELLS = " | "
_LOOKS_LIKE_HTML = re.compile(
    r"<\s*(?:p|div|br|span|table|tr|td|h[1-6]|ul|ol|li|a|b|strong|font|img|section|article|script|style)\b[^>]*>",
    re.I,
)
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\u200b\u2028\u2029]")
_SPACES = re.compile(r"[ \t\r\n\u00a0]+")


def is_html(text: str) -> bool:
    """Return whether a text is the source of a web page."""
    return _LOOKS_LIKE_HTML.search(text) is not None


def clean(html: str) -> str:
    """Return the HTML with the listed tags only, without any attribute."""
    bare = _UNSEEN.sub("", html)  # nh3 does not settle at once on a leading NUL and byte order mark
    return nh3.clean(
        bare,
        tags=set(ALLOWED),
        attributes={"*": set()},
        clean_content_tags=set(GONE_WITH_CONTENT),
        strip_comments=True,
        link_rel=None,
        url_schemes=set(),
    )


def plain_text(html: str) -> str:
    """Return the text of HTML, one paragraph a line, with headings, lists and tables as plain structure."""
    reader = _Reader()
    reader.feed(clean(html))
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    """A parser of cleaned HTML into lines."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self.line = ""
        self.row: list[str] | None = None
        self.lists: list[int | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("ul", "ol"):
            self._end_line()
            self.lists.append(0 if tag == "ol" else None)
        elif tag == "tr":
            self._end_line()
            self.row = []
        elif tag in ("td", "th") and self.row is not None:
            self.line = ""
        elif self.row is None:
            self._end_line()
            self.line = self._mark(tag)
        else:
            self.line += " "

    def _mark(self, tag: str) -> str:
        """Return the prefix of a line of this tag."""
        if tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            return "#" * int(tag[1]) + " "
        if tag != "li":
            return ""
        count = self.lists[-1] if self.lists else None
        if count is None:
            return "- "
        self.lists[-1] = count + 1
        return f"{count + 1}. "

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self.row is not None:
            self.row.append(_SPACES.sub(" ", self.line).strip())
            self.line = ""
        elif tag == "tr" and self.row is not None:
            self.line = CELLS.join(self.row) if any(self.row) else ""
            self.row = None
            self._end_line()
        elif self.row is None:
            self._end_line()
        if tag in ("ul", "ol") and self.lists:
            self.lists.pop()

    def handle_data(self, data: str) -> None:
        self.line += _SPACES.sub(" ", data)

    def _end_line(self) -> None:
        line = _SPACES.sub(" ", self.line).strip()
        if line and not re.fullmatch(r"#{1,6}|-|\d+\.", line):
            self.lines.append(line)
        self.line = ""

    def text(self) -> str:
        """Return the lines read so far."""
        self._end_line()
        return "\n".join(self.lines)
