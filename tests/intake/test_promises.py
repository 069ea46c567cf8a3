"""A promise is one transaction, and every answer is read from it by the key of its form."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from kiosk import db
from kiosk.errors import StoreFull
from kiosk.intake import begun, codes, models
from kiosk.intake.form import form_content
from kiosk.web import session as sessions
from kiosk.web.session import SealedSessions
from tests.building import as_shown
from tests.intake.county import Citizen, County, a_county
from tests.intake.test_kinds import ANSWERS, BOOKING, BOOKINGS, PRINTED, REQUESTS

BIRTH = {"topic": {"topic": "birth"}, "child": {"expected": "明年三月"}, **PRINTED}
FORMS = {"request": {**{k: v for k, v in ANSWERS.items() if k != "paper"}, **PRINTED}, "book": BIRTH}


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    with a_county(tmp_path, [REQUESTS, BOOKINGS]) as made:
        yield made


def shown(page: str) -> tuple[str, str]:
    """Number and code on a page."""
    number = re.search(r"GX01-\d{6}-\d{4}-\w{2}-\w", page)
    code = re.search(r"\b\d{4} \d{4} \d{4}\b", page)
    assert number, page
    assert code, page
    return number[0], code[0].replace(" ", "")


def stored() -> list[models.KeptSubmission]:
    return list(models.KeptSubmission.select())


@contextmanager
def full_visits() -> Iterator[None]:
    """Meanwhile no visit can be stored, as on a disk that fills at that moment."""
    write = SealedSessions._write

    def fail(self: SealedSessions, session: sessions.SealedSession) -> bool:
        raise StoreFull("disk-full")

    SealedSessions._write = fail  # type: ignore[method-assign]
    try:
        yield
    finally:
        SealedSessions._write = write  # type: ignore[method-assign]


@pytest.mark.parametrize("path", FORMS)
def test_number_and_code_are_shown_though_the_visit_cannot_be_stored(county: County, path: str) -> None:
    citizen = county.citizen
    citizen.fill_in(path, FORMS[path])
    with full_visits():
        number, code = citizen.hand_in(path)
        assert citizen.hand_in_again(path) == (number, code)
    (kept,) = stored()
    assert kept.number == number
    assert codes.matches(kept.code_hash, code.replace(" ", ""))
    assert shown(citizen.open(f"/{path}/receipt")) == (number, code.replace(" ", ""))
    assert county.carry_up().number == number


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize("page", ["check", "confirm", "receipt"])
def test_a_form_whose_key_is_stored_leads_to_its_receipt_and_nowhere_else(
    county: County, path: str, page: str
) -> None:
    citizen = county.citizen
    citizen.fill_in(path, FORMS[path])
    sent = citizen.send(f"/{path}/check")
    assert sent.headers["Location"] == f"/{path}/receipt"
    number, _code = shown(citizen.open(f"/{path}/{page}"))
    assert [each.number for each in stored()] == [number]


def test_the_receipt_can_be_opened_from_the_first_page_and_while_the_next_form_is_filled_in(
    county: County,
) -> None:
    citizen = county.citizen
    citizen.fill_in("book", BIRTH)
    citizen.send("/book/check")
    assert "看回执" in citizen.open("/book/")
    citizen.send("/book/")
    citizen.send("/book/topic", topic="school")
    assert shown(citizen.open("/book/receipt"))[0] == stored()[0].number


def test_what_is_changed_after_handing_in_is_refused_with_the_number_it_was_too_late_for(
    county: County,
) -> None:
    citizen = county.citizen
    citizen.fill_in("book", BIRTH)
    token = citizen.token("/book/topic")
    citizen.send("/book/check")
    late = citizen.client.post("/book/topic", data={"topic": "school", "csrf_token": token})
    late = as_shown(citizen.client, late)
    assert late.status_code == 409
    assert "已经交了" in late.text
    assert stored()[0].number in late.text
    assert "改的内容不在" not in citizen.open("/book/receipt")


def test_the_same_key_with_other_content_is_an_error_of_its_own(county: County) -> None:
    citizen = county.citizen
    citizen.fill_in("book", BIRTH)
    token = citizen.token("/book/check")
    citizen.send("/book/check")
    with citizen.client.session_transaction(base_url="http://localhost") as visit:
        form = begun.of(visit, BOOKING)
        assert form
        begun.keep(visit, BOOKING, replace(form, answers={**form.answers, "expected": "明年五月"}))
    again = citizen.client.post("/book/check", data={"csrf_token": token})
    again = as_shown(citizen.client, again)
    assert again.status_code == 409
    assert stored()[0].number in again.text
    page = citizen.open("/book/receipt")
    assert "改的内容不在这份申请里" in page
    assert "改的内容不在这份申请里" in citizen.open("/book/receipt"), "also when the page is shown again"
    assert len(stored()) == 1


def test_a_mark_of_the_content_tells_nobody_without_the_visit_what_it_was(county: County) -> None:
    said = {"wanted": "修路"}
    first, second = (form_content.content_mark({}, said, secret * 32) for secret in ("0a", "0b"))
    assert first != second
    assert form_content.content_mark({"entry_mode": "self"}, said, "0a" * 32) == first


Beside = Callable[[Citizen], TestResponse]
AT_THE_SAME_TIME: dict[str, Beside] = {
    "larger type": lambda citizen: citizen.client.post("/settings", data={"text_size": "3", "next": "/"}),
    "staff": lambda citizen: citizen.client.post("/help/call"),
    "the same form": lambda citizen: citizen.send_token("/book/check"),
    "another form": lambda citizen: citizen.send_token("/request/"),
}


@contextmanager
def while_handing_in(county: County, act: Callable[[], object]) -> Iterator[None]:
    """`act` begins and ends within the next handing in: after its visit was read, before it is answered."""
    app = county.citizen.client.application
    view = app.view_functions["booking.check"]

    def slow() -> object:
        app.view_functions["booking.check"] = view
        with app.app_context():
            act()
        return view()

    app.view_functions["booking.check"] = slow
    yield
    app.view_functions["booking.check"] = view


@pytest.mark.parametrize("what", AT_THE_SAME_TIME)
@pytest.mark.parametrize("order", ["during", "before", "after"])
def test_two_requests_of_one_visit_side_by_side_lose_nothing(county: County, what: str, order: str) -> None:
    citizen = county.citizen
    citizen.fill_in("book", BIRTH)
    citizen.tokens["/book/check"] = citizen.tokens["/request/"] = citizen.token("/book/check")
    act = AT_THE_SAME_TIME[what]
    other = Citizen(county.citizen.client.application.test_client())
    cookie = citizen.client.get_cookie("visit")
    assert cookie
    other.client.set_cookie("visit", cookie.value)
    other.tokens = citizen.tokens
    if order == "during":
        with while_handing_in(county, lambda: act(other)):
            handed = citizen.send_token("/book/check")
    else:
        acts = [lambda: citizen.send_token("/book/check"), lambda: act(other)]
        handed = [each() for each in (acts if order == "after" else acts[::-1])][order == "before"]
    assert handed.headers["Location"] == "/book/receipt"
    number, code = shown(citizen.open("/book/receipt"))
    (kept,) = stored()
    assert (kept.number, codes.matches(kept.code_hash, code)) == (number, True)
    with citizen.client.session_transaction(base_url="http://localhost") as visit:
        left = dict(visit)
    assert {"larger type": "text_size", "staff": "call", "another form": "request"}.get(
        what, "receipt"
    ) in left


def test_a_repeated_key_costs_nothing_of_any_limit(county: County) -> None:
    citizen = county.citizen
    for place in range(5):
        citizen.fill_in("book", BIRTH)
        citizen.tokens["/book/check"] = citizen.token("/book/check")
        answers = [citizen.send_token("/book/check") for _ in range(7)]
        assert {answer.headers.get("Location") for answer in answers} == {"/book/receipt"}
        citizen.open("/book/receipt")
        assert len(stored()) == place + 1
    refused = citizen.client.post("/book/", data={"csrf_token": citizen.tokens["/book/check"]})
    assert refused.status_code == 429, "the limit itself holds"


def test_the_receipt_of_an_assisted_form_is_shown_though_the_visit_cannot_be_stored(county: County) -> None:
    citizen = county.citizen
    citizen.fill_in("book", BIRTH)
    with citizen.client.session_transaction(base_url="http://localhost") as visit:
        form = begun.of(visit, BOOKING)
        assert form
        begun.keep(visit, BOOKING, replace(form, assisted_by="0001"))
    citizen.tokens["/book/confirm"] = citizen.token("/book/confirm")
    with full_visits():
        assert citizen.send_token("/book/confirm").headers["Location"] == "/book/receipt"
        number, code = shown(citizen.open("/book/receipt"))
    (kept,) = stored()
    assert (kept.number, codes.matches(kept.code_hash, code)) == (number, True)
    assert db.store.execute_sql("SELECT count(*) FROM outbox").fetchone() == (1,)
