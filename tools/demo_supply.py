"""A made-up supply for the demo: places, topics of the work plan and hours, all marked as samples."""

from __future__ import annotations

from datetime import date, timedelta

from kiosk.calendar.in_force import HubCalendar
from kiosk.clock import Clock, today
from kiosk.consultation.supply import changing
from kiosk.consultation.supply.changing import SupplyHand
from kiosk.consultation.supply.things import (
    BookingTerms,
    DayException,
    DayRule,
    DaySpan,
    ExceptionKind,
    OpeningRule,
    PlaceKind,
    ServicePoint,
    Thing,
    Topic,
)
from kiosk.consultation.supply.whole import change_to

HALL, CENTRE, CALL, VIDEO = "hall", "liulin", "call", "video"
PLACES = (
    ServicePoint(
        HALL,
        PlaceKind.HALL,
        "示例县政务服务大厅",
        "示例县示例路1号（示例）",
        "示例路和示例街路口往东50米，坐3路车到政务中心站（示例）",
        "0635-0000010",
        is_sample=True,
    ),
    ServicePoint(
        CENTRE,
        PlaceKind.CENTRE,
        "柳林镇便民服务中心（示例）",
        "柳林镇示例街8号（示例）",
        "镇卫生院对面（示例）",
        "0635-0000011",
        township="柳林镇",
        is_sample=True,
    ),
    ServicePoint(CALL, PlaceKind.TELEPHONE, "电话咨询（示例）", telephone="0635-0000012", is_sample=True),
    ServicePoint(
        VIDEO, PlaceKind.VIDEO, "视频咨询（示例）", link="会议号 000 000 000（示例）", is_sample=True
    ),
)
_TOPICS = (
    ("birth", "生育登记和补贴", "生育", "示例县卫生健康局", "身份证、结婚证", "sample:guide-006"),
    ("school", "上学和转学", "上学", "示例县教育和体育局", "户口簿、房产证或者租房合同", ""),
    ("job", "就业和失业", "就业", "示例县人力资源和社会保障局", "身份证、社会保障卡", "sample:guide-018"),
    ("trade", "办营业执照、创业补贴", "创业", "示例县行政审批服务局", "身份证、场地证明", "sample:guide-011"),
    (
        "pension",
        "养老金和老年证",
        "养老",
        "示例县人力资源和社会保障局",
        "身份证、一寸照片",
        "sample:guide-010",
    ),
    ("health", "医保参保和报销", "医疗", "示例县医疗保障局", "身份证、医保电子凭证", "sample:guide-008"),
    ("tax", "纳税和社保缴费", "纳税", "示例县税务局", "身份证", ""),
    ("house", "房屋过户、公租房", "住房", "示例县自然资源和规划局", "身份证、不动产权证", "sample:guide-012"),
    ("aid", "低保和临时救助", "救助", "示例县民政局", "身份证、户口簿", "sample:guide-001"),
)
TOPICS = tuple(
    Topic(code, name, group, department, tuple(bring.split("、")), guide, at, is_sample=True)
    for at, (code, name, group, department, bring, guide) in enumerate(_TOPICS, start=1)
)
MORNING, AFTERNOON = DaySpan(9 * 60, 11 * 60 + 30), DaySpan(14 * 60, 17 * 60)


def add(clock: Clock) -> None:
    """Make the sample supply and its sessions in the open hub."""
    day = today(clock)
    hand = SupplyHand("operator:demo", clock.now(), HubCalendar()(), None, "示例")
    changing.save(map(change_to, _things(day)), hand, {})


def _things(day: date) -> list[Thing]:
    all_topics = dict.fromkeys((each.code for each in TOPICS), 1)
    return [
        BookingTerms(horizon_days=10),
        *PLACES,
        *TOPICS,
        _rule("hallweek", HALL, DayRule.WORKDAYS, (MORNING, AFTERNOON), 30, all_topics, day),
        _rule("hallsat", HALL, DayRule.NTH, (MORNING,), 30, {"pension": 1, "birth": 1}, day, (5,), (1, 3)),
        _rule("liulintue", CENTRE, DayRule.WEEKDAYS, (MORNING,), 30, {"pension": 1, "aid": 1}, day, (1, 3)),
        _rule("callweek", CALL, DayRule.WORKDAYS, (AFTERNOON,), 20, {"tax": 1, "health": 1}, day),
        _rule("videowed", VIDEO, DayRule.WEEKDAYS, (AFTERNOON,), 30, {"trade": 1}, day, (2,)),
        _closure(day),
    ]


def _rule(
    code: str,
    place: str,
    day_rule: DayRule,
    spans: tuple[DaySpan, ...],
    slot: int,
    windows: dict[str, int],
    valid_from: date,
    weekdays: tuple[int, ...] = (),
    nth: tuple[int, ...] = (),
) -> OpeningRule:
    return OpeningRule(
        code,
        place,
        day_rule,
        spans,
        slot,
        windows,
        valid_from,
        weekdays=weekdays,
        nth=nth,
        is_sample=True,
    )


def _closure(day: date) -> DayException:
    """Return an afternoon without service, in the second week from now."""
    closed = day + timedelta(days=9 - day.weekday() if day.weekday() < 5 else 10)
    return DayException(
        "meeting",
        HALL,
        ExceptionKind.CLOSED,
        closed,
        closed,
        "业务学习（示例）",
        (DaySpan(15 * 60, 17 * 60),),
        is_sample=True,
    )
