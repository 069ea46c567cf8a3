"""A question is left, promised, answered, collected, asked about once more, rated, and proposed to the library."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from kiosk import db
from kiosk.audit import Act, AuditLine
from kiosk.consultation.inquiry import inquiries, models, recounting, rules, written_answers
from kiosk.consultation.inquiry.desk.handling import INQUIRIES
from kiosk.consultation.inquiry.rules import AnswerState, InquiryState
from kiosk.consultation.library import models as library_models
from kiosk.intake.handling import HandOver, Work
from kiosk.staff.actions import Holder
from kiosk.staff.entry import signing_in
from kiosk.staff.entry.signing_in import Entered
from kiosk.web import context
from kiosk.workdays import WorkCalendar, load_calendar
from printers.spooler import spool
from sync.hub.greeting import SealKey
from sync.hub.models import LockedParcel
from sync.wire import sealing
from tests.hub import CHEAP, PASSWORD, Browser, Hub
from tests.intake.county import County, a_county, hub_side, in_reach

CANARY = "金丝雀新农合报销比例"
ANSWER = "可以报销。\n带身份证和社保卡到镇卫生院结算窗口。"
ANSWERS = {
    "topic": {"topic": "GX-ZFB"},
    "asked": {"asked": f"{CANARY}，住院要带什么？"},
    "caller": {"name": "张样例", "phone": "138 0000 1234"},
    "publish": {"may_publish": "yes"},
    "paper": {"paper": "standard"},
}


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    with a_county(tmp_path, [INQUIRIES]) as made:
        in_reach(made)
        yield made


def left(county: County, **changes: dict[str, str]) -> tuple[str, str]:
    """Number and digits of a question that has arrived."""
    county.citizen.fill_in("inquiry", {**ANSWERS, **changes})
    number, code = county.citizen.hand_in("inquiry")
    county.carry_up()
    county.citizen.client.post("/leave")
    return number, code.replace(" ", "")


def opened(clerk: Browser, number: str) -> str:
    return clerk.post(f"/desk/inquiries/{number}/open").text


def answer(clerk: Browser, number: str, text: str = ANSWER, act: str = "send") -> str:
    sent = clerk.post(f"/desk/inquiries/{number}/answer", {"text": text, "act": act})
    assert sent.status_code == 303, sent.text
    return clerk.get(f"/desk/inquiries/{number}").text


def seen(county: County, number: str, code: str) -> str:
    county.carry_down()
    county.citizen.send("/progress", number=number, code=code)
    return county.citizen.open("/progress/seen")


def read_answer(county: County) -> str:
    sent = county.citizen.send("/progress/answer", on="/progress/answer")
    assert sent.status_code == 303, sent.text
    return county.citizen.open("/progress/answer/read")


def test_a_question_is_promised_sealed_and_printed_with_its_day(county: County) -> None:
    check = county.citizen.fill_in("inquiry", ANSWERS)
    assert CANARY in check
    number, code = county.citizen.hand_in("inquiry")
    page = county.citizen.open("/inquiry/receipt")
    assert "2026年11月30日" in page, "five working days after Monday the 23rd"
    paper = county.slip().to_json()
    assert "咨询留言回执" in paper
    assert "5个工作日内" in paper
    assert CANARY not in paper
    submission = county.carry_up()
    assert submission.envelope["due_workdays"] == "5"
    assert "asked" not in submission.envelope
    with hub_side(county):
        found = models.inquiry(number)
    assert str(found.due) == "2026-11-30"
    assert found.may_publish
    assert "GX-ZFB答复您" in seen(county, number, code.replace(" ", ""))


def test_name_and_telephone_may_be_left_out_but_a_wrong_number_is_noticed(county: County) -> None:
    county.citizen.send("/inquiry/")
    for question in ("topic", "asked"):
        county.citizen.send(f"/inquiry/{question}", **ANSWERS[question])
    wrong = county.citizen.send("/inquiry/caller", name="", phone="12ab")
    assert wrong.status_code == 422
    assert county.citizen.send("/inquiry/caller", name="", phone="").status_code == 303


def test_the_answer_is_read_at_the_terminal_and_by_nobody_else(county: County) -> None:
    number, code = left(county)
    with county.hub_side() as lina:
        assert CANARY not in lina.get(f"/desk/inquiries/{number}").text
        assert CANARY in opened(lina, number)
        assert "已答复" in answer(lina, number)
        lines = AuditLine.select().where(AuditLine.act == Act.SUBMISSION_OPENED).execute(db.store)
        assert [line.subject for line in lines] == [number]
        stored = bytes(LockedParcel.select().where(LockedParcel.number == number).first(db.store).sealed)
        assert ANSWER.splitlines()[0].encode() not in stored
    assert "答复做好了" in seen(county, number, code)
    page = read_answer(county)
    for line in ANSWER.splitlines():
        assert line in page
    with hub_side(county):
        assert models.inquiry(number).collected_at


def test_the_answer_is_printed_on_the_receipt_printer_and_encrypted_while_it_waits(county: County) -> None:
    number, code = left(county)
    with county.hub_side() as lina:
        answer(lina, number)
    seen(county, number, code)
    read_answer(county)
    asked = county.citizen.open("/progress/answer/print")
    key = re.search(r'name="key" value="(\w+)"', asked)
    assert key
    sent = county.citizen.send("/progress/answer/print", file="0", key=key[1])
    assert sent.status_code == 303
    job = spool.jobs_of(db.store, f"answer-{key[1]}")[-1]
    assert job.device == spool.RECEIPT
    assert job.is_sealed
    assert "报销" not in job.slip
    assert job.secret
    assert "报销".encode() not in job.secret


def test_a_further_question_opens_it_once_more_and_is_offered_once(county: County) -> None:
    number, code = left(county)
    with county.hub_side() as lina:
        answer(lina, number)
    county.clock.moment += timedelta(days=1)
    assert "接着问一句" in seen(county, number, code)
    county.citizen.fill_in("ask-again", {"further": {"asked": "门诊呢？"}, "paper": {"paper": "none"}})
    county.citizen.tokens["ask-again"] = county.citizen.token("/ask-again/check")
    sent = county.citizen.client.post(
        "/ask-again/check", data={"csrf_token": county.citizen.tokens["ask-again"]}
    )
    assert sent.status_code == 303, sent.text
    county.carry_up()
    with county.hub_side() as lina:
        found = models.inquiry(number)
        assert (found.state, str(found.due)) == (InquiryState.ASKED_AGAIN, "2026-12-01")
        assert "门诊呢？" in opened(lina, number)
        answer(lina, number, "门诊也可以。")
    page = seen(county, number, code)
    assert "接着问一句" not in page
    assert "收到您的追问" in page
    county.citizen.client.get("/progress/answer/read")
    both = read_answer(county)
    assert "门诊也可以。" in both
    assert "可以报销" in county.citizen.open("/progress/answer/read?file=1")


def test_one_tap_says_how_it_was_answered(county: County) -> None:
    number, code = left(county)
    with county.hub_side() as lina:
        answer(lina, number)
    seen(county, number, code)
    county.citizen.send("/progress/satisfied", rating="good")
    assert "谢谢您的评价" in county.citizen.open("/progress/satisfied")
    county.carry_up()
    with county.hub_side() as lina:
        assert "满意" in lina.get(f"/desk/inquiries/{number}").text
        assert models.inquiry(number).rating == "good"


def test_where_the_county_sets_it_a_second_person_approves(county: County) -> None:
    number, code = left(county)
    with county.hub_side() as lina:
        county.hub.add_account("wang")
        settle(county, inquiry_approval=True)
        page = answer(lina, number)
        assert "等另一人审核" in page
        refused = lina.post(f"/desk/inquiries/{number}/approve")
        assert refused.status_code == 409
        assert "另一个人审核" in refused.text
        assert not LockedParcel.select().exists(db.store)
        wang = county.hub.browser("wang")
        assert wang.post(f"/desk/inquiries/{number}/give-back", {"why": "写上依据"}).status_code == 303
        assert "写上依据" in opened(lina, number)
        answer(lina, number, ANSWER + "\n依据：某办法。")
        assert wang.post(f"/desk/inquiries/{number}/approve").status_code == 303
        assert [each.state for each in models.answers(number)] == [AnswerState.RELEASED]
    seen(county, number, code)
    assert "依据：某办法。" in read_answer(county)


def settle(county: County, **changes: object) -> None:
    """Changes settings of the running hub."""
    wired = context.of(county.hub.app)
    context.give(county.hub.app, replace(wired, settings=replace(wired.settings, **changes)))  # type: ignore[type-var,arg-type]


def test_a_draft_is_kept_sealed_and_comes_back(county: County) -> None:
    number, _code = left(county)
    with county.hub_side() as lina:
        assert "有草稿" in answer(lina, number, "先写一半", act="keep")
        assert "先写一半".encode() not in models.sealed_text(models.answers(number)[0].no)[0]
        assert "先写一半" in opened(lina, number)


def test_two_answers_to_one_version_are_one(county: County) -> None:
    number, _code = left(county)
    with county.hub_side() as lina:
        path = f"/desk/inquiries/{number}/answer"
        version = lina.version(path)
        first = lina.post(path, {"text": "一", "act": "send", "version": version})
        second = lina.post(path, {"text": "二", "act": "send", "version": version})
    assert (first.status_code, second.status_code) == (303, 409)
    assert "二" in second.text, "nothing typed is lost"


def test_another_organ_gets_it_with_its_draft_and_the_citizen_sees_whose_it_is(county: County) -> None:
    number, code = left(county)
    with county.hub_side() as lina:
        answer(lina, number, "先写一半", act="keep")
        keys = {**holder(county.hub, "lina").keys}
        private, public = sealing.new_key_pair()
        to = SealKey(sealing.key_id(public), public)
        with db.writing(db.store):
            given = HandOver("GX-YBJ", to, keys, "lina", "assigned")
            inquiries.hand_over(number, given, work(county))
        draft = written_answers.present(number)
        assert draft
        assert written_answers.text_of(draft, {to.key_id: private}) == "先写一半"
        assert models.inquiry(number).organ_code == "GX-YBJ"
    assert "转给GX-YBJ" in seen(county, number, code)


def holder(hub: Hub, name: str) -> Holder:
    """A clerk with the keys of a sign-in."""
    entered = signing_in.sign_in(name, PASSWORD, hub.clock, CHEAP)
    assert isinstance(entered, Entered)
    return Holder(name, entered.reading_keys)


def work(county: County) -> Work:
    return Work(county.clock.now(), load_calendar())


def test_what_was_added_before_its_inquiry_takes_effect_when_it_arrives(county: County) -> None:
    with hub_side(county):
        about = f"{county.hub.device.terminal}-261123-{county.hub.taken + 2:04d}-K7-4"
        county.hub.take_in(kind=rules.SATISFACTION, about=about, rating="poor")
        assert county.hub.take_in(kind=rules.KIND) == about
        assert models.inquiry(about).rating == "poor"


@pytest.mark.parametrize("said", ["0", "61", "-5", "五", "", "9" * 30])
def test_a_promise_that_no_terminal_can_make_is_not_believed(said: str) -> None:
    assert rules.promised_workdays({rules.PROMISED: said}, 5) == 5


def test_the_desk_shows_what_is_due_and_overdue(county: County) -> None:
    number, _code = left(county)
    with county.hub_side() as lina:
        assert number in lina.get("/desk/inquiries").text
        assert number not in lina.get("/desk/inquiries?light=overdue").text
        county.clock.moment += timedelta(days=8)
        lina = county.hub.browser("lina")
        assert number in lina.get("/desk/inquiries?light=overdue").text
        assert "已超期" in lina.get(f"/desk/inquiries/{number}").text
        assert lina.post(f"/desk/inquiries/{number}/give", {"to": "lina"}).status_code == 303
        assert number in lina.get("/desk/inquiries?light=mine").text
        answer(lina, number)
        assert number not in lina.get("/desk/inquiries").text
        assert number in lina.get("/desk/inquiries?light=all").text


QUESTION, PUBLIC = "住院费用怎样结算？", "凭身份证和社保卡在医院结算窗口结算。"


def test_a_good_answer_goes_to_the_library_without_persons_and_by_a_second_person(county: County) -> None:
    number, _code = left(county)
    path = f"/desk/inquiries/{number}/propose"
    with county.hub_side() as lina:
        answer(lina, number)
        assert CANARY in lina.post(f"/desk/inquiries/{number}/rewrite").text
        named = lina.post(path, {"question": QUESTION, "answer": "请找张样例，13800001234。"})
        assert named.status_code == 422
        assert "必须去掉" in named.text
        quoted = lina.post(path, {"question": ANSWERS["asked"]["asked"], "answer": PUBLIC})
        assert quoted.status_code == 422
        assert "原话" in quoted.text
        assert lina.post(path, {"question": QUESTION, "answer": PUBLIC}).status_code == 303
        kept = library_models.proposed(number)
        assert kept
        assert number not in kept.doc_id
        assert "等另一人审核" in lina.get(path).text
        assert lina.post(f"/desk/inquiries/{number}/take-back", {"reason": "改了"}).status_code == 303


def test_what_nobody_may_publish_is_not_proposed(county: County) -> None:
    number, _code = left(county, publish={"may_publish": "no"})
    with county.hub_side() as lina:
        answer(lina, number)
        refused = lina.post(f"/desk/inquiries/{number}/propose", {"question": QUESTION, "answer": PUBLIC})
    assert refused.status_code == 409


def test_figures_hide_small_groups(county: County) -> None:
    number, _code = left(county)
    with county.hub_side() as lina:
        answer(lina, number)
        page = lina.get("/desk/inquiries/figures").text
    assert "＊" in page
    assert "<svg" in page


def with_a_day_off(calendar: WorkCalendar, day: date) -> WorkCalendar:
    """The same calendar after a notice that makes a working day a day off."""
    year = calendar.years[day.year]
    changed = replace(year, off=year.off | {day})
    return replace(calendar, years={**calendar.years, day.year: changed}, version="after-the-notice")


def test_another_calendar_moves_the_promised_days_of_open_questions_alone(county: County) -> None:
    number, code = left(county)
    done, _code = left(county)
    with county.hub_side() as lina:
        opened(lina, done)
        answer(lina, done)
        later = with_a_day_off(county.hub.calendar, date(2026, 11, 25))
        wiring = county.hub.app.extensions["kiosk"]
        (listed,) = wiring.would_move(later)
        assert (listed.number, str(listed.was.day), str(listed.will.day)) == (
            number,
            "2026-11-30",
            "2026-12-01",
        )
        with db.writing(db.store):
            assert wiring.recount("lina", later) == 1
        assert str(models.inquiry(number).due) == "2026-12-01"
        assert models.inquiry(number).workdays == 5
        assert recounting.would_move(Work(county.clock.now(), later)) == []
        lines = AuditLine.select().where(AuditLine.act == Act.INQUIRY_RECOUNTED).execute(db.store)
        assert [line.subject for line in lines] == [number]
    assert "12月1日" in seen(county, number, code)
