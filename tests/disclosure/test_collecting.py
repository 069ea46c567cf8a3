"""An answer is sealed in a clerk's session and opened by number, code and what the county asks; by nothing else."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk import db
from kiosk.clock import beijing_day
from kiosk.disclosure import steps
from kiosk.disclosure.desk.handling import REQUESTS
from kiosk.disclosure.events import AnswerFacts, CaseAct, CorrectionFacts
from kiosk.disclosure.outcomes import Outcome
from kiosk.intake import models
from kiosk.intake.handover import answer_seal
from kiosk.web import context
from printers.paper import pdf
from printers.paper.document import Para, Slip, Title
from sync.hub import parcels, progress
from sync.hub.models import LockedParcel
from sync.wire.errors import HubRefused
from sync.wire.lookups import Collect
from tests.intake.county import County, a_county, hub_side, in_reach
from tests.journeys.story import ANSWERS, an_id_number

CANARY = "金丝雀答复正文"
NAME, END = "张样例", an_id_number()[-4:]


@pytest.fixture(scope="module")
def letter() -> bytes:
    text = (Title("政府信息公开答复书"), *(Para(f"{CANARY}第{at}段，" + "内容" * 80) for at in range(30)))
    return pdf.render(Slip("letter", "答复", text))


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    with a_county(tmp_path, [REQUESTS]) as made:
        in_reach(made)
        yield made


def a_request(county: County) -> tuple[str, str]:
    """Number and digits of a request that has arrived."""
    county.citizen.fill_in("request", {**ANSWERS, "paper": {"paper": "standard"}})
    number, code = county.citizen.hand_in("request")
    county.carry_up()
    county.citizen.client.post("/leave")
    return number, code.replace(" ", "")


def is_answered(county: County, number: str) -> None:
    """The clerk's steps up to the answer."""
    day = beijing_day(county.clock.now())
    with hub_side(county):
        steps.confirm_receipt(number, day, "lina", county.hub.work())
        steps.register(number, "lina", county.hub.work())
        facts = AnswerFacts(on=day, outcome=Outcome.GRANTED)
        steps.take(number, CaseAct.ANSWERED, facts, "lina", county.hub.work())


def released(county: County, number: str, letter: bytes) -> str:
    """The clerk puts the stamped PDF where the citizen can collect it."""
    with county.hub_side() as lina:
        page = f"/desk/requests/{number}/release"
        form = lina.get(page)
        assert form.status_code == 200
        token = re.search(r'name="csrf_token" value="([^"]+)"', form.text)
        version = re.search(r'name="version" value="([^"]+)"', form.text)
        assert token
        assert version
        sent = lina.client.post(
            page,
            data={
                "csrf_token": token[1],
                "version": version[1],
                "name": "答复书",
                "letter_no": "冠政公开〔2026〕1号",
                "file": (io.BytesIO(letter), "a.pdf"),
            },
            headers={"Host": "127.0.0.1:8090", "Origin": "http://127.0.0.1:8090"},
        )
        return f"{sent.status_code} {sent.headers.get('Location', sent.text)}"


def look_up(county: County, number: str, digits: str) -> str:
    county.carry_down()
    answer = county.citizen.send("/progress", number=number, code=digits)
    assert answer.status_code == 303, answer.text
    return county.citizen.open("/progress/seen")


def test_an_answer_is_collected_with_number_code_and_name_and_by_nothing_else(
    county: County, letter: bytes, tmp_path: Path
) -> None:
    number, digits = a_request(county)
    refused = released(county, number, letter)
    assert refused.startswith("409"), "not answered yet"
    is_answered(county, number)
    assert released(county, number, letter).startswith("303")
    citizen = county.citizen
    seen = look_up(county, number, digits)
    assert "答复做好了" in seen
    assert 'href="/progress/answer"' in seen
    asked = citizen.open("/progress/answer")
    assert "确认是您本人" in asked
    wrong = citizen.send("/progress/answer", person_name="李某", person_end=END)
    assert wrong.status_code == 422
    assert "对不上" in wrong.text
    assert CANARY not in wrong.text
    right = citizen.send("/progress/answer", person_name="张 样例", person_end=END.lower())
    assert right.status_code == 303, right.text
    page = citizen.client.get("/progress/answer/read")
    assert CANARY in page.text, "the words of the page, for larger type"
    assert page.headers["Cache-Control"] == "no-store"
    assert 'href="/request/remedies"' in page.text, "the remedies are there at once"
    assert "答复已签收" in citizen.open("/progress/seen")
    assert "最晚2027年1月22日" in citizen.open("/request/remedies"), (
        "60 days from the 23 November of the test"
    )
    leaf = citizen.client.get("/progress/answer/leaf?page=2")
    assert leaf.status_code == 200
    assert leaf.mimetype.startswith("image/")
    assert citizen.client.get("/progress/answer/file").status_code == 404, "a kiosk saves nothing"
    held = citizen.client.application.extensions["kiosk"].collecting.held
    assert len(held) == 1
    citizen.client.post("/leave")
    assert citizen.client.get("/progress/answer/read").status_code == 303
    citizen.open("/progress")
    assert len(held) == 0, "gone with the visit"
    look = look_up(county, number, digits)
    assert "答复已签收" in look, "the day on which it was collected is noted"
    needles = [CANARY.encode(coding) for coding in ("utf-8", "gb18030", "utf-16-le")] + [letter[:400]]
    for path in tmp_path.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not any(needle in content for needle in needles), path


def test_ten_wrong_names_close_an_answer_for_the_day_and_only_that(county: County, letter: bytes) -> None:
    number, _digits = a_request(county)
    is_answered(county, number)
    released(county, number, letter)
    with hub_side(county):
        row = LockedParcel.select().first(db.store)
        right = answer_seal.derive(
            number, _digits, answer_seal.identity(row.asks, NAME, an_id_number()), row.salt
        )
        for at in range(progress.WRONG_PER_NUMBER):
            with pytest.raises(HubRefused, match="proof-wrong"):
                parcels.piece(db.store, db.writing, Collect(number, f"{at:064x}", 0), county.clock.now())
        asked = Collect(number, right.proof.hex(), 0)
        with pytest.raises(HubRefused, match="proof-closed"):
            parcels.piece(db.store, db.writing, asked, county.clock.now())
        county.clock.advance(25 * 3600)
        assert parcels.piece(db.store, db.writing, asked, county.clock.now())[0]
        other = Collect(number[:-4] + "ZZ-Z", "0" * 64, 0)
        with pytest.raises(HubRefused, match="proof-wrong"):
            parcels.piece(db.store, db.writing, other, county.clock.now())


def test_a_hub_that_goes_away_in_the_middle_loses_nothing(county: County, letter: bytes) -> None:
    number, digits = a_request(county)
    is_answered(county, number)
    released(county, number, letter)
    look_up(county, number, digits)
    app = county.citizen.client.application

    def away(*_asked: object) -> bytes:
        raise ConnectionError("hub-rests")

    with app.app_context():
        wired = context.terminal()
    context.give(app, replace(wired, collecting=replace(wired.collecting, fetch=away)))
    county.citizen.open("/progress/answer")
    gone = county.citizen.send("/progress/answer", person_name=NAME, person_end=END)
    assert gone.status_code == 503
    assert "再试一次" in gone.text
    context.give(app, wired)
    assert county.citizen.send("/progress/answer", person_name=NAME, person_end=END).status_code == 303


def test_remedies_are_counted_here_where_the_line_breaks_after_the_answer(
    county: County, letter: bytes
) -> None:
    number, digits = a_request(county)
    is_answered(county, number)
    released(county, number, letter)
    look_up(county, number, digits)
    app, citizen = county.citizen.client.application, county.citizen

    def away(*_asked: object) -> None:
        raise ConnectionError("hub-rests")

    with app.app_context():
        context.give(app, replace(context.terminal(), ask_hub=away))
    assert citizen.send("/progress/answer", person_name=NAME, person_end=END).status_code == 303
    assert "答复已签收" in citizen.open("/progress/seen")
    counted = citizen.open("/request/remedies")
    assert "按今天在这里看到答复算的" in counted
    assert counted.count("暂定") == 2, "60 days and six months reach into a year without a notice"


def test_a_correction_restarts_the_clock_once_and_a_withdrawal_waits_for_the_clerk(county: County) -> None:
    number, digits = a_request(county)
    day = beijing_day(county.clock.now())
    with hub_side(county):
        steps.confirm_receipt(number, day, "lina", county.hub.work())
        steps.register(number, "lina", county.hub.work())
        facts = CorrectionFacts(on=day, until=day.replace(day=day.day + 5))
        steps.take(number, CaseAct.CORRECTION_ASKED, facts, "lina", county.hub.work())
    seen = look_up(county, number, digits)
    assert "请您补正，最晚" in seen
    assert "等您补正" in seen
    citizen = county.citizen
    citizen.fill_in(
        "correct",
        {
            "corrected": {"corrected": "2025年的那一份"},
            "person": {"person_name": NAME, "person_end": END},
            "paper": {"paper": "none"},
        },
    )
    sent = citizen.send("/correct/check")
    assert sent.status_code == 303, sent.text
    receipt = citizen.open("/correct/receipt")
    assert number in receipt
    assert not re.search(r"\b\d{4} \d{4} \d{4}\b", receipt), "no second code"
    submission = county.carry_up()
    assert submission.envelope["about"] == number
    assert "2025年的那一份" not in str(submission.envelope)
    county.carry_up()
    assert "收到您的补正" in look_up(county, number, digits)
    with county.hub_side() as lina:
        case = lina.get(f"/desk/requests/{number}").text
        assert case.count(f'href="/desk/requests/added/{submission.number}"') == 1
        page = f"/desk/requests/added/{submission.number}"
        opened = lina.post(f"{page}/open", on=page).text
        assert "2025年的那一份" in opened
        assert "和申请人一致" in opened
    look_up(county, number, digits)
    withdraw(county, "李某")
    impostor = county.carry_up()
    with county.hub_side() as lina:
        page = f"/desk/requests/added/{impostor.number}"
        assert "对不上" in lina.post(f"{page}/open", on=page).text
        assert lina.post(f"{page}/settle", {"verdict": "refuse"}, on=page).status_code == 303
    assert "您撤回了申请" not in look_up(county, number, digits)
    withdraw(county, NAME)
    own = county.carry_up()
    with county.hub_side() as lina:
        page = f"/desk/requests/added/{own.number}"
        assert lina.post(f"{page}/settle", {"verdict": "accept"}, on=page).status_code == 303
        assert lina.post(f"{page}/settle", {"verdict": "accept"}, on=page).status_code in (409, 422)
    assert "您撤回了申请" in look_up(county, number, digits)


def test_a_correction_brings_files_and_the_clerk_opens_them(tmp_path: Path, letter: bytes) -> None:
    with a_county(tmp_path, [REQUESTS], channel="web") as county:
        in_reach(county)
        number, digits = a_request(county)
        day = beijing_day(county.clock.now())
        with hub_side(county):
            steps.confirm_receipt(number, day, "lina", county.hub.work())
            steps.register(number, "lina", county.hub.work())
            facts = CorrectionFacts(on=day, until=day.replace(day=day.day + 5))
            steps.take(number, CaseAct.CORRECTION_ASKED, facts, "lina", county.hub.work())
        look_up(county, number, digits)
        citizen = county.citizen
        answers = {
            "corrected": {"corrected": "2025年的那一份"},
            "person": {"person_name": NAME, "person_end": END},
            "paper": {"paper": "standard"},
        }
        citizen.fill_in("correct", answers)
        assert "一起交的材料" in citizen.open("/correct/check")
        assert citizen.send("/correct/papers", papers="here").headers["Location"] == "/correct/files"
        page = "/correct/files"
        for name, content, said in (
            ("a.exe.pdf", b"MZ" + b"\0" * 99, "没有收"),
            ("委托书.pdf", letter, "收下了"),
        ):
            given = {"csrf_token": citizen.token(page), "file": (io.BytesIO(content), name)}
            kind = "multipart/form-data"
            sent = citizen.client.post(page, data=given, content_type=kind, follow_redirects=True)
            assert said in sent.text
        assert citizen.send("/correct/check").headers["Location"] == "/correct/receipt"
        carried = county.carry_all_up()
        added = next(each.number for each in carried if each.kind == "disclosure-correction")
        with county.hub_side() as lina:
            page = f"/desk/requests/added/{added}"
            assert "1个文件，送到了1个" in lina.get(page).text
            assert "委托书.pdf" in lina.post(f"{page}/open", on=page).text
            assert lina.post(f"{page}/files/0", on=page).data == letter
            assert lina.post(f"{page}/files/1", on=page).status_code == 404
            packed = lina.post(f"/desk/requests/{number}/case-file", on=f"/desk/requests/{number}")
            with zipfile.ZipFile(io.BytesIO(packed.data)) as file:
                assert f"补正材料 {added}/01 委托书.pdf" in file.namelist()


def withdraw(county: County, name: str) -> None:
    county.citizen.fill_in(
        "withdraw", {"person": {"person_name": name, "person_end": END}, "paper": {"paper": "none"}}
    )
    assert county.citizen.send("/withdraw/check").status_code == 303


def test_one_tap_says_how_it_was_and_two_are_one(county: County, letter: bytes) -> None:
    number, digits = a_request(county)
    is_answered(county, number)
    released(county, number, letter)
    look_up(county, number, digits)
    citizen = county.citizen
    citizen.open("/progress/satisfied")
    for said in ("good", "poor"):
        token = citizen.token("/progress")
        citizen.client.post("/progress/satisfied", data={"rating": said, "csrf_token": token})
    assert "谢谢您的评价" in citizen.open("/progress/satisfied")
    county.carry_up()
    with county.hub_side() as lina:
        case = lina.get(f"/desk/requests/{number}").text
        assert "评价" in case
        assert "：满意" in case
        assert "不满意" not in case


def test_a_lost_slip_is_found_by_name_and_its_new_code_alone_opens(county: County, letter: bytes) -> None:
    number, digits = a_request(county)
    is_answered(county, number)
    released(county, number, letter)
    with county.hub_side() as lina:
        page = "/desk/requests/lost"
        nobody = lina.post(page, {"name": "李某", "end": END}, on=page).text
        assert number not in nobody
        found = lina.post(page, {"name": NAME, "end": END}, on=page).text
        assert number in found
        given = lina.post(f"/desk/requests/{number}/new-code", on=page).text
        code = re.search(r"\b\d{4} \d{4} \d{4}\b", given)
        assert code, given
        acts = [act for (act,) in county.hub.connection.execute("SELECT act FROM audit ORDER BY seq")]
        assert acts.count("disclosure.searched-by-name") == 2
        assert acts[-1] == "disclosure.new-code"
    county.carry_down()
    assert models.by_number(number)
    assert county.citizen.send("/progress", number=number, code=digits).status_code == 422
    assert "看答复" not in look_up(county, number, code[0].replace(" ", "")), (
        "it was sealed under the old code"
    )
    assert released(county, number, letter).startswith("303"), "sealed anew, under the new code"
    assert "看答复" in look_up(county, number, code[0].replace(" ", ""))
    opened = county.citizen.send("/progress/answer", person_name=NAME, person_end=END)
    assert opened.status_code == 303, opened.text
