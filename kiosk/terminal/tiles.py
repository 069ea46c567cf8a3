"""The start page's ways in: what they ask, what they promise, and where they lead; and the attract screen's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class Tile:
    """A large way in; `kind` names the catalogue entries without which it would lead to an empty page."""

    title: Any
    line: Any
    href: str
    icon: str
    kind: str | None = None


TILES = (
    Tile(_l("补贴发了没有"), _l("选您的村，看各项补贴发放情况"), "/browse/village", "moneybag", "village"),
    Tile(_l("事情怎么办"), _l("要带什么、去哪儿、找谁，能打印"), "/browse/guide", "list-check", "guide"),
    Tile(_l("查文件政策"), _l("按家里的事、主题、单位、年份找"), "/browse", "script", "policy"),
    Tile(_l("常见问题"), _l("养老、医保、上学、种地……"), "/browse/question", "message-dots", "question"),
    Tile(_l("申请信息公开"), _l("填一张申请，当场打印回执"), "/request/", "pencil"),
    Tile(_l("查我的进度"), _l("用回执上的编号和查询码"), "/progress", "search"),
)
"""In the order of how often people come for them; the first two stand out."""
LEADING = 2


def tiles_that_work(
    leads_somewhere: Callable[[str], bool], kinds: Iterable[str], tiles: Iterable[Tile] = TILES
) -> list[Tile]:
    """The tiles whose page exists here and has something to show, in their order."""
    held = set(kinds)
    return [tile for tile in tiles if leads_somewhere(tile.href) and (tile.kind is None or tile.kind in held)]


@dataclass(frozen=True)
class Notice:
    """An urgent notice of the catalogue: one sentence."""

    text: str


@dataclass(frozen=True)
class Slide:
    """One picture of the attract screen; an urgent one wears the seal's colour."""

    title: Any
    line: Any
    icon: str
    is_urgent: bool = False


HELPING = Slide(_l("不会用也不要紧"), _l("请工作人员帮忙，不收钱"), "handshake")


def slides_of(tiles: Iterable[Tile], urgent: Sequence[Notice]) -> list[Slide]:
    """What the attract screen shows in turn: urgent notices, each way in, and that a person helps."""
    notices = [Slide(_l("紧急提示"), notice.text, "speakerphone", is_urgent=True) for notice in urgent]
    return [*notices, *(Slide(each.title, each.line, each.icon) for each in tiles), HELPING]
