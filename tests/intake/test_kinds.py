"""A question costs a row, a kind of submission costs a row: shown by rows that only these tests know."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import flask
import pytest

from kiosk import db
from kiosk.app.handlings import HANDLINGS
from kiosk.app.submissions import KINDS
from kiosk.disclosure import application
from kiosk.disclosure.desk.handling import REQUESTS
from kiosk.disclosure.questions import SECTIONS
from kiosk.intake import begun, questions, slips
from kiosk.intake.begun import Begun
from kiosk.intake.form import blanks
from kiosk.intake.form.blanks import Asking, Blank, Goes, Masks, Option
from kiosk.intake.handling import DeskState, Handling
from kiosk.intake.kinds import ARRIVED, SUBMITTED, StateWords, SubmissionKind
from kiosk.intake.promises import Entrance, PromisedTerms, Receipt
from kiosk.intake.questions import Question
from kiosk.intake.receipt_paper import RECEIPT_PAPER
from kiosk.intake.register import PlainRegister
from kiosk.web import context
from kiosk.workdays import Basis
from printers.paper import plain
from printers.paper.document import Slip
from sync.hub import statuses
from tests.building import terminal_settings
from tests.clocks import MONDAY_MORNING
from tests.intake.county import Answers, County, a_county
from tests.journeys.story import ADDED, ANSWERS, INQUIRY
from tools.gallery import gallery_app

PRINTED = {"paper": {"paper": "standard"}}
LANGUAGE = Question(
    name="tongue",
    section=SECTIONS[0],
    blanks=(
        Blank(
            name="tongue",
            label="您想用什么话写的答复？",
            short="答复的文字",
            slip="答复文字",
            goes=Goes.SEALED,
            needed="请写下来。",
            masks=Masks(slip=lambda told: told[:1] + "*"),
        ),
    ),
)


def with_questions(handling: Handling, *more: Question) -> Handling:
    """A kind that asks more before it asks for paper."""
    *asked, last = handling.kind.questions
    kind = replace(handling.kind, questions=(*asked, *more, last))
    return replace(handling, kind=kind)


def everything_answered(*more: tuple[str, dict[str, str]]) -> Answers:
    rest = {name: fields for name, fields in ANSWERS.items() if name != "paper"}
    return {**rest, **dict(more), **PRINTED}


@pytest.fixture
def asking_more(tmp_path: Path) -> Iterator[County]:
    with a_county(tmp_path, [with_questions(REQUESTS, LANGUAGE)]) as county:
        yield county


def test_a_question_in_memory_stands_on_every_page_is_sealed_and_is_opened_by_the_clerk(
    asking_more: County,
) -> None:
    county, citizen = asking_more, asking_more.citizen
    assert "一共10个小问题" in citizen.open("/request/")
    check = citizen.fill_in("request", everything_answered(("tongue", {"tongue": "维吾尔文"})))
    assert "答复的文字" in check
    assert "维吾尔文" in check
    number, _code = citizen.hand_in("request")
    told = plain.render(county.slip(), 32)
    assert "答复文字" in told
    assert "维*" in told
    assert "维吾尔文" not in told, "the slip is masked"
    submission = county.carry_up()
    assert "tongue" not in submission.envelope
    with county.hub_side() as lina:
        page = f"/desk/requests/{number}"
        assert "维吾尔文" not in lina.get(page).text
        opened = lina.post(f"{page}/open", on=page).text
        assert "答复的文字" in opened
        assert "维吾尔文" in opened


def test_a_question_in_memory_is_asked_and_checked_like_the_others(asking_more: County) -> None:
    citizen = asking_more.citizen
    citizen.send("/request/")
    for name, fields in list(everything_answered().items())[:8]:
        assert citizen.send(f"/request/{name}", **fields).status_code == 303
    wrong = citizen.send("/request/tongue", tongue="")
    assert wrong.status_code == 422
    assert "请写下来。" in wrong.text
    assert "您想用什么话写的答复？" in wrong.text


def test_a_question_in_memory_stands_in_the_overview_of_whoever_assists_and_on_the_page_to_confirm(
    asking_more: County,
) -> None:
    kind = asking_more.handlings[0].kind
    answers = {name: value for fields in ANSWERS.values() for name, value in fields.items()}
    done = {f"done:{question.name}": "yes" for question in kind.questions}
    form = Begun("k", {**answers, **done, "tongue": "维吾尔文", "notice": "2026-11"}, assisted_by="0001")
    client = asking_more.citizen.client
    with client.application.test_request_context("/assist", base_url="http://localhost"):
        begun.keep(flask.session, kind, form)
        standing = context.terminal().form_overview()
        assert standing
        part = next(each for each in standing.parts if each.label == "答复的文字")
        assert (part.value, part.href, part.is_done) == ("维吾尔文", "/request/tongue", True)
    with client.session_transaction(base_url="http://localhost") as visit:
        begun.keep(visit, kind, form)
    confirm = asking_more.citizen.open("/request/confirm")
    assert "答复的文字" in confirm
    assert "维吾尔文" in confirm


def test_a_question_in_memory_stands_on_the_form_to_sign() -> None:
    kind = with_questions(REQUESTS, LANGUAGE).kind
    origin = application.Origin("办", "站", MONDAY_MORNING, "", "zh", False)
    answers = {name: value for fields in ANSWERS.values() for name, value in fields.items()}
    told = plain.render(application.form(kind.questions, {**answers, "tongue": "维吾尔文"}, origin), 60)
    assert told.count("答复的文字") == 2


def test_every_question_has_a_sample_answer() -> None:
    for kind in KINDS:
        for question in kind.questions:
            known = (each.get(question.name, {}) for each in (ANSWERS, ADDED, INQUIRY))
            given = {name for answers in known for name in answers}
            assert given & {blank.name for blank in question.blanks}, (
                f"story.py has no answer to the question {question.name} of a {kind.name}: add one, for every"
                " journey fills the form in with it"
            )


def test_every_answer_of_every_kind_has_a_destination() -> None:
    """Sealed, clear, or dropped by name: what is in none of the three parts would be lost in silence."""
    for kind in KINDS:
        for applicant in ("citizen", "business"):
            names = {blank.name for question in kind.questions for blank in question.blanks}
            answers = {"applicant": applicant, "behalf": "another"} if "applicant" in names else {}
            answers |= {"first": "other"} if "first" in names else {}
            for question in kind.questions:
                form_asks = {blank.name for blank in question.asked(answers)}
                assert form_asks, question.name
                answers |= dict.fromkeys(form_asks - answers.keys(), "x")
            blanks = {blank.name: blank for question in kind.questions for blank in question.asked(answers)}
            sealed = questions.sealed_part(kind.questions, answers).keys()
            clear = {blanks[name].clear_name or name for name in answers if blanks[name].goes is Goes.CLEAR}
            assert clear == questions.clear_part(kind.questions, answers).keys()
            dropped = {name for name in answers if blanks[name].goes is Goes.DROPPED}
            assert sealed | {name for name in answers if blanks[name].goes is Goes.CLEAR} | dropped == (
                answers.keys()
            )
            steers = {"first", "day", "time"} & names
            assert dropped == ({"paper"} | steers if kind.is_walked else set()), (
                "name here what is meant to be dropped"
            )


def test_a_blank_without_a_destination_cannot_be_written() -> None:
    with pytest.raises(TypeError, match="goes"):
        Blank(name="lost", label="丢了？", short="丢了")  # type: ignore[call-arg]


def test_no_answer_has_a_name_that_the_envelope_or_the_terminal_needs() -> None:
    taken = {"notice", "query_code", "request_number", "entry_mode", "assisted_by", "key_id", "submitted_at"}
    taken |= {"about", "organ_name", "identity_step"}
    taken |= {"reply_due", "provisional", "due_basis", "due_why", "due_workdays", "received_on", "csrf_token"}
    for kind in KINDS:
        names = {blank.name for question in kind.questions for blank in question.blanks}
        names |= {blank.clear_name for question in kind.questions for blank in question.blanks}
        assert not names & taken


def test_both_halves_of_every_kind_are_wired() -> None:
    own, added = ([kind for kind in KINDS if kind.is_about is about] for about in (False, True))
    assert [handling.kind.name for handling in HANDLINGS] == [kind.name for kind in own]
    assert {name for each in HANDLINGS for name in each.additions} == {kind.name for kind in added}
    for handling, kind in zip(HANDLINGS, own, strict=True):
        assert handling.kind.questions is kind.questions
        assert handling.kind.states is kind.states


def test_the_guide_says_how_many_questions_there_are() -> None:
    page = gallery_app(terminal_settings()).test_client().get("/help/how/request").text
    assert f"一共{len(REQUESTS.kind.questions)}个" in page


# a kind that nobody knows but this test


def booking_terms(at: Entrance) -> PromisedTerms:
    return PromisedTerms(at.day, "booked", at.calendar.after(at.day, 3, Basis.RECEIVED))


def booking_slip(given: Receipt) -> Slip:
    due = given.promise.terms.due
    assert due
    return slips.receipt(given, kind="booking-slip", title="预约单", dates=[("哪天", slips.due_words(due))])


BOOKING = SubmissionKind(
    name="booking",
    path="book",
    title="预约咨询",
    counted_as="咨询预约",
    send="预约",
    questions=(
        Question(
            name="topic",
            blanks=(
                Blank(
                    name="topic",
                    label="想问什么事？",
                    short="事项",
                    slip="事项",
                    goes=Goes.CLEAR,
                    needed="请选一项。",
                    options=(Option("birth", "生孩子", brief="生育"), Option("school", "上学")),
                ),
            ),
        ),
        Question(
            name="child",
            blanks=(
                Blank(
                    name="child",
                    label="孩子几岁？",
                    short="年龄",
                    goes=Goes.SEALED,
                    needed="请填写。",
                    when=lambda answers: answers.get("topic") != "birth",
                ),
                Blank(
                    name="expected",
                    label="预产期是哪天？",
                    short="预产期",
                    goes=Goes.SEALED,
                    needed="请填写。",
                    when=lambda answers: answers.get("topic") == "birth",
                ),
            ),
        ),
        RECEIPT_PAPER,
    ),
    notice="2026-11",
    terms=booking_terms,
    slip=booking_slip,
    states={
        SUBMITTED: StateWords("已预约", "预约存在这台机器里。", "已预约", is_good=False),
        ARRIVED: StateWords("已预约", "预约已经到县里。", "已到县里", is_good=False),
        "called": StateWords("已叫号", "请到2号窗口。", "已叫号", is_good=True),
    },
)
BOOKINGS = Handling(
    kind=BOOKING,
    path="bookings",
    title="咨询预约",
    register=PlainRegister(BOOKING),
    states={SUBMITTED: DeskState("等着叫号", "warn", "inbox"), "called": DeskState("叫过了", "good")},
    heads=("办理机关",),
    row="intake/desk/_row.html",
)


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    with a_county(tmp_path, [REQUESTS, BOOKINGS]) as made:
        yield made


def test_a_made_up_kind_travels_from_form_to_desk_to_tracking(county: County) -> None:
    citizen = county.citizen
    assert "预约咨询" in citizen.open("/book/")
    check = citizen.fill_in(
        "book", {"topic": {"topic": "birth"}, "child": {"expected": "明年三月"}, **PRINTED}
    )
    for words in ("事项", "生孩子", "明年三月"):
        assert words in check
    number, code = citizen.hand_in("book")
    told = plain.render(county.slip(), 32)
    for words in ("预约单", number, "生育", "哪天"):
        assert words in told
    tracked = track(county, number, code)
    assert "预约存在这台机器里。" in tracked

    county.carry_up()
    with county.hub_side() as lina:
        listed = lina.get("/desk/bookings").text
        assert "<span>等着叫号</span> <b>1</b>" in listed
        assert number in listed
        assert number not in lina.get("/desk/requests").text
        page = lina.get(f"/desk/bookings/{number}").text
        assert "生育" in page
        assert "明年三月" not in page
        opened = lina.post(f"/desk/bookings/{number}/open", on=f"/desk/bookings/{number}").text
        assert "预产期" in opened
        assert "明年三月" in opened
        acts = [act for (act,) in county.hub.connection.execute("SELECT act FROM audit ORDER BY seq")]
        assert acts[-1] == "submission.opened"
    county.carry_down()
    assert "预约已经到县里。" in track(county, number, code)

    with county.hub_side():
        statuses.set_status(
            db.store,
            number=number,
            state="called",
            detail={"kind": "booking", "organ_name": "县政务服务中心"},
            changed_at=county.clock.now(),
        )
    county.carry_down()
    tracked = track(county, number, code)
    assert "请到2号窗口。" in tracked
    assert "县政务服务中心" in tracked
    assert "2026年11月26日" in tracked, "what was promised at handing in"


def test_a_question_whose_blanks_change_with_an_earlier_answer_is_asked_again(county: County) -> None:
    citizen = county.citizen
    citizen.fill_in("book", {"topic": {"topic": "birth"}, "child": {"expected": "明年三月"}, **PRINTED})
    changed = citizen.send("/book/topic", topic="school")
    assert changed.headers["Location"] == "/book/child"
    page = citizen.open("/book/child")
    assert "孩子几岁？" in page
    assert "明年三月" not in page


def test_two_kinds_are_filled_in_side_by_side_in_one_visit(county: County) -> None:
    citizen = county.citizen
    citizen.send("/request/")
    citizen.send("/request/what", wanted="修路")
    citizen.fill_in("book", {"topic": {"topic": "school"}, "child": {"child": "6"}, **PRINTED})
    assert "修路" in citizen.open("/request/what")


def test_an_assisted_form_of_any_kind_says_where_it_stands() -> None:
    asking = Asking({"topic": "birth", "expected": "明年三月"}, MONDAY_MORNING.date(), list)
    parts = [question.in_words(asking, blanks.Sight.OVERVIEW) for question in BOOKING.questions]
    assert parts == ["生孩子", "明年三月", ""]


def track(county: County, number: str, code: str) -> str:
    answer = county.citizen.send("/progress", number=number, code=code)
    assert answer.status_code == 303, answer.text
    return county.citizen.open("/progress/seen")
