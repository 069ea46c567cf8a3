"""The receipt of a request: 政府信息公开申请接收回执. Contents: LAW.md §2.2 with DESIGN.md §4.12."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kiosk.clock import BEIJING
from kiosk.disclosure import rules
from kiosk.disclosure.rules import ReceivedBasis
from kiosk.intake.actions import Promise
from kiosk.intake.models import Organ
from kiosk.web.i18n import date_words
from kiosk.web.wording import gettext as _
from kiosk.workdays import REPLY_WORKDAYS, Deadline
from printers.document import Big, Block, KeyValue, Para, Qr, Rule, Secret, Slip, Title

KIND = "disclosure-receipt"


class Medium(StrEnum):
    """On what a receipt is given; its words say so."""

    THERMAL_PAPER = "thermal-paper"
    FILE = "file"


@dataclass(frozen=True)
class Place:
    """Where the receipt comes from, and on what it is given."""

    place_name: str
    station_name: str
    progress_url: str
    lang: str
    large: bool
    medium: Medium = Medium.THERMAL_PAPER


@dataclass(frozen=True)
class Facts:
    """What the paper says of this request; the name is masked before it comes here, staff is a number or empty."""

    organ: Organ
    masked_name: str
    obtain: str
    deadline: Deadline
    assisted_by: str = ""


def receipt(promise: Promise, facts: Facts, place: Place) -> Slip:
    """The slip; the query code has its place in it but not its value."""
    blocks: list[Block] = [
        Title(_("政府信息公开申请接收回执"), above=place.place_name),
        Big(_("编号"), promise.number),
        Secret("query_code", _("查询码"), _("查询码见原件")),
        Rule(),
        KeyValue(_("办理机关"), facts.organ.name),
        KeyValue(_("申请人"), facts.masked_name),
        KeyValue(_("获取方式"), facts.obtain),
        KeyValue(_("提交时间"), moment_words(promise.submitted_at)),
        KeyValue(_("收到日期"), received_words(promise)),
        KeyValue(_("答复期限"), deadline_words(promise, facts.deadline)),
        KeyValue(_("提交地点"), place.station_name),
    ]
    if facts.assisted_by:
        blocks.append(KeyValue(_("填写方式"), assisted_words(facts.assisted_by)))
    if facts.organ.phone:
        blocks.append(KeyValue(_("联系电话"), facts.organ.phone))
    if facts.organ.hours:
        blocks.append(KeyValue(_("办公时间"), facts.organ.hours))
    blocks += [
        Rule(),
        Qr(qr_text(promise.number, place), _("用编号和查询码查进度")),
        *_legal(promise, place.medium),
    ]
    return Slip(KIND, _("政府信息公开申请接收回执"), tuple(blocks), lang=place.lang, large=place.large)


def _legal(promise: Promise, medium: Medium) -> list[Block]:
    is_paper = medium is Medium.THERMAL_PAPER
    lines = [
        _("本回执只证明申请已经接收，热敏纸打印，没有印章，不是答复文书。请妥善保管，不要让别人看到查询码。")
        if is_paper
        else _(
            "本回执只证明申请已经接收，是电子文件，没有印章，不是答复文书。请妥善保管，不要让别人看到查询码。"
        ),
        _(
            "依据《中华人民共和国政府信息公开条例》第二十九条、第三十一条、第三十三条。需要补正、延长答复期限、"
            "征求第三方意见的，期限依法相应变化。对办理有意见的，可以依照第四十七条、第五十一条提出。"
        ),
        _("您的个人信息只用于办理这件申请，提交时已加密，只有办理机关能打开。"),
        _("本机先接收，联网后自动送达办理机关。")
        if is_paper
        else _("由县里的公开网页接收，自动送达办理机关。"),
    ]
    if not promise.is_clock_trusted:
        lines.append(
            _("本机时钟待核对，提交时间以办理机关确认的为准。")
            if is_paper
            else _("接收时的时钟待核对，提交时间以办理机关确认的为准。")
        )
    return [Rule(), *(Para(line, small=True) for line in lines)]


def assisted_words(number: str) -> str:
    """Who filled in the request, by the number on the badge."""
    return _("大厅工作人员（工号%(number)s）代为填写，本人确认", number=number)


def qr_text(number: str, place: Place) -> str:
    """What the QR code holds: the progress page with the number, or the number alone; never the query code."""
    return f"{place.progress_url}?number={number}" if place.progress_url else number


def moment_words(moment: datetime) -> str:
    """Day and minute in Beijing."""
    local = moment.astimezone(BEIJING)
    return f"{date_words(local.date())} {local:%H:%M}"


def received_words(promise: Promise) -> str:
    """The day of receipt, or who will confirm it."""
    if promise.received_on:
        return date_words(promise.received_on)
    if promise.received_basis == ReceivedBasis.CLOCK_UNVERIFIED:
        return _("待办理机关确认（本机时钟待核对）")
    return _("待办理机关依条例第三十一条确认")


def deadline_words(promise: Promise, deadline: Deadline) -> str:
    """The time limit in words, with the date as far as it can be known."""
    rule = _("自收到之日起%(days)s个工作日内", days=REPLY_WORKDAYS)
    if promise.received_basis == ReceivedBasis.CLOCK_UNVERIFIED:
        return rule
    day = date_words(deadline.on)
    if promise.received_on:
        words = _("%(rule)s，预计不晚于%(day)s", rule=rule, day=day)
    else:
        words = _("%(rule)s；如当天确认收到，预计不晚于%(day)s", rule=rule, day=day)
    return words + (_("（下一年放假安排公布前为暂定）") if deadline.is_provisional else "")


def obtain_words(way: str) -> str:
    """The way of obtaining in words."""
    words = {
        rules.ObtainWay.COLLECT: _("到办理机关领取"),
        rules.ObtainWay.READ: _("到办理机关当场阅读、抄录"),
        rules.ObtainWay.POST: _("邮寄"),
        rules.ObtainWay.EMAIL: _("电子邮件"),
    }
    return words[rules.ObtainWay(way)]
