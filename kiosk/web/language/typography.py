"""Line breaks of Chinese headlines between words, as a careful typesetter would set them by hand."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

STAYS_WITH_BEFORE = re.compile(r"[，。、；：？！）》〉」』】〕”’…·的了着过们等之吗呢吧款条项号%％]")
STAYS_WITH_AFTER = re.compile(r"[（《〈「『【〔“‘第·]$")
REMEMBERED = 2000
"""Titles and pieces of titles whose breaks are known; the same ones come in many lists."""


@lru_cache(maxsize=REMEMBERED)
def phrases(text: str) -> Markup:
    """
    Return `text` with places where a line may break, for elements with `word-break: keep-all` (class `phrases`).
    """
    return Markup(f'<span class="phrases">{"<wbr>".join(escape(part) for part in _parts(text))}</span>')


def _parts(text: str) -> list[str]:
    """Return the words of `text`, joined where no line may end."""
    parts: list[str] = []
    alone = False
    for word in _dictionary().cut(text):
        if parts and (_clings(parts[-1], word) or (alone and len(word) == 1)):
            parts[-1] += word
            alone = False
        else:
            parts.append(word)
            alone = len(word) == 1  # two single characters are one word that the dictionary does not know
    return parts


def words(text: str) -> list[tuple[str, bool]]:
    """
    Return all of a text cut into words, each with whether the dictionary has it as a name of persons; what it does not
    know falls apart.
    """
    return [(word, kind == "nr") for word, kind in _dictionary().tag(text, False)]


@lru_cache(maxsize=1)
def _dictionary() -> Any:
    """
    Return a dictionary of its own: the process's one learns the words of the search, which must not change the breaks
    of a title.
    """
    import rjieba  # 0.3 s and 50 MB, half of it for the search: the start page must not wait for it

    return rjieba.Jieba()


def _clings(before: str, word: str) -> bool:
    if STAYS_WITH_BEFORE.match(word) or STAYS_WITH_AFTER.search(before):
        return True
    return before[-1].isascii() != word[0].isascii() and (before[-1].isdigit() or word[0].isdigit())
