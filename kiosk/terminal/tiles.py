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

    asked: Chinese words that open it from the search box; of several with spaces between them all must occur.
    """

    title: Any
    line: Any
    href: str
    icon: str
    asked: tuple[str, ...] = ()


OWN_TILES = (
    Tile(_l("约时间当面问"), _l("选个时间，有人当面给您讲清楚"), "/book/", "calendar-event",
         ("预约", "约时间", "咨询预约", "预约咨询", "问问这件事")),
    Tile(_l("申请信息公开"), _l("填一张申请，当场打印回执"), "/request/", "pencil",
         ("申请公开", "信息公开 申请", "公开 申请表", "申请 没有公开", "公开 申请 要钱", "公开 申请 收费")),
    Tile(_l("咨询留言"), _l("写下想问的，几天内答复"), "/inquiry/", "message-question",
         ("咨询留言", "我要咨询", "我想问", "留言")),
    Tile(_l("查我的进度"), _l("用回执上的编号和查询码"), "/progress", "search",
         ("我的进度", "查进度", "公开 进度", "我的申请", "办到哪", "公开 申请 办到", "公开 申请 多久 答复", "查询码",
          "回执 丢", "回执 没了", "回执 找不到", "补打 回执", "重打 回执")),
)  # fmt: skip
"""They follow those of what is published."""
LEADING = 2
"""The first tiles are larger."""


def tiles_that_work(leads_somewhere: Callable[[str], bool], published: Iterable[Tile]) -> list[Tile]:
    """Return the tiles of what is published, then our own, whose page exists here."""
    return [tile for tile in (*published, *OWN_TILES) if leads_somewhere(tile.href)]


def asked_for(typed: str, tiles: Iterable[Tile]) -> Tile | None:
    """Return the tile that these words open, in whatever spacing they were typed: the one that says most of them."""
    said = "".join(typed.split())
    found = [(_said_of(tile, said), tile) for tile in tiles]
    most, tile = max(found, key=lambda each: each[0], default=(0, None))
    return tile if most else None


def _said_of(tile: Tile, said: str) -> int:
    """Return how many characters of what was typed are words that open this tile."""
    ways = (words.split() for words in tile.asked)
    return max((sum(map(len, way)) for way in ways if all(word in said for word in way)), default=0)


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
