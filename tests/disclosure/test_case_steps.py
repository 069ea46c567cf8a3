"""A clerk takes a case from its receipt to its end, one page a step, over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from kiosk import audit, db
from kiosk.disclosure import cases
from kiosk.disclosure.course import replay
from kiosk.disclosure.outcomes import Outcome
from kiosk.disclosure.report import case_counts
from kiosk.disclosure.report.case_counts import CountedCase
from tests.hub import Browser, Hub, build_hub


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A hub with one approved clerk, 李娜; each test takes in a case of its own."""
    hub = build_hub(tmp_path_factory.mktemp("hub"))
    hub.add_account("lina")
    yield hub
    db.real(db.store).close_all()


class Walk:
    """One case at the desk, day after day."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.on("2026-11-23")
        self.number = hub.take_in()
        self.page = f"/desk/requests/{self.number}"

    def on(self, day: str) -> Walk:
        """The morning of another day; the clerk signs in."""
        self.hub.clock.moment = datetime.fromisoformat(day).replace(hour=1, tzinfo=UTC)
        self.lina: Browser = self.hub.browser("lina")
        self.day = day
        return self

    def step(self, step: str, **form: str) -> Any:
        """Send the form of one step, today unless it says another day."""
        path = f"{self.page}/{step if step in ('receipt', 'register') else f'steps/{step}'}"
        return self.lina.post(path, {"on": self.day, **form}, on=self.page)

    def done(self, step: str, **form: str) -> Walk:
        """Take a step that must be possible, from its own page."""
        if step not in ("receipt", "register"):
            page = self.lina.get(f"{self.page}/steps/{step}")
            assert page.status_code == 200, (step, page.status_code)
            assert f"{self.page}/steps/{step}" in self.lina.get(self.page).text, f"the case offers {step}"
        answer = self.step(step, **form)
        assert answer.status_code == 303, (step, answer.status_code, answer.text)
        found = cases.case(self.number)
        course = replay(cases.events(self.number), self.hub.calendar)
        stored = (found.state, found.outcome, found.reply_due, found.closed_on, found.suspended_since)
        due = course.due.day if course.due else None
        assert stored == (course.state, course.outcome, due, course.closed_on, found.suspended_since)
        return self

    def refused(self, step: str, words: str, **form: str) -> Walk:
        """Try a step that the law forbids: one sentence, and nothing is written."""
        before = len(cases.events(self.number))
        answer = self.step(step, **form)
        assert answer.status_code in (409, 422), (step, answer.status_code)
        assert words in answer.text, (step, words)
        assert len(cases.events(self.number)) == before
        return self

    @property
    def text(self) -> str:
        """The page of the case."""
        return self.lina.get(self.page).text

    @property
    def due(self) -> date | None:
        """Its last day, as stored."""
        return cases.case(self.number).reply_due


@pytest.fixture
def walk(hub: Hub) -> Walk:
    return Walk(hub)


@pytest.fixture
def registered(walk: Walk) -> Walk:
    """A case received and registered on Monday 2026-11-23: its answer is due on 2026-12-21."""
    return walk.done("receipt", basis="confirmed").done("register")


def test_from_the_counter_to_the_service_through_every_clock(registered: Walk) -> None:
    """Correction, corrected, extension, third party, answer, service; dates counted by hand on the calendar."""
    walk = registered
    walk.on("2026-11-25").done("correction", until="2026-12-09")
    assert (walk.due, "等待补正" in walk.text) == (None, True)
    walk.refused("extend", "正在等申请人补正", workdays="20", approved_by="王主任", reason="档案多")
    walk.on("2026-12-02").done("corrected")
    assert walk.due == date(2026, 12, 30)
    walk.refused("correction", "补正只能通知一次", until="2026-12-20")
    walk.on("2026-12-04").done("opinion", kind="third-party").done("opinion-delivered", party="1")
    assert "征求意见中" in walk.text
    walk.refused("opinion-lapsed", "还不满15个工作日", party="1")
    walk.on("2026-12-11").done("opinion-arrived", party="1", answer="objects")
    assert walk.due == date(2027, 1, 6), "five working days did not count; 2027-01-01 is assumed to be worked"
    walk.done("extend", workdays="10", approved_by="王主任", reason="涉及的档案多")
    assert walk.due == date(2027, 1, 20)
    walk.refused("extend", "已经延长过一次", workdays="5", approved_by="王主任", reason="再延")
    walk.on("2026-12-18").done("answer", outcome="refused_third")
    assert "已答复待送达" in walk.text
    walk.refused("answer", "已经答复了", outcome="granted")
    walk.done("serve", way="post", proof="XA12345678").on("2026-12-22").done("delivered")
    page = walk.text
    for words in ("保护第三方合法权益", "XA12345678", "2027年2月22日", "先申请行政复议"):
        assert words in page, words
    assert "直接起诉最晚" not in page
    walk.refused("withdraw", "已经办结", way="书面").done("archive")
    assert audit.first_break() is None


def test_a_late_answer_is_noted_and_marked(registered: Walk) -> None:
    registered.on("2026-12-22").done("answer", outcome="granted").done("serve", way="direct")
    page = registered.text
    assert "逾期送达" in page
    assert "直接起诉最晚" in page


def test_an_answer_that_is_not_served_keeps_no_term(registered: Walk) -> None:
    registered.on("2026-12-21").done("answer", outcome="granted").on("2026-12-22")
    assert "已超期1个工作日" in registered.text


def test_a_correction_that_never_comes_ends_the_case(registered: Walk) -> None:
    registered.done("correction", until="2026-12-07")
    registered.on("2026-12-07").refused("correction-lapsed", "补正的期限还没有过")
    registered.on("2026-12-08").done("correction-lapsed")
    assert cases.case(registered.number).outcome is Outcome.ABANDONED_CORRECTION
    assert "逾期不补正，视为放弃" in registered.text


def test_a_late_correction_needs_a_good_reason(registered: Walk) -> None:
    registered.done("correction", until="2026-12-07").on("2026-12-09")
    registered.refused("corrected", "补正超过了期限").done("corrected", excused="y")
    assert registered.due == date(2027, 1, 6)


def test_a_fee_that_is_paid_starts_the_days_anew_and_one_that_is_not_ends_the_case(registered: Walk) -> None:
    registered.done("charge", amount="2000").done("fee-delivered")
    assert registered.due is None
    registered.refused("fee-lapsed", "缴费期限还没有过")
    registered.on("2026-12-22").done("fee-lapsed")
    assert cases.case(registered.number).outcome is Outcome.ABANDONED_FEE


def test_a_clear_excess_is_answered_later_or_refused(registered: Walk) -> None:
    registered.refused("answer", "先要求申请人说明理由", outcome="mass")
    registered.refused("delay", "先要求申请人说明理由", until="2027-03-01", approved_by="王主任")
    registered.done("reasons", until="2026-12-04")
    registered.refused("delay", "要晚于现在的答复期限", until="2026-12-10", approved_by="王主任")
    registered.done("delay", until="2027-03-01", approved_by="王主任")
    assert registered.due == date(2027, 3, 1)
    assert "延迟答复的期限" in registered.text


def test_a_request_is_withdrawn_and_a_review_is_noted(registered: Walk) -> None:
    registered.done("review", kind="review", organ="示例市人民政府", file="示例复〔2026〕1号")
    registered.done("review-decided", file="示例复〔2026〕1号", result="upheld")
    registered.done("withdraw", way="书面")
    assert cases.case(registered.number).outcome is Outcome.WITHDRAWN


REVIEW = {"kind": "review", "organ": "示例市人民政府", "file": "示例复〔2026〕2号"}
DECIDED = {"file": REVIEW["file"], "result": "corrected", "answer_again": "y"}


def test_a_refusal_that_a_review_takes_back_is_answered_again(hub: Hub, registered: Walk) -> None:
    """Decided on Monday 2026-12-14: due 2027-01-11 (2027-01-01 is assumed to be worked); the report keeps the first."""
    walk = registered.on("2026-11-27").done("answer", outcome="refused_internal").done("serve", way="direct")
    walk.done("archive").on("2026-12-01").done("review", **REVIEW).on("2026-12-14")
    walk.refused("review-decided", "不用重新答复", **{**DECIDED, "result": "upheld"})
    walk.refused("review-decided", "期限要晚于", **DECIDED, until="2026-12-14")
    walk.refused("review-decided", "不能早于记下的复议", **{**DECIDED, "on": "2026-11-26"})
    walk.done("review-decided", **DECIDED)
    assert walk.due == date(2027, 1, 11)
    page = walk.text
    for words in ("办理中", "原来的答复", "要求重新答复", "收到决定或者判决之日"):
        assert words in page, words
    assert "收到要求重新答复的决定或者判决之日" in walk.lina.get(f"{walk.page}/days").text
    said = told(hub, walk.number)
    assert (said["timeline"][-1], said["remedies"]) == ({"at": "2026-12-14", "act": "review-decided"}, None)
    assert case_counts.one(walk.number, None) == CountedCase(
        walk.number, "GX-ZFB", "citizen", date(2026, 11, 23), date(2026, 11, 27), Outcome.REFUSED_INTERNAL
    )
    walk.refused("answer", "不能早于收到要求重新答复", outcome="granted", on="2026-12-11")
    walk.done("extend", workdays="5", approved_by="王主任", reason="要重新检索")
    walk.done("answer", outcome="granted").done("serve", way="direct")
    assert cases.case(walk.number).outcome is Outcome.GRANTED
    assert case_counts.one(walk.number, None).outcome == Outcome.REFUSED_INTERNAL  # type: ignore[union-attr]
    assert audit.first_break() is None


def test_the_day_that_follows_is_shown_before_a_step_is_noted(registered: Walk) -> None:
    walk, before = registered.on("2026-11-30"), len(cases.events(registered.number))
    extension = {"workdays": "10", "approved_by": "王主任", "reason": "档案多"}
    looked = walk.step("extend", **extension, look="1")
    assert (looked.status_code, "从2026年12月21日变成2027年1月4日" in looked.text) == (200, True)
    assert 'value="王主任"' in looked.text, "what was typed is still there"
    assert len(cases.events(walk.number)) == before
    walk.refused("extend", "延长最多20个工作日", **{**extension, "workdays": "30"}, look="1")


def test_a_day_that_a_decision_sets_is_the_last_one(hub: Hub, registered: Walk) -> None:
    walk = registered.on("2026-12-22").done("review", **REVIEW)
    walk.done("review-decided", **DECIDED, until="2026-12-31")
    assert walk.due == date(2026, 12, 31)
    assert "这一天是复议决定或者判决定的" in walk.text
    assert "要求在2026年12月31日以前重新答复" in walk.lina.get(f"{walk.page}/days").text
    assert told(hub, walk.number)["timeline"][-1]["until"] == "2026-12-31"
    walk.refused("extend", "机关不能改", workdays="5", approved_by="王主任", reason="多")


def told(hub: Hub, number: str) -> dict[str, Any]:
    """What the hub says of a request to the citizen."""
    (detail,) = hub.connection.execute("SELECT detail FROM status WHERE number = ?", (number,)).fetchone()
    said: dict[str, Any] = json.loads(detail)
    return said


@pytest.mark.parametrize(
    ("step", "form", "words"),
    [
        ("correction", {"on": "2026-12-03", "until": "2026-12-20"}, "超过7个工作日"),
        ("correction", {"until": "2026-12-03", "on": "2026-12-03"}, "超过7个工作日"),
        ("correction", {"until": ""}, "请选一个日期"),
        ("extend", {"on": "2026-12-22", "workdays": "20", "approved_by": "王", "reason": "多"}, "已经过了"),
        ("extend", {"workdays": "21", "approved_by": "王", "reason": "多"}, "延长最多20个工作日"),
        ("extend", {"workdays": "20", "approved_by": " ", "reason": "多"}, "请填写"),
        ("opinion", {"kind": "co-maker", "organ": ""}, "请写是哪个机关"),
        ("answer", {"outcome": "unclear"}, "没有补正过"),
        ("answer", {"outcome": "withdrawn"}, "有地方要改一下"),
        ("answer", {"outcome": "granted", "on": "2026-11-20"}, "不能早于收到申请"),
        ("answer", {"outcome": "granted", "on": "2027-01-20"}, "不能晚于今天"),
        ("serve", {"way": "direct"}, "还没有答复"),
        ("corrected", {}, "没有在等补正的通知"),
        ("archive", {}, "还没有办结"),
    ],
)
def test_an_illegal_step_is_refused_with_its_article(
    registered: Walk, step: str, form: dict[str, str], words: str
) -> None:
    registered.on("2026-12-23")
    before = len(cases.events(registered.number))
    answer = registered.step(step, **form)
    assert answer.status_code in (409, 422), answer.status_code
    assert words in answer.text
    assert len(cases.events(registered.number)) == before


def test_the_day_of_receipt_is_empty_and_its_deadline_is_shown_before_it_is_kept(walk: Walk) -> None:
    page = walk.lina.get(f"{walk.page}/receipt").text
    assert 'name="on"' in page
    assert 'value="2026' not in page
    shown = walk.lina.get(f"{walk.page}/receipt?on=2026-11-23&basis=confirmed").text
    for words in ("2026年12月21日", "11月28日至11月29日", "2026年12月2日", "确认收到"):
        assert words in shown, words
    assert cases.case(walk.number).received_on is None


def test_a_wrong_day_of_receipt_is_corrected_with_a_reason_and_everything_is_counted_again(
    registered: Walk,
) -> None:
    walk = registered.on("2026-11-26")
    walk.refused("receipt", "请填写", on="2026-11-24", basis="signed", reason="")
    walk.refused("receipt", "没有要更正的", on="2026-11-23", basis="confirmed", reason="核对")
    shown = walk.lina.get(f"{walk.page}/receipt?on=2026-11-24&basis=signed&reason=看错邮戳").text
    assert "从2026年12月21日变成2026年12月22日" in shown
    walk.done("receipt", on="2026-11-24", basis="signed", reason="看错邮戳")
    assert walk.due == date(2026, 12, 22)
    assert "看错邮戳" in walk.text
    walk.done("correction", on="2026-11-25", until="2026-12-10")
    walk.refused("receipt", "不能晚于后面已经办的步骤", on="2026-11-26", basis="signed", reason="再改")


def test_what_the_citizen_is_shown_is_dated_and_nothing_personal(hub: Hub, registered: Walk) -> None:
    registered.done("correction", until="2026-12-09")
    said = told(hub, registered.number)
    assert said["timeline"][-1] == {"at": "2026-11-23", "act": "correction-asked", "until": "2026-12-09"}
    assert said["correction"] == {"until": "2026-12-09"}
    assert "lina" not in json.dumps(said)
