"""
A booking as a kind of submission, and what is added to it: another time, its end, a yes to an offer.

A seat is taken with the answer that names a time and spent in the transaction that stores the form: what is printed
is never false. New seat first, then the earlier one back: a change is one promise.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from kiosk.clock import today
from kiosk.consultation.booking import held_seat, questions, slips, words
from kiosk.consultation.booking.questions import (
    MOVE_QUESTIONS,
    PLACE,
    QUESTIONS,
    TOPIC,
    chosen_session,
    wish_of,
)
from kiosk.consultation.booking.rules import (
    FIRST,
    KIND,
    OPEN,
    Appointment,
    BookingState,
    Wish,
    read_appointment,
)
from kiosk.consultation.supply.things import LONGEST_TEXT, BookingTerms
from kiosk.errors import Refused
from kiosk.intake.begun import ABOUT
from kiosk.intake.form.blanks import Answers
from kiosk.intake.handover.detail import is_ready
from kiosk.intake.handover.rating import SATISFIED
from kiosk.intake.kinds import (
    ARRIVED,
    SUBMITTED,
    Delivery,
    NextStep,
    OpenWay,
    StateWords,
    SubmissionKind,
    TrackedCourse,
)
from kiosk.intake.promises import Entrance, PromisedTerms
from kiosk.intake.questions import Question
from kiosk.intake.receipt_paper import RECEIPT_PAPER
from kiosk.intake.tracking import Progress
from kiosk.web import context
from kiosk.web.language.i18n import moment_words
from kiosk.web.language.wording import gettext as _
from kiosk.web.language.wording import lazy_gettext as _l

NOTICE = "2026-12"
"""Edition of the notice on personal data on the first page."""
MOVE, CANCEL, ACCEPT = "consultation-move", "consultation-cancel", "consultation-accept"
RATED = "consultation-rated"
LOST = "seat-lost"
LONGEST_SHORT = 20
"""Characters that are shown of a queue number or a window."""
IN_CALENDARS = frozenset({BookingState.BOOKED, BookingState.CANCELLED})
"""States that a calendar shows: a time to come, and that it is off."""
TITLE_LIMIT = 80
"""Characters of a document's title that a question begins with."""


def terms(at: Entrance) -> PromisedTerms:
    """Return no date of an answer: the appointment is the promise."""
    return PromisedTerms(at.day if at.is_clock_trusted else None, "booking")


def reserve(question: Question, answers: Answers, key: str) -> Answers:
    """Name the organ with a topic; take the seat of a chosen time; give up one that is no longer chosen."""
    if question.name == TOPIC:
        answers = {**answers, **_organ(answers)}
    session, taken = chosen_session(answers), held_seat.of(answers)
    if not session or (taken and taken.topic != answers.get(TOPIC)):
        return held_seat.dropped(answers)
    if taken and any(blank.name == "phone" for blank in question.blanks):
        context.terminal().seats.check_phone(answers.get("phone", ""), taken.seat, answers.get(ABOUT, ""))
    if question.name not in (questions.FIRST, questions.TIME):
        return answers
    return take(session, answers, key)


def take(session: str, answers: Answers, key: str) -> Answers:
    """
    Take a seat of a session for a form, or the same one for longer.

    Raises:
        Refused, ConnectionError: as `SeatLine.hold`.
    """
    terminal = context.terminal()
    return held_seat.kept(answers, terminal.seats.hold(session, key), terminal.clock.monotonic())


def _organ(answers: Answers) -> Answers:
    """Return the organ that answers a topic: the department by its code or name, else the office."""
    department = words.topic_of(questions.supply(), answers.get(TOPIC, "")).department
    first, *others = context.terminal().organs()
    organ = next((each for each in (first, *others) if department in (each.code, each.name)), first)
    return {"organ": organ.code}


def facts(answers: Mapping[str, str]) -> dict[str, str]:
    """Return the appointment that follows from the answers."""
    place, topic, taken = answers.get(PLACE, ""), answers.get(TOPIC, ""), held_seat.of(answers)
    if taken is None:
        return Appointment(wish_of(answers), place, topic).as_facts()
    session, seat = taken.session, taken.seat
    return Appointment(
        Wish.SEAT, place, topic, session.id, seat.no, session.day, session.starts, session.ends, seat.lease
    ).as_facts()


def first_state(kept: Mapping[str, str]) -> str:
    """Return the state with which a booking begins: what was promised on the spot, before any network."""
    return FIRST[read_appointment(kept).wish]


def within(answers: Answers, key: str, number: str) -> None:
    """Spend the seat for the submission that is being stored. Raises Refused "seat-lost"."""
    taken = held_seat.of(answers)
    if wish_of(answers) is not Wish.SEAT:
        return
    if taken is None:
        raise Refused(LOST)
    context.terminal().seats.spend(taken.seat, key, number)


REFUSALS = {
    "full": _l("刚刚被别人约走了。请换一个时间，您填的都还在。"),
    "past": _l("这个时间已经过了。请换一个时间。"),
    "too-late": _l("离这个时间太近，这里约不了了。请换一个时间，或者直接去大厅现场取号。"),
    "too-early": _l("这一天还没有开放预约。请换一个时间。"),
    "closed": _l("这个时间临时不开放了。请换一个时间。"),
    "phone-most": _l("这个电话约的已经够多了。请先取消一个，或者请工作人员帮忙。"),
    "phone-topic": _l("这个电话已经约过这件事了。要换时间，请在“查我的进度”里改。"),
    "phone-missed": _l(
        "这个电话好几次约了没有来，现在不能在机器和手机上预约，到期自动恢复。可以现场取号，"
        "或者请窗口代约；不是您的原因，请到窗口说明。"
    ),
    "phone-gave-back": _l("这个位子刚刚是您退的，先给别人。请换一个时间。"),
    "none-here": _l("现在连不上县里，这台机器上这个时间没有位子了。请换一个时间，或者请工作人员打电话给您。"),
    "too-many": _l("现在约的人太多，请过几分钟再试，或者请工作人员帮忙。"),
    "clock-wrong": _l("这台机器的时间不对，现在不能约。请换一台机器，或者请工作人员帮忙。"),
    "hold-over": _l("位子只留3分钟，时间过了。您填的都还在，再要一次就行。"),
    "lease-wrong": _l("这个位子的凭据不对，没有约上。请换一个时间，或者请工作人员帮忙。"),
    "unknown-session": _l("这个时间已经取消了。请换一个时间。"),
    LOST: _l("位子只留3分钟，时间过了。您填的都还在，再要一次就行。"),
}


STATES = {
    SUBMITTED: StateWords(_l("已登记"), _l("登记好了。"), _l("已登记"), is_good=False),
    ARRIVED: StateWords(_l("已登记"), _l("登记好了，县里已经收到。"), _l("已登记"), is_good=True),
    BookingState.BOOKED: StateWords(_l("已约好"), _l("时间约好了，请按时来。"), _l("已约好"), is_good=True),
    BookingState.CALL_BACK: StateWords(
        _l("等回电"),
        _l("还没有约好时间：工作人员会打电话给您。"),
        _l("还没有约好，等工作人员打电话"),
        is_good=False,
    ),
    BookingState.WAITING: StateWords(
        _l("排候补"),
        _l("还没有约好时间：有人取消，按先后轮到您。"),
        _l("还没有约好，正在排候补"),
        is_good=False,
    ),
    BookingState.OFFERED: StateWords(
        _l("轮到您了"),
        _l("有人取消，这个位子先留给您，请尽快回话。"),
        _l("有位子留给您，请尽快回话"),
        is_good=False,
    ),
    BookingState.HERE: StateWords(_l("已签到"), _l("已经签到，请等叫号。"), _l("已签到"), is_good=True),
    BookingState.CALLED: StateWords(
        _l("叫到您了"), _l("已经叫到您，请到窗口。"), _l("叫到您了"), is_good=True
    ),
    BookingState.SERVED: StateWords(_l("已咨询"), _l("这次咨询已经办完。"), _l("已咨询"), is_good=True),
    BookingState.MISSED: StateWords(
        _l("没有来"),
        _l("约的时间过了，没有见到您。没关系，还想问，可以再约，或者现场取号。"),
        _l("没有签到"),
        is_good=False,
    ),
    BookingState.CANCELLED: StateWords(_l("已取消"), _l("这个预约已经取消。"), _l("已取消"), is_good=True),
    BookingState.CLOSED: StateWords(_l("已结束"), _l("这次登记已经结束。"), _l("已结束"), is_good=True),
}


def course(seen: Progress) -> TrackedCourse:
    """Return what comes next and what can be done, of a booking that was looked up."""
    return TrackedCourse(next=_next(seen), ways=tuple(_ways(seen)))


def appointment_of(seen: Progress) -> Appointment:
    """Return the appointment of a booking that was looked up."""
    return read_appointment(seen.detail)


def missed_rule(terms: BookingTerms) -> str:
    """Return what missed bookings lead to, announced wherever it may matter (QUEUE.md §9); empty: to nothing."""
    if not terms.missed_times:
        return ""
    return _(
        "%(days)s天里%(times)s次约了没来又没取消的，从最早那次起满%(days)s天以前，这个电话不能在机器和手机上预约，到期自动恢复。"
        "现场取号、请窗口代约不受影响；不是您的原因，请到窗口说明。",
        days=terms.missed_days,
        times=terms.missed_times,
    )


def _next(seen: Progress) -> NextStep | None:
    asked = appointment_of(seen)
    supply = context.terminal().supply()
    place = words.place_of(supply, asked.place)
    reason = str(seen.detail.get("reason") or "")[:LONGEST_TEXT]
    if seen.state == BookingState.BOOKED and asked.day:
        where = " ".join(each for each in (place.name, place.address) if each)
        seat = _("%(place)s，座位%(seat)s号", place=where, seat=asked.seat)
        moved = _("县里改了您的时间：%(why)s。", why=reason) if reason else ""
        return NextStep(words.time_of(asked), seat, moved + place.way)
    if seen.state == BookingState.CANCELLED and reason:
        return NextStep(_("县里取消了这个预约"), reason, _("对不起。请再约一个时间，或者请工作人员帮忙。"))
    if is_ready(seen.detail):
        return NextStep(_("答复做好了，您可以在这里看、打印。"), waits_for_citizen=True)
    if seen.state in (BookingState.HERE, BookingState.CALLED) and (number := _short(seen, "ticket")):
        return _called_to(number, _short(seen, "window") if seen.state == BookingState.CALLED else "")
    if seen.state == BookingState.MISSED:
        return NextStep(_("没关系，还想问，可以再约，或者现场取号。"), "", missed_rule(supply.terms))
    if seen.state == BookingState.OFFERED and asked.day:
        until = _moment(seen.detail.get("until"))
        by = _("最晚%(at)s回话，过了就轮到下一位。", at=until) if until else ""
        return NextStep(_("%(time)s有空位，要吗？", time=words.time_of(asked)), by, waits_for_citizen=True)
    return None


def _short(seen: Progress, name: str) -> str:
    return str(seen.detail.get(name) or "")[:LONGEST_SHORT]


def _called_to(number: str, window: str) -> NextStep:
    """Return where somebody of the hall's queue is to go."""
    if window:
        return NextStep(_("请到%(window)s号窗口", window=window), _("您的号：%(number)s", number=number))
    more = _("请听叫号、看大屏幕。没听到、过号了，跟窗口说一声，接着叫您。")
    return NextStep(_("您的号：%(number)s", number=number), _("请等叫号"), more)


def _moment(written: object) -> str:
    if not isinstance(written, str):
        return ""
    try:
        return moment_words(datetime.fromisoformat(written), today(context.terminal().clock))
    except ValueError:
        return ""


def _ways(seen: Progress) -> list[OpenWay]:
    found = []
    has_arrived = seen.delivery is Delivery.ARRIVED
    if is_ready(seen.detail):
        found.append(OpenWay(_("看答复"), "answers.ask", "file-text", is_main=True))
    if seen.state == BookingState.SERVED:
        found.append(OpenWay(_("答得怎么样"), "answers.rate", "star"))
    if seen.state == BookingState.OFFERED:
        found.append(OpenWay(_("就要这个时间"), f"{ACCEPT}.start", "circle-check", is_main=True))
    if appointment_of(seen).day and seen.state == BookingState.CANCELLED:
        found.append(OpenWay(_("从日历里去掉"), f"{KIND}.calendar", "calendar"))
    if appointment_of(seen).day and seen.state == BookingState.BOOKED:
        found.append(OpenWay(_("加到日历"), f"{KIND}.calendar", "calendar"))
        found.append(OpenWay(_("要带什么"), f"{KIND}.bring", "clipboard-list"))
    if seen.state in OPEN and has_arrived and appointment_of(seen).place:
        found.append(OpenWay(_("改时间"), f"{MOVE}.start", "pencil"))
    if seen.state in OPEN:
        found.append(OpenWay(_("取消预约"), f"{CANCEL}.start", "x"))
    return found


def begins(given: Mapping[str, str]) -> Answers:
    """Return what a booking begins with that was asked for on the page of a document."""
    title, doc = given.get("title", "").strip()[:TITLE_LIMIT], given.get("about", "")
    topic = next(
        (each.code for each in questions.supply().topics.values() if doc and each.checklist == doc), ""
    )
    known = {TOPIC: topic} if topic else {}
    return {**known, "ask": _("关于《%(title)s》：", title=title)} if title else known


def known_of(seen: Progress) -> Answers:
    """Return topic and place of the booking that is changed: they are not asked again."""
    asked = appointment_of(seen)
    return {PLACE: asked.place, TOPIC: asked.topic}


def _page(name: str) -> str:
    return f"consultation/{name}.html"


SATISFACTION = SubmissionKind(
    name=RATED,
    path="booking-rating",
    title=_l("答得怎么样"),
    counted_as=_l("咨询的评价"),
    send=_l("提交"),
    questions=(SATISFIED,),
    notice=NOTICE,
    terms=terms,
    slip=slips.cancelled_slip,
    states={
        SUBMITTED: StateWords(
            _l("已提交"), _l("存在这台机器里，联网后自动送到。"), _l("已提交"), is_good=False
        ),
        ARRIVED: StateWords(_l("已送到"), _l("县里已经收到。"), _l("已送到"), is_good=True),
    },
    is_about=True,
    is_walked=False,
)
BOOKING = SubmissionKind(
    name=KIND,
    path="book",
    title=_l("问问这件事"),
    counted_as=_l("咨询预约"),
    send=_l("就这样约"),
    questions=QUESTIONS,
    notice=NOTICE,
    terms=terms,
    slip=slips.slip,
    states=STATES,
    course=course,
    pages={
        "beside": _page("_held"),
        **{name: _page(name) for name in ("start", "check", "receipt", "refused")},
    },
    begins=begins,
    facts=facts,
    first_state=first_state,
    reserve=reserve,
    within=within,
    refusals=REFUSALS,
    rated_by=SATISFACTION,
    thanks=_l("还有不明白的，可以再约，或者留言问。"),
)
_ADDED = {
    SUBMITTED: StateWords(_l("已提交"), _l("存在这台机器里，联网后自动送到。"), _l("已提交"), is_good=False),
    ARRIVED: StateWords(_l("已送到"), _l("县里已经收到。"), _l("已送到"), is_good=True),
}
MOVED = SubmissionKind(
    name=MOVE,
    path="rebook",
    title=_l("改时间"),
    counted_as=_l("咨询改期"),
    send=_l("改到这个时间"),
    questions=MOVE_QUESTIONS,
    notice=NOTICE,
    terms=terms,
    slip=slips.moved_slip,
    states=_ADDED,
    pages={
        "beside": _page("_held"),
        **{name: _page(f"changed_{name}") for name in ("start", "receipt")},
        "check": _page("check"),
        "refused": _page("refused"),
    },
    is_about=True,
    known=known_of,
    facts=facts,
    reserve=reserve,
    within=within,
    refusals=REFUSALS,
)
CANCELLED = SubmissionKind(
    name=CANCEL,
    path="cancel-booking",
    title=_l("取消预约"),
    counted_as=_l("咨询取消"),
    send=_l("取消这个预约"),
    questions=(RECEIPT_PAPER,),
    notice=NOTICE,
    terms=terms,
    slip=slips.cancelled_slip,
    states=_ADDED,
    pages={name: _page(f"changed_{name}") for name in ("start", "receipt")},
    is_about=True,
)
ACCEPTED = SubmissionKind(
    name=ACCEPT,
    path="accept-booking",
    title=_l("就要这个时间"),
    counted_as=_l("候补确认"),
    send=_l("就要这个时间"),
    questions=(RECEIPT_PAPER,),
    notice=NOTICE,
    terms=terms,
    slip=slips.accepted_slip,
    states=_ADDED,
    pages={name: _page(f"changed_{name}") for name in ("start", "receipt")},
    is_about=True,
)
ADDED = (MOVED, CANCELLED, ACCEPTED, SATISFACTION)
