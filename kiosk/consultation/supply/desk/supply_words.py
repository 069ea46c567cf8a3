"""The words of a supply at the desk: hours as they are typed and read, kinds, refusals."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping

from kiosk.consultation.supply.things import (
    DayException,
    DayRule,
    DaySpan,
    ExceptionKind,
    OpeningRule,
    PlaceKind,
    Supply,
    SupplyPart,
    in_order,
)
from kiosk.errors import RuleBroken
from kiosk.web.language.i18n import date_words
from kiosk.web.language.wording import N_
from kiosk.web.language.wording import gettext as _

PLACE_KINDS = {
    PlaceKind.HALL: N_("县政务服务大厅"),
    PlaceKind.CENTRE: N_("乡镇便民服务中心"),
    PlaceKind.TELEPHONE: N_("电话咨询"),
    PlaceKind.VIDEO: N_("视频咨询"),
}
DAY_RULES = {
    DayRule.WORKDAYS: N_("工作日"),
    DayRule.WEEKDAYS: N_("每周固定的几天"),
    DayRule.NTH: N_("每月第几个星期几"),
}
EXCEPTION_KINDS = {
    ExceptionKind.CLOSED: N_("不办"),
    ExceptionKind.INSTEAD: N_("改成这些时间"),
    ExceptionKind.MADE_UP: N_("调休上班日按星期几办"),
}
WEEKDAYS = (N_("周一"), N_("周二"), N_("周三"), N_("周四"), N_("周五"), N_("周六"), N_("周日"))
NTHS = {1: N_("第一个"), 2: N_("第二个"), 3: N_("第三个"), 4: N_("第四个"), 5: N_("最后一个")}
PARTS = {
    SupplyPart.PLACE: N_("地点"),
    SupplyPart.TOPIC: N_("事项"),
    SupplyPart.RULE: N_("开放时间"),
    SupplyPart.EXCEPTION: N_("特别的日子"),
    SupplyPart.TERMS: N_("预约的规定"),
}
UNANNOUNCED = N_("放假安排还没有公布的年份也可以预约，日期写明是暂定的")
TERM_WORDS = {
    "horizon_days": N_("最多提前几天预约"),
    "notice_min": N_("开始前多少分钟停止预约"),
    "each_topic": N_("一个电话，一个事项最多几个没办的预约"),
    "in_all": N_("一个电话一共最多几个没办的预约"),
    "desk_percent": N_("留给窗口和电话的名额，占百分之几"),
    "priority_percent": N_("留给老年人、残疾人的名额，占百分之几"),
    "phone_percent": N_("手机最多约走百分之几的名额"),
    "answer_workdays": N_("留下的问题几个工作日内答复"),
    "missed_times": N_("约了没来几次，机器和手机上暂不能约（0：不限制）"),
    "missed_days": N_("没来的次数按最近几天算，也是暂停的天数"),
    "opens_unannounced": UNANNOUNCED,
}
ALL_PLACES = N_("所有地点")
WHY = {
    "span-wrong": N_("时间不对：“%(said)s”。请这样写：09:00-11:30。"),
    "spans-missing": N_("请写至少一段时间，比如：09:00-11:30。"),
    "spans-many": N_("一天最多写四段时间。"),
    "spans-overlap": N_("两段时间重叠了。"),
    "slot-wrong": N_("每次咨询5到120分钟，而且放得进写的时间。"),
    "windows-missing": N_("至少给一个事项写窗口数，最多50个。"),
    "weekdays-missing": N_("请选星期几。"),
    "nth-missing": N_("请选每月第几个。"),
    "valid-wrong": N_("截止的日子在开始以前。"),
    "days-wrong": N_("最后一天在第一天以前，或者超过了一年。"),
    "reason-missing": N_("请写原因，群众会看到。"),
    "name-missing": N_("请写名称，最多40个字。"),
    "address-missing": N_("大厅和服务中心要写地址。"),
    "telephone-missing": N_("电话咨询要写电话号码。"),
    "link-missing": N_("视频咨询要写会议的网址或会议号。"),
    "department-missing": N_("请写由哪个部门答复。"),
    "place-unknown": N_("这个地点还有开放时间或特别的日子，请先改掉它们。"),
    "topic-unknown": N_("这个事项还有窗口，请先在开放时间里把它的窗口改成0。"),
    "rules-overlap": N_("%(day)s，同一个事项在同一段时间由两条规则开放。请把其中一条改开。"),
    "dates-overlap": N_("%(day)s已经有另一条特别的安排，请改那一条。"),
    "supply-too-large": N_("地点、事项和时间一共最多2000条。"),
    "terms-wrong": N_("“%(name)s”填的数不对。"),
    "code-wrong": N_("编号不对。"),
    "no-booking-settled": N_("每个受影响的预约都要选怎么办。"),
    "why-missing": N_("请写为什么改：要改时间、取消的人会看到。"),
    "booking-over": N_("有一个预约已经在办或者办完了，不能取消，请选保留。"),
    "no-time": N_("选的时间刚刚没有名额了，请另选一个。"),
}
_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*(?:-|~|—|–|至|到)+\s*(\d{1,2}):(\d{2})")


def sentence(broken: RuleBroken) -> str:
    """Return why a supply is refused."""
    name = _(TERM_WORDS[broken.detail]) if broken.code == "terms-wrong" else ""
    day = date_words(broken.detail, weekday=True) if broken.code in ("rules-overlap", "dates-overlap") else ""
    return _(WHY[broken.code], said=broken.detail, day=day, name=name)


def spans_of(typed: str) -> tuple[DaySpan, ...]:
    """
    Return the hours that a person typed: "9:00-11:30", a line or a comma each.

    Raises:
        RuleBroken: "span-wrong" with the piece that cannot be read.
    """
    plain = unicodedata.normalize("NFKC", typed).replace("：", ":")
    pieces = [each.strip() for each in re.split(r"[,，、;；\n]", plain) if each.strip()]
    return tuple(sorted(_span(each) for each in pieces))


def _span(piece: str) -> DaySpan:
    found = _SPAN.fullmatch(piece)
    if not found or int(found[2]) > 59 or int(found[4]) > 59:
        raise RuleBroken("span-wrong", piece[:40])
    made = DaySpan(int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4]))
    made.check()
    return made


def clock(minutes: int) -> str:
    """Return a time of day: 540 is 09:00."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def span_text(span: DaySpan) -> str:
    """Return a span as it is typed and read."""
    return f"{clock(span.starts)}-{clock(span.ends)}"


def span_texts(spans: Iterable[DaySpan], joint: str = "\n") -> str:
    """Return spans as `spans_of` reads them."""
    return joint.join(map(span_text, spans))


def windows_text(supply: Supply, windows: Mapping[str, int]) -> str:
    """Return how many windows each topic has, in the order of the topics."""
    known = in_order(supply.topics[code] for code in windows if code in supply.topics)
    return "、".join(f"{topic.name} {windows[topic.code]}" for topic in known)


Say = Callable[..., str]
"""Puts values into a text, in the language of the page (`gettext`) or as it was written (`as_written`)."""


def as_written(text: str, **values: str) -> str:
    """Return a text in the language of the source, for what is compared between two versions."""
    return text % values if values else text


def days_text(rule: OpeningRule, say: Say = _) -> str:
    """Return which days a rule names."""
    days = "、".join(say(WEEKDAYS[each]) for each in rule.weekdays)
    if rule.day_rule is DayRule.NTH:
        nth = "、".join(say(NTHS[each]) for each in rule.nth)
        return say(N_("每月%(nth)s%(days)s"), nth=nth, days=days)
    if rule.day_rule is DayRule.WEEKDAYS:
        return say(N_("每%(days)s"), days=days)
    return say(DAY_RULES[rule.day_rule])


def what_holds(exception: DayException, say: Say = _) -> str:
    """Return what a date says, in a few words."""
    times = span_texts(exception.spans, "、")
    if exception.kind is ExceptionKind.CLOSED:
        return say(N_("%(times)s不办"), times=times) if times else say(N_("全天不办"))
    if exception.kind is ExceptionKind.INSTEAD:
        return say(N_("改成%(times)s"), times=times)
    if exception.as_weekday is None:
        return say(N_("按星期几开的都不办"))
    return say(N_("按%(day)s办"), day=say(WEEKDAYS[exception.as_weekday]))
