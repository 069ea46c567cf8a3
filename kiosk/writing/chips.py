"""The words on chips: words that people often write, so that they need not type them."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.web.language.wording import LazyText
from kiosk.web.language.wording import lazy_gettext as _l
from kiosk.writing.lexicon import Names

ASKING = "怎么办 什么时候 多少钱 什么条件 什么材料 在哪里 标准 名单 明细 文件 金额 2025年 2026年".split()
"""Ends of questions that people bring to the hall."""
TOWN_ENDINGS = ("街道", "镇", "乡")


@dataclass(frozen=True)
class Group:
    """Chips under one heading; `kind` is the name with which a field asks for them first (data-writing-words)."""

    kind: str
    title: LazyText
    words: tuple[str, ...]


def groups(common_words: tuple[str, ...], county: str, names: Names) -> tuple[Group, ...]:
    """Return the chips of this terminal: the words of its settings, common ends of questions, the county's towns."""
    return (
        Group("common", _l("常用词"), common_words),
        Group("asking", _l("问法"), tuple(ASKING)),
        Group("places", _l("地名"), (county, *towns(names))),
    )


def towns(names: Names) -> tuple[str, ...]:
    """Return the streets, towns and townships among the county's names."""
    return tuple(name for ending in TOWN_ENDINGS for name, _ in names if name.endswith(ending))
