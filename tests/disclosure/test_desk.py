"""A clerk at the desk for requests: what came in, opening, confirming receipt, registering."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox
from nacl.secret import SecretBox

from kiosk import audit, db
from kiosk.clock import beijing_day
from kiosk.disclosure import cases, steps
from kiosk.disclosure.case_models import LIGHTS
from kiosk.disclosure.events import CaseAct, CaseState, CorrectionFacts, WithdrawalFacts
from kiosk.disclosure.office import worklist
from kiosk.disclosure.office.worklist import Light
from kiosk.disclosure.outcomes import Outcome
from kiosk.errors import RuleBroken
from kiosk.intake.handling import Work
from kiosk.intake.office.listing import ListViewer
from kiosk.staff import actions
from kiosk.staff.entry import signing_in
from kiosk.workdays import Basis, Deadline, Source, WorkCalendar, Year
from tests.hub import CHEAP, PASSWORD, PERSONAL, Browser, Hub, build_hub

IN_PERSON = {"received_basis": "in_person", "received_on": "2026-11-23"}
NAME = PERSONAL["name"]


@pytest.fixture
def hub(tmp_path: Path, address: str) -> Iterator[Hub]:
    """A hub with one approved clerk, 李娜."""
    hub = build_hub(tmp_path, address)
    hub.add_account("lina")
    yield hub
    db.real(db.store).close_all()


@pytest.fixture
def lina(hub: Hub) -> Browser:
    return hub.browser("lina")


def page_of(number: str) -> str:
    return f"/desk/requests/{number}"


def step(browser: Browser, number: str, name: str, **form: str) -> Any:
    return browser.post(f"{page_of(number)}/{name}", form, on=page_of(number))


def status_of(hub: Hub, number: str) -> tuple[str, dict[str, Any]]:
    state, detail = hub.connection.execute(
        "SELECT state, detail FROM status WHERE number = ?", (number,)
    ).fetchone()
    return state, json.loads(detail)


def events_of(hub: Hub, number: str) -> list[str]:
    return [event.act.value for event in cases.events(number)]


# Taking in


def test_a_request_from_the_internet_channel_waits_for_confirmation(hub: Hub) -> None:
    number = hub.take_in()
    found = cases.case(number)
    assert (found.state, found.received_on, found.due) == ("submitted", None, None)
    assert status_of(hub, number)[0] == "submitted"


def test_a_request_handed_in_in_person_is_received_that_day_whenever_it_arrives(hub: Hub) -> None:
    """Regulation art. 31; 20 working days after Monday 2026-11-23 is Monday 2026-12-21."""
    hub.clock.advance(3 * 86_400)
    number = hub.take_in(**IN_PERSON, submitted_at="2026-11-23T01:00:00.000+00:00")
    found = cases.case(number)
    assert (found.state, found.received_on, found.due) == (
        "received",
        date(2026, 11, 23),
        Deadline(date(2026, 12, 21), 20, False, Basis.RECEIVED, ""),
    )
    state, detail = status_of(hub, number)
    assert (state, detail["reply_due"], detail["provisional"]) == ("received", "2026-12-21", False)


@pytest.mark.parametrize("received_on", [None, "", "yesterday", 5])
def test_an_envelope_that_claims_receipt_without_a_date_is_taken_in_and_confirmed_by_a_clerk(
    hub: Hub, received_on: Any
) -> None:
    number = hub.take_in(received_basis="in_person", received_on=received_on)
    assert cases.case(number).state == "submitted"


def test_a_submission_of_another_kind_makes_no_case(hub: Hub) -> None:
    hub.take_in(kind="survey")
    assert hub.connection.execute("SELECT count(*) FROM disclosure_case").fetchone() == (0,)


# The list


def test_the_list_shows_in_clear_only_what_is_not_personal(hub: Hub, lina: Browser) -> None:
    number = hub.take_in(**IN_PERSON)
    page = lina.get("/desk/requests").text
    for words in (number, "GX-ZFB", "终端", "公民", "待登记", "2026年12月21日", "还剩20个工作日"):
        assert words in page
    for secret in PERSONAL.values():
        assert secret == "paper" or secret not in page


def test_the_list_is_filtered_by_state_and_by_the_beginning_of_the_number(hub: Hub, lina: Browser) -> None:
    waiting, received = hub.take_in(), hub.take_in(**IN_PERSON)
    only_received = lina.get("/desk/requests?state=received").text
    assert received in only_received
    assert waiting not in only_received
    found = lina.get(f"/desk/requests?number={waiting[:16].lower()}").text
    assert waiting in found
    assert received not in found
    assert "没有这样的申请" in lina.get("/desk/requests?number=%25").text
    assert lina.get("/desk/requests?state=nonsense&page=x").status_code == 200


def test_lights_are_counted_by_an_index_alone(hub: Hub) -> None:
    hub.take_in()
    viewer = ListViewer("lina", beijing_day(hub.clock.now()), hub.calendar)
    assert worklist.counts(viewer)[Light.UNCONFIRMED] == 1
    database = db.real(db.store)
    if isinstance(database, db.SqliteFile):
        query, values = worklist.counting(viewer).sql()
        plan = [row[-1] for row in hub.connection.execute(f"EXPLAIN QUERY PLAN {query}", values).fetchall()]
        asked = [step for step in plan if step.startswith(("SEARCH", "SCAN t"))]
        assert len(asked) >= len(Light)
        assert all("COVERING INDEX" in step for step in asked), asked
    with db.connected():
        assert list(LIGHTS) in [index.columns for index in database.get_indexes("disclosure_case")]


def test_a_long_list_has_pages(hub: Hub, lina: Browser) -> None:
    numbers = [hub.take_in() for _ in range(51)]
    first, second = lina.get("/desk/requests").text, lina.get("/desk/requests?page=2").text
    assert "下一页" in first
    assert "上一页" in second
    assert sum(number in first for number in numbers) == 50
    assert sum(number in second for number in numbers) == 1


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2026-12-16", "还剩3个工作日"),
        ("2026-12-21", "今天到期"),
        ("2026-12-22", "已超期1个工作日"),
    ],
)
def test_a_deadline_comes_nearer_in_working_days(hub: Hub, day: str, words: str) -> None:
    hub.take_in(**IN_PERSON)
    hub.clock.moment = datetime.fromisoformat(day).replace(hour=1, tzinfo=UTC)
    assert words in hub.browser("lina").get("/desk/requests").text


# The case


def test_the_case_explains_how_its_deadline_was_counted(hub: Hub, lina: Browser) -> None:
    page = lina.get(page_of(hub.take_in(**IN_PERSON))).text
    for words in (
        "第0天", "2026年11月23日 星期一", "第20天", "2026年12月21日 星期一",
        "11月28日至11月29日", "国办发明电", hub.calendar.version, "第三十三条",
    ):  # fmt: skip
        assert words in page


def test_a_provisional_deadline_says_so_and_why(hub: Hub, lina: Browser) -> None:
    hub.clock.moment = datetime(2026, 12, 7, 1, 0, tzinfo=UTC)
    number = hub.take_in(received_basis="in_person", received_on="2026-12-07")
    page = lina.get(page_of(number)).text
    assert "暂定" in page
    assert "放假安排" in page
    assert status_of(hub, number)[1]["provisional"] is True


def test_a_number_that_is_not_there_is_not_found(lina: Browser) -> None:
    assert lina.get(page_of("GX99-261123-0001-K7-4")).status_code == 404


# Opening


def test_opening_shows_the_applicant_and_the_wish_and_is_logged(hub: Hub, lina: Browser) -> None:
    number = hub.take_in()
    assert NAME not in lina.get(page_of(number)).text
    answer = step(lina, number, "open")
    assert answer.status_code == 200
    for words in (NAME, PERSONAL["wanted"], PERSONAL["number"], PERSONAL["phone"], "居民身份证", "纸面"):
        assert words in answer.text
    assert PERSONAL["query_code"] not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert events_of(hub, number) == ["taken-in", "opened"]
    logged = hub.connection.execute("SELECT actor, subject FROM audit WHERE act = 'disclosure.opened'")
    assert logged.fetchall() == [("lina", number)]
    assert audit.first_break() is None


def test_nothing_personal_reaches_events_audit_or_status(hub: Hub, lina: Browser) -> None:
    number = hub.take_in(**IN_PERSON)
    step(lina, number, "open")
    step(lina, number, "register")
    rows = [
        str(row)
        for table in ("disclosure_case", "disclosure_event", "audit", "status")
        for row in hub.connection.execute(f"SELECT * FROM {table}")
    ]
    assert not [row for row in rows if NAME in row or PERSONAL["number"] in row]


def test_a_clerk_without_approval_cannot_open(hub: Hub) -> None:
    number = hub.take_in()
    hub.add_account("newcomer", approved=False)
    newcomer = hub.browser("newcomer")
    assert "待密钥" in newcomer.get(page_of(number)).text
    answer = newcomer.post(f"{page_of(number)}/open")
    assert answer.status_code == 403
    assert NAME not in answer.text
    assert events_of(hub, number) == ["taken-in"]


def test_a_request_sealed_to_a_key_that_the_session_lacks_waits_for_the_key(hub: Hub, lina: Browser) -> None:
    """The reading key was changed after sign-in: the new one is taken up at the next sign-in."""
    with db.writing(db.store):
        actions.init_reading_key(hub.clock.now())
    number = hub.take_in()
    assert "另一把读取密钥" in lina.get(page_of(number)).text
    answer = lina.post(f"{page_of(number)}/open")
    assert answer.status_code == 403
    assert "待密钥" in answer.text
    assert NAME in step(hub.browser("lina"), number, "open").text


def test_a_damaged_sealed_part_is_kept_and_named(hub: Hub, lina: Browser) -> None:
    number = hub.take_in()
    hub.connection.execute("UPDATE inbox SET sealed = ?", (b"damaged" * 20,))
    answer = step(lina, number, "open")
    assert answer.status_code == 409
    assert "封存的内容打不开" in answer.text
    assert hub.connection.execute("SELECT sealed FROM inbox").fetchone() == (b"damaged" * 20,)


def test_whoever_steals_the_hubs_disk_without_a_password_opens_nothing(hub: Hub, lina: Browser) -> None:
    """Every value of every table is tried as a key on every sealed value, while a clerk is signed in."""
    number = hub.take_in()
    step(lina, number, "open")
    tables = db.real(db.store).get_tables()
    values = {
        value for table in tables for row in hub.connection.execute(f"SELECT * FROM {table}") for value in row
    }
    texts = {value for value in values if isinstance(value, str)}
    blobs = {value for value in values if isinstance(value, bytes)}
    blobs |= {
        bytes.fromhex(text) for text in texts if len(text) == 64 and set(text) <= set("0123456789abcdef")
    }
    files = [(hub.home / name).read_text("ascii").strip() for name in ("signing.key", "web.key")]
    keys = {bytes.fromhex(text) for text in files}
    keys |= {blob[at : at + 32] for blob in blobs for at in range(0, len(blob) - 31, 8)}
    sealed = [blob for blob in blobs if len(blob) > 60]
    assert len(sealed) >= 4
    assert not [1 for key in keys for blob in sealed if _opens(key, blob)]
    assert not [text for text in texts if NAME in text]


def _opens(key: bytes, blob: bytes) -> bool:
    for box in (SealedBox(PrivateKey(key)), SecretBox(key)):
        try:
            box.decrypt(blob)
        except CryptoError:
            continue
        return True
    return False


def test_the_thief_of_the_test_above_would_have_got_in_with_the_recovery_key(hub: Hub) -> None:
    """The negative control: the same try opens the request once the right key is among the values."""
    number = hub.take_in()
    entered = signing_in.sign_in("lina", PASSWORD, hub.clock, CHEAP)
    assert isinstance(entered, signing_in.Entered)
    (sealed,) = hub.connection.execute("SELECT sealed FROM inbox WHERE number = ?", (number,)).fetchone()
    assert [_opens(key, sealed) for key in entered.reading_keys.values()] == [True]


# Confirming receipt and registering


def test_a_clerk_confirms_the_day_of_receipt_and_the_clock_starts(hub: Hub, lina: Browser) -> None:
    number = hub.take_in()
    hub.clock.advance(2 * 86_400)
    lina = hub.browser("lina")
    answer = step(lina, number, "receipt", on="2026-11-24", basis="confirmed")
    assert (answer.status_code, answer.location) == (303, page_of(number))
    found = cases.case(number)
    assert (found.state, found.received_on, found.received_basis) == (
        "received",
        date(2026, 11, 24),
        "confirmed",
    )
    assert found.reply_due == date(2026, 12, 22)
    assert "收到日期已确认" in lina.get(page_of(number)).text


@pytest.mark.parametrize(
    ("day", "words"),
    [("2026-11-22", "不能早于提交的那一天"), ("2026-11-24", "不能晚于今天"), ("", "请选一个日期")],
)
def test_an_impossible_day_of_receipt_is_sent_back_with_a_sentence(
    hub: Hub, lina: Browser, day: str, words: str
) -> None:
    number = hub.take_in()
    answer = step(lina, number, "receipt", on=day, basis="confirmed")
    assert answer.status_code == 422
    assert words in answer.text
    assert events_of(hub, number) == ["taken-in"]


def test_the_day_before_is_judged_by_the_calendar_of_beijing(hub: Hub) -> None:
    """Handed in at 00:30 on Tuesday in Beijing, still Monday in London: Tuesday is the earliest day."""
    hub.clock.moment = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)
    number = hub.take_in()
    lina = hub.browser("lina")
    assert step(lina, number, "receipt", on="2026-11-23", basis="confirmed").status_code == 422
    assert step(lina, number, "receipt", on="2026-11-24", basis="confirmed").status_code == 303


def test_registering_tells_the_citizen_the_state_and_the_date(hub: Hub, lina: Browser) -> None:
    number = hub.take_in(**IN_PERSON)
    assert step(lina, number, "register").status_code == 303
    state, detail = status_of(hub, number)
    assert (state, detail["reply_due"], detail["provisional"]) == ("registered", "2026-12-21", False)
    assert events_of(hub, number) == ["taken-in", "registered"]
    kept = cases.events(number)[-1].detail
    assert (kept["reply_due"], kept["calendar_version"]) == ("2026-12-21", hub.calendar.version)
    assert hub.connection.execute("SELECT registered_on FROM disclosure_case").fetchone() == ("2026-11-23",)


def test_registering_before_receipt_is_confirmed_is_refused_in_one_sentence(hub: Hub, lina: Browser) -> None:
    number = hub.take_in()
    answer = step(lina, number, "register")
    assert answer.status_code == 409
    assert "还没有确认收到日期" in answer.text


def test_two_clerks_register_one_request_once(hub: Hub, lina: Browser) -> None:
    number = hub.take_in(**IN_PERSON)
    hub.add_account("second")
    assert step(lina, number, "register").status_code == 303
    answer = step(hub.browser("second"), number, "register")
    assert answer.status_code == 409
    assert "已经登记过了" in answer.text
    assert events_of(hub, number).count("registered") == 1


def test_receipt_is_confirmed_once(hub: Hub, lina: Browser) -> None:
    number = hub.take_in()
    step(lina, number, "receipt", on="2026-11-23", basis="confirmed")
    answer = step(lina, number, "receipt", on="2026-11-23", basis="confirmed")
    assert answer.status_code == 409
    assert "收到日期已经定了" in answer.text


def test_a_step_that_fails_leaves_nothing_behind(hub: Hub) -> None:
    number = hub.take_in()
    before = hub.connection.execute("SELECT count(*) FROM audit").fetchone()
    with db.writing(db.store), pytest.raises(RuleBroken):
        steps.register(number, "lina", hub.work())
    assert hub.connection.execute("SELECT count(*) FROM audit").fetchone() == before


# A new notice


def with_a_longer_new_year(calendar: WorkCalendar) -> WorkCalendar:
    """The same calendar after a notice for 2027 that makes 2026-12-31 a day off and 2026-12-26 a worked Saturday."""
    year = calendar.years[2026]
    moved = Year(
        2026,
        year.off | {date(2026, 12, 31)},
        year.work | {date(2026, 12, 19)},
        (*year.sources, Source("样例通知", "样例〔2026〕1号", date(2026, 12, 10))),
    )
    next_year = Year(2027, frozenset({date(2027, 1, 1)}), frozenset(), moved.sources[-1:])
    return WorkCalendar({**calendar.years, 2026: moved, 2027: next_year}, "after-the-notice")


def test_a_new_notice_moves_the_deadline_and_the_old_one_stays_in_the_history(hub: Hub) -> None:
    hub.clock.moment = datetime(2026, 12, 7, 1, 0, tzinfo=UTC)
    number = hub.take_in(received_basis="in_person", received_on="2026-12-07")
    before = cases.case(number)
    wiring = hub.app.extensions["kiosk"]
    hub.app.extensions["kiosk"] = replace(wiring, calendar_now=lambda: with_a_longer_new_year(hub.calendar))
    steps.recount("lina", Work(hub.clock.now(), with_a_longer_new_year(hub.calendar)))
    page = hub.browser("lina").get(page_of(number)).text
    after = cases.case(number)
    assert (before.reply_due, before.is_provisional) == (date(2027, 1, 4), True)
    assert (after.reply_due, after.is_provisional) == (date(2027, 1, 5), False)
    assert events_of(hub, number) == ["taken-in", "deadline-recounted"]
    assert "2027年1月4日" in page
    assert "2027年1月5日" in page
    assert status_of(hub, number)[1]["reply_due"] == "2027-01-05"


def test_a_notice_that_moves_nothing_writes_no_event(hub: Hub) -> None:
    number = hub.take_in(**IN_PERSON)
    assert steps.recount("lina", Work(hub.clock.now(), WorkCalendar(hub.calendar.years, "same days"))) == 0
    assert events_of(hub, number) == ["taken-in"]
    assert cases.case(number).calendar_version == "same days"


def test_steps_and_the_search_for_another_calendar_are_the_same_on_both_engines(hub: Hub) -> None:
    number, day = hub.take_in(**IN_PERSON), date(2026, 11, 23)
    steps.register(number, "lina", hub.work())
    asked = CorrectionFacts(on=day, until=date(2026, 12, 7))
    steps.take(number, CaseAct.CORRECTION_ASKED, asked, "lina", hub.work())
    found = cases.case(number)
    assert (found.state, found.reply_due, found.correction_until) == (
        CaseState.AWAITING_CORRECTION,
        None,
        asked.until,
    )
    assert not cases.is_counted_otherwise(hub.calendar)
    for version in ("0", "z"):
        assert cases.is_counted_otherwise(replace(hub.calendar, version=version))
    steps.take(number, CaseAct.WITHDRAWN, WithdrawalFacts(on=day, way="书面"), "lina", hub.work())
    assert cases.case(number).outcome is Outcome.WITHDRAWN
    assert not cases.is_counted_otherwise(replace(hub.calendar, version="0")), (
        "a case that ended is not counted"
    )


def test_another_calendar_is_looked_for_in_an_index(hub: Hub) -> None:
    if isinstance(db.real(db.store), db.SqliteFile):
        [(*_, plan)] = hub.connection.execute(
            "EXPLAIN QUERY PLAN SELECT number FROM disclosure_case WHERE closed_on IS NULL"
            " AND calendar_version > '' AND calendar_version < ? LIMIT 1",
            ("x",),
        ).fetchall()
        assert "disclosure_case_closed_on_calendar_version (closed_on=? AND calendar_version>?" in plan
