"""What the desk shows of a supply: the versions that acts on its things name."""

from __future__ import annotations

from flask import url_for

from kiosk import audit
from kiosk.audit import Act
from kiosk.clock import from_stamp
from kiosk.consultation.supply import changing, models, whole, written
from kiosk.consultation.supply.desk import supply_words
from kiosk.consultation.supply.models import SupplyState
from kiosk.consultation.supply.things import (
    BookingTerms,
    DayException,
    OpeningRule,
    ServicePoint,
    Supply,
    SupplyPart,
    Thing,
    Topic,
)
from kiosk.seen import NOBODY, Lines, Shown, Touched
from kiosk.web.context import hub
from kiosk.web.language.wording import N_

_TICKS = {True: "✓", False: "—"}


def thing(part: str, code: str) -> Shown:
    """Return the place, topic, rule, exception or terms with this code, as it is."""
    supply = models.now()
    found = whole.thing_in(supply, SupplyPart(part), code) if part in {*SupplyPart} else None
    href = url_for("supply_desk.listed", part=part if part in {*SupplyPart} else SupplyPart.PLACE.value)
    if found is None:
        return Shown(name=f"supply/{part}/{code}", href=href)
    return Shown(
        lines(supply, found),
        written.written(found),
        name=f"supply/{part}/{code}",
        href=url_for("supply_desk.edit", part=part, code=code),
        touched=lambda: _touched(part, code),
    )


def _touched(part: str, code: str) -> Touched:
    line = audit.last_about((Act.SUPPLY_CHANGED, Act.SUPPLY_ENDED), (f"{part}/{code}",))
    return Touched(line.actor, from_stamp(line.at)) if line else NOBODY


def lines(supply: Supply, found: Thing) -> Lines:
    """Return the facts of a thing as a person reads them."""
    if isinstance(found, ServicePoint):
        return _of_place(found)
    if isinstance(found, Topic):
        return _of_topic(found)
    if isinstance(found, OpeningRule):
        return _of_rule(supply, found)
    if isinstance(found, DayException):
        return _of_exception(supply, found)
    return _of_terms(found)


def lines_then(supply: Supply, state: SupplyState) -> Lines:
    """Return the facts of a thing as a row of the history has them; none: it ended."""
    if not state.content:
        return ()
    return lines(supply, written.read(SupplyPart(state.part), state.content))


def _of_place(found: ServicePoint) -> Lines:
    return (
        (N_("怎样咨询"), supply_words.PLACE_KINDS[found.kind]),
        (N_("名称"), found.name),
        (N_("地址"), found.address),
        (N_("怎么走"), found.way),
        (N_("电话"), found.telephone),
        (N_("视频会议的网址或会议号"), found.link),
        (N_("在哪个乡镇"), found.township),
    )


def _of_topic(found: Topic) -> Lines:
    return (
        (N_("事项名称"), found.name),
        (N_("人生大事"), found.group),
        (N_("由哪个部门答复"), found.department),
        (N_("要带什么"), "\n".join(found.bring)),
        (N_("服务指南的编号"), found.checklist),
        (N_("排在第几"), str(found.place_in_list)),
    )


def _of_rule(supply: Supply, found: OpeningRule) -> Lines:
    return (
        (N_("地点"), _place_name(supply, found.place)),
        (N_("哪些日子"), supply_words.days_text(found, supply_words.as_written)),
        (N_("时间"), supply_words.span_texts(found.spans)),
        (N_("每次几分钟"), str(found.slot)),
        (N_("窗口"), supply_words.windows_text(supply, found.windows)),
        (N_("跟着放假和调休走"), _TICKS[found.follows_holidays]),
        (N_("从哪天起"), found.valid_from.isoformat()),
        (N_("到哪天止"), str(found.valid_to or "")),
    )


def _of_exception(supply: Supply, found: DayException) -> Lines:
    return (
        (N_("地点"), _place_name(supply, found.place)),
        (N_("第一天"), found.first.isoformat()),
        (N_("最后一天"), found.last.isoformat()),
        (N_("这些日子"), supply_words.what_holds(found, supply_words.as_written)),
        (N_("窗口"), supply_words.windows_text(supply, found.windows)),
        (N_("原因"), found.reason),
    )


def _of_terms(found: BookingTerms) -> Lines:
    values = ((words, getattr(found, name)) for name, words in supply_words.TERM_WORDS.items())
    return tuple((words, _TICKS[value] if isinstance(value, bool) else str(value)) for words, value in values)


def _place_name(supply: Supply, code: str) -> str:
    return supply.places[code].name if code in supply.places else code or supply_words.ALL_PLACES


def conflicts() -> Shown:
    """Return the bookings whose time has ended and for which nobody decided."""
    found = changing.conflicts(hub().clock.now())
    return Shown(
        tuple((each.number, each.was.id) for each in found),
        name="supply/bookings",
        href=url_for("supply_desk.bookings"),
        touched=lambda: _rebooked([each.number for each in found]),
    )


def call(row: int) -> Shown:
    """Return a row of the telephone list."""
    found = models.rebooked(row)
    href = url_for("supply_desk.bookings")
    if found is None:
        return Shown(name=f"supply/call/{row}", href=href)
    return Shown(
        ((N_("编号"), found.number), (N_("打过电话"), found.called_by)),
        f"{found.outcome} {found.new_session} {found.called_at}",
        name=f"supply/call/{row}",
        href=href,
        touched=lambda: _rebooked([found.number]),
    )


def _rebooked(numbers: list[str]) -> Touched:
    line = audit.last_about((Act.BOOKING_REBOOKED, Act.BOOKING_CALLED_ABOUT), numbers)
    return Touched(line.actor, from_stamp(line.at)) if line else NOBODY
