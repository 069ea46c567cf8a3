"""
Chinese on pages in another language, marked as Chinese: what the county wrote has no translation, and a screen reader
must know in which language to read it (WCAG 3.1.2).

Works on the finished HTML, so that templates need not know which of their words come from the county.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flask import Response

from kiosk.web.language.languages import SOURCE

_TAG = re.compile(r"<!--.*?-->|<(/?)([a-zA-Z][\w-]*)((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>", re.DOTALL)
_HAN = "\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = re.compile(rf"[《（〔“「【]*\d*[{_HAN}](?:[^<>&A-Za-z]*[{_HAN}])?[》）〕”」】，。、；：！？…]*")
"""From a Chinese character, or the number before it, to the last one before a Latin letter, with its punctuation."""
_SAYS_LANG = re.compile(r"(?:^|\s)lang=\"([^\"]*)\"")
_PLAIN = frozenset({"script", "style", "title", "textarea", "option"})
"""Elements whose content is text alone: no element can be put inside."""
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())


def marked(answer: Response) -> Response:
    """Return the answer with its Chinese marked; for pages in another language."""
    if answer.mimetype == "text/html" and not answer.is_streamed and not answer.direct_passthrough:
        answer.set_data(mark(answer.get_data(as_text=True)))
    return answer


def mark(html: str) -> str:
    """Return the page with every piece of Chinese in an element with lang="zh"."""
    return "".join(_pieces(html))


def _pieces(html: str) -> Iterator[str]:
    stack: list[tuple[str, bool]] = []
    at = 0
    for found in _TAG.finditer(html):
        yield _text(html[at : found.start()], stack)
        yield found[0]
        at = found.end()
        closing, tag, attributes = found[1], (found[2] or "").lower(), found[3] or ""
        if closing:
            _close(stack, tag)
        elif tag and tag not in _VOID and not attributes.endswith("/"):
            stack.append((tag, _is_settled(tag, attributes, stack)))
    yield _text(html[at:], stack)


def _close(stack: list[tuple[str, bool]], tag: str) -> None:
    if any(each == tag for each, _settled in stack):
        while stack.pop()[0] != tag:
            pass


def _is_settled(tag: str, attributes: str, stack: list[tuple[str, bool]]) -> bool:
    """Return whether nothing is to be marked inside: it is Chinese already, or holds no elements."""
    said = _SAYS_LANG.search(attributes)
    if tag in _PLAIN:
        return True
    return said[1].partition("-")[0] == SOURCE.primary if said else bool(stack) and stack[-1][1]


def _text(text: str, stack: list[tuple[str, bool]]) -> str:
    if not text or (stack and stack[-1][1]):
        return text
    return _RUN.sub(lambda run: f'<span lang="{SOURCE.tag}">{run[0]}</span>', text)
