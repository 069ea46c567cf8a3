"""The questions of a booking, one page each; times are offered by the seats, days by the supply."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from wtforms import Field, ValidationError

from kiosk.consultation.booking import held_seat, times, words
from kiosk.consultation.booking.rules import Wish
from kiosk.consultation.booking.times import Offer
from kiosk.consultation.library.consent import consent_question
from kiosk.consultation.supply import things
from kiosk.consultation.supply.things import Supply
from kiosk.intake.begun import ABOUT
from kiosk.intake.form.blanks import BY_HAND, Answers, Asking, Blank, FromCard, Goes, Masks, Option
from kiosk.intake.questions import Question
from kiosk.intake.receipt_paper import RECEIPT_PAPER
from kiosk.privacy import masked_name, masked_phone
from kiosk.readers.cards.text_block import CardPart
from kiosk.seats.rules import FreeTime
from kiosk.web import context
from kiosk.web.language.wording import gettext as _
from kiosk.web.language.wording import lazy_gettext as _l

TOPIC, PLACE, FIRST, DAY, TIME = "topic", "place", "first", "day", "time"
"""Names of the blanks that lead to a seat."""
LATER = "other"
"""The answer to the first free time: show me other days."""
PHONE_FORM = re.compile(r"\+?\d{7,15}")
QUESTION_LIMIT = 300
NO_TIME = "consultation/_no_time.html"
"""Beside each list of times: what can be done without one."""


def supply() -> Supply:
    """Return what the county offers, as it is known here."""
    return context.terminal().supply()


def offer_of(answers: Mapping[str, str]) -> Offer:
    """Return the free times for the chosen topic and place."""
    return context.terminal().seats.offer(answers.get(PLACE, ""), answers.get(TOPIC, ""))


def chosen_session(answers: Mapping[str, str]) -> str:
    """Return the id of the chosen session; empty: none was chosen."""
    first = answers.get(FIRST, "")
    if first == LATER:
        return answers.get(TIME, "")
    return "" if first in {*Wish} else first


def wish_of(answers: Mapping[str, str]) -> Wish:
    """Return what is asked for: a seat, unless a wait or a call was chosen."""
    found = answers.get(FIRST, "")
    return Wish(found) if found in {*Wish} else Wish.SEAT


def looks_further(answers: Mapping[str, str]) -> bool:
    """Return whether the first free time was not the right one."""
    return answers.get(FIRST) == LATER


def takes_the_first(answers: Mapping[str, str]) -> bool:
    """Return whether the first question was answered for good."""
    return not looks_further(answers)


def plain_phone(typed: str) -> str:
    """Return a telephone number without separators."""
    return re.sub(r"[\s\-()]", "", unicodedata.normalize("NFKC", typed))


def _topics(_asking: Asking) -> Sequence[Option]:
    offered = things.in_order(supply().topics.values())
    return [Option(each.code, each.name, hint=each.group, brief=each.name) for each in offered]


def _places(asking: Asking) -> Sequence[Option]:
    found = supply().places_for(asking.answers.get(TOPIC, ""))
    return [Option(each.code, each.name, hint=each.address or words.how_to_meet(each)) for each in found]


def _firsts(asking: Asking) -> Sequence[Option]:
    """Return the first free time at once; without any, what can be done instead."""
    offer = offer_of(asking.answers)
    kept, is_change = _own(asking.answers, offer), ABOUT in asking.answers
    first = kept[:1] or offer.times[:1]
    if not first:
        return _without_times(offer, is_change=is_change)
    soonest = [_as_option(each, asking.today, with_day=True) for each in first]
    found = [*soonest, Option(LATER, _("看看别的日子"))]
    return found if is_change else [*found, _call()]


def _still_free(asking: Asking, session: str) -> Option | None:
    """Return a time that was the first one when the page was drawn, and is free although an earlier one came back."""
    found = (each for each in offer_of(asking.answers).times if each.session.id == session and each.left)
    free = next(found, None)
    return replace(_as_option(free, asking.today, with_day=True), hint="") if free else None


def _without_times(offer: Offer, *, is_change: bool) -> Sequence[Option]:
    if is_change:
        why = "" if offer.is_whole else _("现在连不上县里，看不到别的空位。")
        hint = _("%(why)s原来的时间还是您的。", why=why)
        return [Option("none", _("现在没有别的空位"), hint=hint, is_closed=True)]
    wait = Option(
        Wish.WAIT,
        _("排候补"),
        hint=_("有人取消，按先后轮到您；轮到了工作人员打电话告诉您，在这里也查得到。"),
    )
    return [wait, _call()] if offer.is_whole else [_call()]


def _call() -> Option:
    return Option(
        Wish.CALL,
        _("请工作人员打电话给我"),
        listed=_("请工作人员打电话约时间"),
        hint=_("这不算约好：工作人员会打电话和您定时间。"),
    )


def _own(answers: Answers, offer: Offer) -> list[FreeTime]:
    """Return the time that the form holds already: it stays on the list although nobody else may have it."""
    taken = held_seat.of(answers)
    if taken is None or (taken.place, taken.topic) != (answers.get(PLACE), answers.get(TOPIC)):
        return []
    left = sum(each.left for each in offer.times if each.session.id == taken.session.id)
    return [FreeTime(taken.session, max(1, left))]


def _days(asking: Asking) -> Sequence[Option]:
    terminal = context.terminal()
    offer = offer_of(asking.answers)
    found = times.days(
        supply(),
        terminal.calendar,
        _with_own(asking.answers, offer),
        asking.answers.get(PLACE, ""),
        asking.answers.get(TOPIC, ""),
        asking.today,
    )
    return [
        Option(
            each.day.isoformat(),
            words.on_day(each.day, asking.today),
            hint=_day_hint(each, offer),
            is_closed=not each.left,
        )
        for each in found
    ]


def _day_hint(day: times.DayOffered, offer: Offer) -> str:
    if day.left:
        left = _("还有%(left)s个位子", left=day.left)
        return left + (_("（这一天的放假安排还没公布，可能会变）") if day.is_provisional else "")
    if not day.is_open:
        return _("不开放：%(reason)s", reason=day.reason)
    return _("约满了") if offer.is_whole else _("连不上县里，这一天现在约不了")


def _times(asking: Asking) -> Sequence[Option]:
    offer = _with_own(asking.answers, offer_of(asking.answers))
    return [
        _as_option(each, asking.today)
        for each in offer.times
        if each.session.day.isoformat() == asking.answers.get(DAY)
    ]


def _with_own(answers: Answers, offer: Offer) -> Offer:
    own = _own(answers, offer)
    others = [each for each in offer.times if all(each.session.id != mine.session.id for mine in own)]
    found = sorted([*own, *others], key=lambda each: (each.session.day, each.session.starts))
    return Offer(found, offer.is_whole)


def _as_option(free: FreeTime, today: date, *, with_day: bool = False) -> Option:
    session = free.session
    at = words.clock(session.starts)
    day = words.on_day(session.day, today)
    return Option(
        session.id,
        f"{day} {at}" if with_day else at,
        listed=date_and_time(session.day, session.starts) if with_day else at,
        hint=_("最早的空位") if with_day else _("还有%(left)s个位子", left=free.left),
    )


def date_and_time(day: date, starts: int) -> str:
    """Return day, weekday and time."""
    return f"{words.on_day(day)} {words.clock(starts)}"


def _phone(_form: Any, field: Field) -> None:
    """Refuse a telephone number that cannot be dialled."""
    field.data = plain_phone(field.data)
    if not PHONE_FORM.fullmatch(field.data):
        raise ValidationError(_("电话号码只有数字，带区号的也可以。请再对一遍。"))


ABOUT_WHAT = Question(
    name=TOPIC,
    blanks=(
        Blank(
            name=TOPIC,
            label=_l("您想问哪一方面的事？"),
            short=_l("问什么事"),
            goes=Goes.CLEAR,
            needed=_l("请选一样。"),
            options=_topics,
        ),
    ),
)
WHERE = Question(
    name=PLACE,
    blanks=(
        Blank(
            name=PLACE,
            label=_l("在哪里问方便？"),
            short=_l("地点"),
            goes=Goes.CLEAR,
            needed=_l("请选一处。"),
            options=_places,
        ),
    ),
)
WHEN = (
    Question(
        name=FIRST,
        listed=takes_the_first,
        beside=NO_TIME,
        blanks=(
            Blank(
                name=FIRST,
                label=_l("什么时间方便？"),
                short=_l("时间"),
                goes=Goes.DROPPED,
                needed=_l("请选一样。刚才的时间可能已经被别人约走了，下面是现在的空位。"),
                options=_firsts,
                still_holds=_still_free,
            ),
        ),
    ),
    Question(
        name=DAY,
        beside=NO_TIME,
        blanks=(
            Blank(
                name=DAY,
                label=_l("哪一天方便？"),
                short=_l("日子"),
                goes=Goes.DROPPED,
                needed=_l("请选一天还有位子的。"),
                options=_days,
                when=looks_further,
            ),
        ),
    ),
    Question(
        name=TIME,
        beside=NO_TIME,
        blanks=(
            Blank(
                name=TIME,
                label=_l("几点方便？"),
                short=_l("几点"),
                goes=Goes.DROPPED,
                needed=_l("请选一个时间。刚才的时间可能已经被别人约走了，下面是现在的空位。"),
                options=_times,
                when=looks_further,
            ),
        ),
    ),
)
"""The first free time at once; other days and times only for those who ask for them."""
WHO = Question(
    name="caller",
    short=_l("联系人"),
    heading=_l("怎么称呼您？"),
    hint=_l("只用来接待您：提交时加密，只有答复您的单位能打开。"),
    blanks=(
        Blank(
            name="name",
            label=_l("姓名"),
            short=_l("姓名"),
            goes=Goes.SEALED,
            slip=_l("预约人"),
            needed=_l("请写下您的姓名。"),
            limit=40,
            writing=BY_HAND,
            masks=Masks(overview=masked_name, slip=masked_name),
            from_card=FromCard(CardPart.NAME),
        ),
        Blank(
            name="phone",
            label=_l("电话"),
            short=_l("电话"),
            goes=Goes.SEALED,
            hint=_l("有变动时打给您。"),
            needed=_l("请写下能打通的电话。"),
            checks=(_phone,),
            inputmode="tel",
            masks=Masks(confirm=masked_phone, overview=masked_phone),
        ),
    ),
)
ASK = Question(
    name="ask",
    blanks=(
        Blank(
            name="ask",
            label=_l("想先说说要问什么吗？"),
            short=_l("要问的事"),
            goes=Goes.SEALED,
            hint=_l("可以不写。写了，接待您的人能先准备；只有答复您的单位看得到。"),
            rows=4,
            limit=QUESTION_LIMIT,
        ),
    ),
)


def _wrote_a_question(answers: Answers) -> bool:
    return bool(answers.get("ask", "").strip())


QUESTIONS = (ABOUT_WHAT, WHERE, *WHEN, WHO, ASK, consent_question(_wrote_a_question), RECEIPT_PAPER)
MOVE_QUESTIONS = (*WHEN, RECEIPT_PAPER)
"""A booking that is moved keeps topic, place and person."""
