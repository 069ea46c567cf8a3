"""Why this date at the desk: the page of a case and its paper; the calculator of fees where the county charges."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk import db
from kiosk.clock import beijing_day
from kiosk.disclosure import steps
from kiosk.disclosure.desk.handling import REQUESTS
from tests.hub import Hub, build_hub
from tests.intake.county import a_county
from tests.journeys.story import ANSWERS


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    """A hub with one clerk, 李娜."""
    hub = build_hub(tmp_path)
    hub.add_account("lina")
    yield hub
    db.real(db.store).close_all()


def test_the_page_and_the_paper_say_each_day(hub: Hub) -> None:
    number = hub.take_in(received_basis="in_person", received_on="2026-11-23")
    waiting = hub.take_in()
    lina = hub.browser("lina")
    page = f"/desk/requests/{number}/days"
    assert page in lina.get(f"/desk/requests/{number}").text
    text = lina.get(page).text
    for said in (
        "2026年11月23日 星期一",
        "第0天，当天不计",
        "11月28日至11月29日",
        "第20个工作日",
        "国办发明电〔2025〕7号",
    ):
        assert said in text
    paper = lina.get(f"{page}.pdf")
    assert (paper.content_type, paper.data[:5]) == ("application/pdf", b"%PDF-")
    assert f"{waiting}/days" not in lina.get(f"/desk/requests/{waiting}").text
    assert lina.get(f"/desk/requests/{waiting}/days").status_code == 404


def test_the_calculator_is_there_only_where_the_county_charges(hub: Hub) -> None:
    lina = hub.browser("lina")
    asked = "/desk/requests/fees?scale=pages&many=200"
    assert "本县不收信息处理费" in lina.get(asked).text
    assert "收费计算" not in lina.get("/desk/requests").text
    wired = hub.app.extensions["kiosk"]
    hub.app.extensions["kiosk"] = replace(wired, settings=replace(wired.settings, charges_fees=True))
    text = lina.get(asked).text
    for said in ("合计2,700元", "第31页至第100页，每页10元", "70×10＝700元；", "按量计收"):
        assert said in text
    assert "收费计算" in lina.get("/desk/requests").text
    for wrong in ("x", "-1", "99999999"):
        assert lina.get(f"/desk/requests/fees?many={wrong}").status_code == 422


def test_the_citizen_sees_the_same_days_at_the_terminal(tmp_path: Path) -> None:
    with a_county(tmp_path, [REQUESTS]) as county:
        county.citizen.open("/request/")
        county.citizen.fill_in("request", {**ANSWERS, "paper": {"paper": "standard"}})
        number, code = county.citizen.hand_in("request")
        county.carry_up()
        with county.hub_side():
            steps.confirm_receipt(number, beijing_day(county.clock.now()), "lina", county.hub.work())
        county.carry_down()
        county.citizen.send("/progress", number=number, code=code)
        page = county.citizen.open("/progress/seen")
    assert "答复期限为什么是这一天" in page
    assert "12月21日 星期一" in page
    assert "第20个工作日" in page
