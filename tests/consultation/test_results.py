"""A consultation at the desk: the question beforehand, its result, an answer to collect, a rating; nobody came."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk import db
from kiosk.consultation.booking import models, results
from kiosk.consultation.booking.rules import BookingState
from kiosk.consultation.library import models as library_models
from kiosk.seats import claim_models
from sync.hub.models import LockedParcel
from tests.consultation.booked import WHO, a_consulting_county
from tests.consultation.test_booking import begin, book, offered
from tests.intake.county import County, in_reach

ASKED, ANSWER = "二胎怎么登记", "带身份证到社区，当场登记。\n电话0635-0000001。"


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    with a_consulting_county(tmp_path) as made:
        in_reach(made)
        yield made


def booked(county: County) -> tuple[str, str]:
    """Number and digits of a booking that has arrived."""
    number, code = book(county)
    county.carry_up()
    county.citizen.client.post("/leave")
    return number, code.replace(" ", "")


def seen(county: County, number: str, code: str) -> str:
    county.carry_down()
    county.citizen.send("/progress", number=number, code=code)
    return county.citizen.open("/progress/seen")


def test_the_clerk_sees_the_question_beforehand_and_only_by_opening_it(county: County) -> None:
    number, _code = booked(county)
    with county.hub_side() as lina:
        assert ASKED not in lina.get(f"/desk/bookings/{number}").text
        assert ASKED in lina.post(f"/desk/bookings/{number}/open").text


def test_an_answer_is_kept_sealed_collected_at_the_terminal_and_rated(county: County) -> None:
    number, code = booked(county)
    with county.hub_side() as lina:
        path = f"/desk/bookings/{number}/result"
        assert lina.post(path, {"result": "", "text": ""}).status_code == 422
        assert lina.post(path, {"result": "answered", "text": ANSWER}).status_code == 303
        found = models.by_number(number)
        assert found
        assert found.state is BookingState.SERVED
        kept = models.answer_of(number)
        assert kept
        assert "登记".encode() not in kept[0]
        assert LockedParcel.select().where(LockedParcel.number == number).exists(db.store)
        assert "带身份证到社区" in lina.post(f"/desk/bookings/{number}/open").text
    assert "答复做好了" in seen(county, number, code)
    sent = county.citizen.send("/progress/answer", on="/progress/answer")
    assert sent.status_code == 303, sent.text
    assert "带身份证到社区" in county.citizen.open("/progress/answer/read")
    county.citizen.send("/progress/satisfied", rating="fair")
    assert "谢谢您的评价" in county.citizen.open("/progress/satisfied")
    county.carry_up()
    with county.hub_side():
        outcome = models.outcome(number)
    assert outcome
    assert (outcome.result, outcome.rating) == ("answered", "fair")
    assert outcome.collected_at


QUESTION, PUBLIC = "二胎在哪里登记？", "带身份证到社区办理登记。"


def test_a_good_answer_goes_to_the_library_without_persons_where_its_citizen_agreed(county: County) -> None:
    number, _code = booked(county)
    path = f"/desk/bookings/{number}/propose"
    with county.hub_side() as lina:
        assert lina.post(path, {"question": QUESTION, "answer": PUBLIC}).status_code == 409, (
            "nothing is answered"
        )
        lina.post(f"/desk/bookings/{number}/result", {"result": "answered", "text": ANSWER})
        assert "提交到问答库" in lina.get(f"/desk/bookings/{number}").text
        rewritten = lina.post(f"/desk/bookings/{number}/rewrite").text
        assert ASKED in rewritten
        assert "带身份证到社区" in rewritten
        named = lina.post(path, {"question": QUESTION, "answer": "请找张样例，0635-0000009。"})
        assert named.status_code == 422
        assert "必须去掉" in named.text
        assert lina.post(path, {"question": QUESTION, "answer": PUBLIC}).status_code == 303
        kept = library_models.proposed(number)
        assert kept
        assert number not in kept.doc_id
        assert "等另一人审核" in lina.get(path).text


def test_who_wrote_no_question_is_asked_for_no_consent_and_who_refuses_is_served_all_the_same(
    county: County,
) -> None:
    begin(county)
    first = offered(county)[0]
    county.citizen.send("/book/first", first=first)
    county.citizen.send("/book/caller", **WHO)
    assert county.citizen.send("/book/ask", ask="").headers["Location"].endswith("/book/paper")
    assert county.citizen.send("/book/ask", ask=ASKED).headers["Location"].endswith("/book/publish")
    county.citizen.send("/book/publish", may_publish="no")
    county.citizen.send("/book/paper", paper="standard")
    number, _code = county.citizen.hand_in("book")
    county.carry_up()
    with county.hub_side() as lina:
        sent = lina.post(f"/desk/bookings/{number}/result", {"result": "answered", "text": ANSWER})
        assert sent.status_code == 303
        assert "提交到问答库" not in lina.get(f"/desk/bookings/{number}").text
        refused = lina.post(f"/desk/bookings/{number}/propose", {"question": QUESTION, "answer": PUBLIC})
        assert refused.status_code == 409


def test_a_result_without_words_leaves_nothing_to_collect(county: County) -> None:
    number, code = booked(county)
    with county.hub_side() as lina:
        sent = lina.post(f"/desk/bookings/{number}/result", {"result": "elsewhere", "text": " "})
        assert sent.status_code == 303
    page = seen(county, number, code)
    assert "看答复" not in page
    assert "答得怎么样" in page


def test_nobody_came_is_noted_after_the_grace_counts_and_can_be_excused(county: County) -> None:
    number, code = booked(county)
    with county.hub_side() as lina:
        assert lina.post(f"/desk/bookings/{number}/missed").status_code == 409
        claim = claim_models.SeatClaim
        found = models.by_number(number)
        assert found
        assert found.appointment.start
        county.clock.moment = found.appointment.start + results.GRACE
        lina = county.hub.browser("lina")
        assert lina.post(f"/desk/bookings/{number}/missed").status_code == 303

        def missed() -> bool:
            row = claim.select().where(claim.number == number).first(db.store)
            return row.missed_at is not None

        assert missed()
        announced = county.hub.browser("lina").get(f"/desk/bookings/{number}").text
        assert "不算没有来" in announced
        refused = lina.post(f"/desk/bookings/{number}/excuse", {"why": " "})
        assert refused.status_code == 409
        assert lina.post(f"/desk/bookings/{number}/excuse", {"why": "大厅停电"}).status_code == 303
        assert not missed()
    county.citizen.client.post("/leave")
    assert "满30天" in seen(county, number, code), "the rule is announced where it matters"


def test_who_comes_late_after_all_did_not_miss_it(county: County) -> None:
    number, _code = booked(county)
    with county.hub_side() as lina:
        found = models.by_number(number)
        assert found
        assert found.appointment.start
        county.clock.moment = found.appointment.start + timedelta(hours=1)
        lina = county.hub.browser("lina")
        assert lina.post(f"/desk/bookings/{number}/missed").status_code == 303
        page = f"/desk/bookings/{number}/result"
        assert lina.post(page, {"result": "answered", "text": ""}).status_code == 303
        claim = claim_models.SeatClaim
        row = claim.select().where(claim.number == number).first(db.store)
        assert row.missed_at is None


def test_figures_of_consultations_hide_small_groups_and_name_what_waits_for_words(county: County) -> None:
    number, _code = booked(county)
    with county.hub_side() as lina:
        sent = lina.post(f"/desk/bookings/{number}/result", {"result": "later", "text": ""})
        assert sent.status_code == 303
        page = lina.get("/desk/bookings/figures")
        assert page.status_code == 200
        assert "等书面答复" in page.text
        assert "＊" in page.text
        assert "<svg" in page.text
        assert "生育登记和补贴" in page.text


def test_the_desk_of_bookings_keeps_the_name_of_the_place_in_its_head(county: County) -> None:
    number, _code = booked(county)
    with county.hub_side() as lina:
        page = lina.get(f"/desk/bookings/{number}").text
        listed = lina.get("/desk/bookings").text
    for each in (page, listed):
        assert "function" not in each.partition("</header>")[0]
        assert "县政务服务大厅" in each
