"""The tiles of the start page and the slides of the attract screen: question, promise, address."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from kiosk.web.language.wording import lazy_gettext as _l


@dataclass(frozen=True)
class Tile:
    """
    A large tile of the start page.

    kind: The kind of catalogue entries without which its page would be empty.
    asked: Chinese words that open it from the search box.
    """

    title: Any
    line: Any
    href: str
    icon: str
    kind: str | None = None
    asked: tuple[str, ...] = ()


TILES = (
    Tile(_l("补贴发了没有"), _l("选您的村，看各项补贴发放情况"), "/browse/village", "moneybag", "village",
         ("补贴发了", "补贴发没发", "补贴到账", "补贴到了没", "补贴什么时候发", "钱发了没有")),
    Tile(_l("事情怎么办"), _l("要带什么、去哪儿、找谁，能打印"), "/browse/guide", "list-check", "guide",
         ("事情怎么办", "办事指南", "怎么办事")),
    Tile(_l("查文件政策"), _l("按家里的事、主题、单位、年份找"), "/browse", "script", "policy"),
    Tile(_l("常见问题"), _l("养老、医保、上学、种地……"), "/browse/question", "message-dots", "question"),
    Tile(_l("申请信息公开"), _l("填一张申请，当场打印回执"), "/request/", "pencil", None,
         ("申请信息公开", "信息公开申请", "申请公开", "申请政府信息公开", "政府信息公开申请")),
    Tile(_l("查我的进度"), _l("用回执上的编号和查询码"), "/progress", "search", None,
         ("查我的进度", "我的申请", "申请办到哪", "查询码")),
)  # fmt: skip
"""By how often people use them; the first two are larger."""
LEADING = 2


def tiles_that_work(
    leads_somewhere: Callable[[str], bool], kinds: Iterable[str], tiles: Iterable[Tile] = TILES
) -> list[Tile]:
    """Return the tiles whose page exists here and has something to show, in order."""
    held = set(kinds)
    return [tile for tile in tiles if leads_somewhere(tile.href) and (tile.kind is None or tile.kind in held)]


def asked_for(typed: str, tiles: Iterable[Tile]) -> Tile | None:
    """Return the tile that these words open, in whatever spacing they were typed."""
    said = "".join(typed.split())
    return next((tile for tile in tiles if any(words in said for words in tile.asked)), None)


@dataclass(frozen=True)
class Notice:
    """An urgent notice of the catalogue: one sentence."""

    text: str


@dataclass(frozen=True)
class Slide:
    """One picture of the attract screen; an urgent one has the seal's colour."""

    title: Any
    line: Any
    icon: str
    is_urgent: bool = False


HELPING = Slide(_l("不会用也不要紧"), _l("请工作人员帮忙，不收钱"), "handshake")


def slides_of(tiles: Iterable[Tile], urgent: Sequence[Notice]) -> list[Slide]:
    """Return the slides of the attract screen: urgent notices, each tile, and that a person helps."""
    notices = [Slide(_l("紧急提示"), notice.text, "speakerphone", is_urgent=True) for notice in urgent]
    return [*notices, *(Slide(each.title, each.line, each.icon) for each in tiles), HELPING]
