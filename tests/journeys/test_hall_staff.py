"""Assisted service without JavaScript, from the admin's desk to the case: hub gone, account closed, telephone."""

from __future__ import annotations

import hashlib
import re

from kiosk import db, side_lists
from kiosk.hall.models import keep_tries
from kiosk.hall.pins import Roster
from kiosk.hall.rules import MOST_TRIES
from kiosk.machine import homes
from kiosk.tries import FREE_TRIES, Tries
from tests.clocks import CLOCK
from tests.journeys.hall import PIN, admin_of, enter, make_account
from tests.journeys.story import fill_in, promised, sign_in
from tests.pages import Visitor
from tests.world import CLERK, PASSWORD, World, eventually


def test_assisted_while_the_hub_is_gone_confirmed_by_the_citizen_and_marked_on_the_case(
    county: World,
) -> None:
    make_account(admin_of(county), "3001")
    screen = Visitor(county.terminal_url)
    enter(screen, "3001")
    county.stop("hub")
    try:
        assert "周示例（工号3001）正在帮您办" in fill_in(screen).text
        page = screen.submit("/request/check")
        assert page.path == "/request/confirm"
        assert "正在帮您办" not in page.text
        told = promised(screen.submit("/request/confirm"))
        paper = county.paper_of(told.number).read_text("utf-8")
        assert "大厅工作人员（工号3001）代为填写" in "".join(paper.split())
        screen.submit("/leave")
        assert "正在帮您办" not in screen.open("/").text
        enter(screen, "3001")
        screen.submit("/leave")
    finally:
        county.start("hub")
    desk = Visitor(county.hub_url)
    sign_in(desk, CLERK, PASSWORD)
    eventually(lambda: told.number in desk.open("/desk/requests").text, "the case at the desk")
    case = desk.open(f"/desk/requests/{told.number}").text
    assert "工作人员代为填写，本人确认：周示例（工号3001）" in case


def test_an_account_closed_at_the_desk_ends_at_the_terminal_with_the_next_round(county: World) -> None:
    desk, screen = admin_of(county), Visitor(county.terminal_url)
    make_account(desk, "3002")
    enter(screen, "3002")
    screen.open("/request/")
    screen.submit("/request/")
    screen.submit("/request/what", wanted="示例村2025年修路的花费")
    desk.open("/desk/hall/3002")
    desk.submit("/desk/hall/3002/close")
    eventually(lambda: "正在帮您办" not in screen.open("/request/organ").text, "assistance ends")
    assert "示例村2025年修路的花费" in screen.open("/request/what").text


def test_a_locked_account_is_opened_by_telephone(county: World) -> None:
    desk, screen = admin_of(county), Visitor(county.terminal_url)
    make_account(desk, "3003")
    enter(screen, "3003")
    screen.submit("/leave")
    lock(county, "3003")
    screen.open("/assist")
    page = screen.submit("/assist", number="3003", pin=PIN)
    assert page.path == "/assist/unlock"
    asked = re.search(r"解锁码 (\d{4} \d{4})", page.text)
    assert asked, page.text
    form = desk.open("/desk/hall/unlock").form("/desk/hall/unlock")
    told = desk.submit("/desk/hall/unlock", place=form.offered["place"][0], number="3003", challenge=asked[1])
    answer = re.search(r"请念给工号3003 (\d{4} \d{4})", told.text)
    assert answer, told.text
    assert screen.submit("/assist/unlock", answer=answer[1]).path == "/assist"
    enter(screen, "3003")
    desk.open("/desk/hall/unlock")
    assert "3003" in desk.page.text


def test_pulling_the_plug_wins_no_try(county: World) -> None:
    make_account(admin_of(county), "3004")
    screen = Visitor(county.terminal_url)
    enter(screen, "3004")
    screen.submit("/leave")
    for wrong in range(FREE_TRIES):
        visitor = Visitor(county.terminal_url)
        visitor.open("/assist")
        last = wrong == FREE_TRIES - 1
        visitor.submit("/assist", expect=429 if last else 422, number="3004", pin="480916")
        if wrong % 2 == 0:
            county.kill("web")
            county.start("web")
    visitor = Visitor(county.terminal_url)
    visitor.open("/assist")
    page = visitor.submit("/assist", expect=429, number="3004", pin=PIN)
    assert "工号或密码不对，或者试得太快" in page.text


def lock(county: World, number: str) -> None:
    """Fifteen wrong tries, as the terminal would have counted them over more than eight hours."""
    database = homes.open_terminal(county.terminal_home, CLOCK)
    content = side_lists.read(database, side_lists.HALL_STAFF)
    assert content
    member = Roster.read(content).member(number)
    assert member
    assert member.mark == hashlib.sha256(member.pin_hash.encode()).hexdigest()
    with db.writing(database):
        keep_tries(member.mark, Tries(MOST_TRIES, CLOCK.boot_id(), CLOCK.monotonic()))
    database.close()
    db.catalogue.close()
