"""The words on chips: words that people often write, so that they need not type them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from kiosk.web.language.wording import LazyText
from kiosk.web.language.wording import lazy_gettext as _l
from kiosk.writing.lexicon import NAMES, rows

ASKING = "怎么办 什么时候 多少钱 什么条件 什么材料 在哪里 标准 名单 明细 文件 金额 2025年 2026年".split()
"""Ends of questions that people bring to the hall."""
TOWN_ENDINGS = ("街道", "镇", "乡")


@dataclass(frozen=True)
class Group:
    """Chips under one heading; `kind` is the name with which a field asks for them first (data-writing-words)."""

    kind: str
    title: LazyText
    words: tuple[str, ...]


@lru_cache(maxsize=2)
def groups(common_words: tuple[str, ...]) -> tuple[Group, ...]:
    """Return the chips of this terminal: the words of its settings, common ends of questions, the county's towns."""
    return (
        Group("common", _l("常用词"), common_words),
        Group("asking", _l("问法"), tuple(ASKING)),
        Group("places", _l("地名"), towns()),
    )


def towns() -> tuple[str, ...]:
    """Return the county itself, its streets, towns and townships, in the order of the list of names."""
    names = [row[0] for row in rows(NAMES)]
    return (names[0], *(name for name in names if name.endswith(TOWN_ENDINGS)))
