"""The paper of a queue number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kiosk.queue.estimate import WaitRange
from kiosk.queue.models import QueueTicket
from kiosk.queue.words import ahead_words, wait_words
from kiosk.web.language.i18n import date_words, time_words
from kiosk.web.language.wording import gettext as _
from printers.paper.document import Big, Block, KeyValue, Para, Qr, Rule, Slip

KIND = "queue-number"


@dataclass(frozen=True)
class NumberOrigin:
    """Where and when a number is given; `link`: address of its private page, empty when telephones reach none."""

    place_name: str
    station_name: str
    at: datetime
    lang: str
    link: str = ""
    is_large: bool = False


def number_slip(ticket: QueueTicket, topic: str, said: WaitRange, origin: NumberOrigin) -> Slip:
    """Return the paper of a ticket, with the wait as it was said when it was given."""
    blocks: list[Block] = [
        Para(origin.place_name, small=True),
        Big(_("您的号"), ticket.number),
        KeyValue(_("办什么"), topic),
        KeyValue(_("前面"), ahead_words(said)),
        KeyValue(_("大约要等"), wait_words(said)),
        KeyValue(_("取号时间"), f"{date_words(origin.at)} {time_words(origin.at)}"),
        Rule(),
        Para(_("请听叫号、看大屏幕。叫到了，请到屏幕上写的窗口。")),
        Para(_("没听到、过号了：半小时内回来，跟窗口说一声，接着叫您。")),
    ]
    if origin.link:
        blocks += [Rule(), Qr(origin.link, _("用手机看排到哪里了（要连大厅的无线网）"))]
    blocks.append(Para(origin.station_name, small=True))
    return Slip(KIND, _("排队号"), tuple(blocks), lang=origin.lang, large=origin.is_large)
