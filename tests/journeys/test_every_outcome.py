"""
Every answer to a request, and its withdrawal: handed in, received, registered, the step with its letter, approved,
issued, served by code, collected at the terminal with its words and remedies, counted in its row of the annual report.

Two clerks work over HTTP; the citizen collects in a real browser, and one letter is written in one. What lapses does so
on a later day, to which all clocks move at the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser
from playwright.sync_api import Page as Screen

from kiosk import db
from kiosk.disclosure.letters.kinds import KINDS, Shape
from kiosk.disclosure.outcomes import ANSWERS, LAPSES, OUTCOMES, Outcome, Remedies
from kiosk.machine import homes
from kiosk.staff import actions as staff
from tests.browser.conftest import KIOSK, Console, a_context
from tests.building import terminal_settings
from tests.clocks import CLOCK
from tests.disclosure.letter_samples import PLACES
from tests.journeys.story import ADDED, MONDAY, Promised, confirm_receipt, hand_in, sign_in
from tests.pages import Visitor
from tests.world import CLERK, PASSWORD, World, eventually

pytestmark = pytest.mark.browser

SECOND = "wang.shili"
HEAD = {
    "sign": "冠政办公开", "contact": "联系电话：0635-5231234。", "style": "letterform", "needs_approval": "y",
    "review_organ": PLACES.review_organ, "review_address": PLACES.review_address, "review_online": PLACES.review_online,
    "court": PLACES.court, "court_address": PLACES.court_address,
}  # fmt: skip
ASKED = (*ANSWERS, Outcome.WITHDRAWN, *sorted(LAPSES))
"""What is handed in on this morning."""
FIRST_REVIEW, SUIT = "先向冠县人民政府", "也可以根据《中华人民共和国行政诉讼法》第四十六条"
SAID = {
    Remedies.REVIEW_FIRST: (FIRST_REVIEW, True, False),
    Remedies.CHOICE: (SUIT, True, True),
    Remedies.BOTH: (FIRST_REVIEW, True, True),
}
"""Words of the letter, and whether the screen has a last day for a review and for a suit."""


@dataclass
class Office:
    """The county, its two clerks, and the requests that citizens have handed in, by outcome."""

    county: World
    screen: Screen
    asked: dict[Outcome, Promised] = field(default_factory=dict)
    first: Visitor = field(init=False)
    second: Visitor = field(init=False)
    today: date = MONDAY

    def sit_down(self) -> None:
        """Both sign in."""
        self.first, self.second = Visitor(self.county.hub_url), Visitor(self.county.hub_url)
        sign_in(self.first, CLERK, PASSWORD)
        sign_in(self.second, SECOND, PASSWORD)

    def case(self, outcome: Outcome) -> str:
        return f"/desk/requests/{self.asked[outcome].number}"

    def write(self, outcome: Outcome, kind: str, **facts: str) -> str:
        """A letter from the empty form to its issue; returns its page."""
        new = f"{self.case(outcome)}/letters/new/{kind}"
        self.first.open(new)
        self.first.submit(f"/letters/new/{kind}", **facts_of(kind, self.today, facts))
        return self.approve_and_issue(self.first.page.path)

    def approve_and_issue(self, page: str) -> str:
        self.first.open(page)
        self.first.submit("/hand-over")
        self.second.open(page)
        self.second.submit("/approve")
        self.first.open(page)
        self.first.submit("/issue")
        return page

    def serve(self, page: str, way: str) -> None:
        self.first.open(page)
        proof = "" if way == "code" else "1099999999999"
        self.first.submit("/serve", way=way, on=self.today.isoformat(), proof=proof)


def facts_of(kind: str, today: date, given: dict[str, str]) -> dict[str, str]:
    """Something for every fact of a kind, as the form names it."""
    until = (today + timedelta(days=21)).isoformat()
    made = {
        fact.name: fact.choices[0]
        if fact.choices
        else until
        if fact.shape is Shape.DATE
        else f"{fact.label}如下。"
        for fact in KINDS[kind].facts
    }
    return {f"fact_{name}": value for name, value in {**made, **given}.items()}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Office]:
    """All requests are handed in at once, received and registered, as on a busy morning."""
    with World(tmp_path_factory.mktemp("county"), terminal_settings()) as county:
        county.make_hub()
        database = homes.open_hub(county.hub_home, CLOCK)
        with db.writing(database):
            staff.add_account(SECOND, "clerk", PASSWORD, CLOCK.now())
        database.close_all()
        county.start("hub")
        county.make_terminal("示例大厅1号机")
        county.start("web", "agent")
        console = Console()
        context = a_context(chromium, KIOSK, console)
        found = Office(county, context.new_page())
        holder = Visitor(county.hub_url)
        sign_in(holder, CLERK, PASSWORD)
        holder.open("/desk/staff")
        holder.submit("/desk/staff/approve")
        found.sit_down()
        found.first.open("/desk/requests/letter-heads/GX-ZFB")
        found.first.submit("/letter-heads/GX-ZFB", **HEAD)
        for outcome in ASKED:
            found.asked[outcome] = hand_in(Visitor(county.terminal_url), f"示例信息{outcome}", paper="none")
        last = found.asked[outcome].number
        eventually(lambda: last in found.first.open("/desk/requests?sort=newest").text, "all at the desk")
        for promise in found.asked.values():
            confirm_receipt(found.first, promise.number)
            found.first.submit("/register")
        yield found
        context.close()
        assert [said for said in console.complaints if "422" not in said] == []


def told(office: Office, outcome: Outcome, words: str) -> Visitor | None:
    """A citizen at the terminal, once the progress says so."""
    promise, reader = office.asked[outcome], Visitor(office.county.terminal_url)
    reader.open("/progress")
    reader.submit("/progress", number=promise.number, code=promise.code)
    return reader if words in reader.page.text else None


def corrected(office: Office) -> None:
    """The citizen is asked to correct, and does so at the terminal."""
    page = office.write(Outcome.UNCLEAR, "correction")
    office.serve(page, "post")
    citizen = eventually(lambda: told(office, Outcome.UNCLEAR, "等您补正"), "the notice to correct")
    citizen.open("/correct/")
    citizen.submit("/correct/")
    for question in ("corrected", "person"):
        citizen.submit(f"/correct/{question}", **ADDED[question])
    citizen.submit("/correct/paper", paper="none")
    citizen.submit("/correct/check")
    case = office.case(Outcome.UNCLEAR)
    eventually(
        lambda: "收到补正" in office.first.open(case).text and "补正" in office.first.page.text, "it arrives"
    )
    eventually(lambda: "等待补正" not in office.first.open(case).text, "the correction takes effect")


def reasons_asked(office: Office) -> None:
    """An unreasonable number of requests: the reasons are asked for first (art. 35)."""
    office.serve(office.write(Outcome.MASS, "reasons"), "post")


BEFORE = {Outcome.UNCLEAR: corrected, Outcome.MASS: reasons_asked}


def written_in_a_browser(office: Office, outcome: Outcome) -> str:
    """The clerk writes the letter on screen: its facts, the preview that is a PDF, the draft."""
    screen = office.screen.context.browser.new_context().new_page()  # type: ignore[union-attr]
    screen.goto(office.county.hub_url + "/desk/sign-in")
    screen.fill("#name", CLERK)
    screen.fill("#password", PASSWORD)
    screen.keyboard.press("Enter")
    screen.get_by_role("button", name="退出").wait_for()
    screen.goto(f"{office.county.hub_url}{office.case(outcome)}/letters/new/{outcome}")
    for name, value in facts_of(outcome, office.today, {}).items():
        box = screen.locator(f"[name={name}]").first
        if box.get_attribute("type") == "radio":
            screen.locator(f"[name={name}][value='{value}']").check()
        else:
            box.fill(value)
    screen.get_by_role("button", name="保存草稿").click()
    preview = screen.get_by_role("link", name="看预览（PDF）")
    address = preview.get_attribute("href")
    assert address
    answer = screen.request.get(office.county.hub_url + address)
    assert answer.body().startswith(b"%PDF-")
    page = address.rpartition("/")[0]
    screen.context.close()
    return office.approve_and_issue(page)


def look_up(office: Office, outcome: Outcome) -> None:
    """The citizen types number and query code at the terminal, in a new visit."""
    screen, promise = office.screen, office.asked[outcome]
    screen.context.clear_cookies()
    screen.goto(office.county.terminal_url + "/progress")
    screen.get_by_label("回执上的编号").fill(promise.number)
    screen.get_by_label("查询码").fill(promise.code)
    screen.get_by_role("button", name="查进度").tap()


def collect(office: Office, outcome: Outcome) -> str:
    """The citizen reads the answer at the terminal; returns its words without spaces."""
    eventually(lambda: told(office, outcome, "答复做好了"), "the answer at the terminal")
    screen = office.screen
    look_up(office, outcome)
    screen.get_by_role("link", name="看答复").first.tap()
    screen.get_by_label("姓名").fill(ADDED["person"]["person_name"])
    screen.get_by_label("证件号码最后四位").fill(ADDED["person"]["person_end"])
    screen.locator("main form button[type=submit], .dock-actions button[form]").first.tap()
    screen.locator(".leaf-picture").wait_for()
    words = screen.locator(".leaf-words").text_content() or ""
    while screen.get_by_role("link", name="下一页").count():
        screen.get_by_role("link", name="下一页").first.tap()
        screen.locator(".leaf-picture").wait_for()
        words += screen.locator(".leaf-words").text_content() or ""
    return re.sub(r"\s", "", words)


def counted(office: Office, outcome: Outcome) -> bool:
    """Whether the case is in the row of the annual report that its outcome has."""
    row = OUTCOMES[outcome].report_row
    page = office.first.open(f"/desk/report/cases?row={row}&year={office.today.year}")
    return office.asked[outcome].number in page.text


def is_whole(office: Office, outcome: Outcome) -> None:
    """The rest of the way: collected, with the words of its kind and its remedies, and counted."""
    row, (words, has_review, has_suit) = KINDS[outcome], SAID[OUTCOMES[outcome].remedies]
    letter = collect(office, outcome)
    assert office.asked[outcome].number in letter
    assert words in letter
    for article in row.articles:
        number = int(re.match(r"\d+", article)[0])  # type: ignore[index]
        assert f"第{chinese(number)}条" in letter, article
    screen = office.screen
    screen.get_by_role("link", name="不同意答复怎么办").tap()
    screen.get_by_role("heading", name="不同意答复怎么办").wait_for()
    shown = screen.locator("main").inner_text()
    assert ("行政复议\n" in shown, "行政诉讼\n" in shown) == (has_review, has_suit)
    assert counted(office, outcome)


def chinese(number: int) -> str:
    """A number below 100 as laws write it."""
    digits = "零一二三四五六七八九"
    tens, ones = divmod(number, 10)
    return ("" if tens < 2 else digits[tens]) + ("十" if tens else "") + (digits[ones] if ones else "")


@pytest.mark.parametrize("outcome", ANSWERS)
def test_an_answer_goes_the_whole_way(office: Office, outcome: Outcome) -> None:
    BEFORE.get(outcome, lambda _office: None)(office)
    is_on_screen = outcome is Outcome.PARTIAL
    page = written_in_a_browser(office, outcome) if is_on_screen else office.write(outcome, outcome)
    office.serve(page, "code")
    is_whole(office, outcome)


def test_a_withdrawal_ends_the_request_without_a_letter(office: Office) -> None:
    outcome = Outcome.WITHDRAWN
    citizen = told(office, outcome, "撤回申请")
    assert citizen
    citizen.open("/withdraw/")
    citizen.submit("/withdraw/")
    citizen.submit("/withdraw/person", **ADDED["person"])
    citizen.submit("/withdraw/paper", paper="none")
    citizen.submit("/withdraw/check")
    case = office.case(outcome)
    added = eventually(
        lambda: re.search(r"/desk/requests/added/[^\"]+", office.first.open(case).response.text),
        "the withdrawal",
    )
    office.first.open(added[0])
    office.first.submit("/settle", verdict="accept")
    eventually(lambda: told(office, outcome, "您撤回了申请"), "the end at the terminal")
    assert counted(office, outcome)


LATER = timedelta(days=31)
"""Thursday 24 December: the 20 working days of the fee ended on the 21st."""


def test_what_lapses_is_told_and_collected_too(office: Office) -> None:
    """Runs last: the processes start again a month later, and the clerks sign in again."""
    until = (office.today + timedelta(days=14)).isoformat()
    notices = {
        Outcome.ABANDONED_CORRECTION: office.write(Outcome.ABANDONED_CORRECTION, "correction", until=until),
        Outcome.ABANDONED_FEE: office.write(Outcome.ABANDONED_FEE, "fee_notice", amount="100"),
    }
    for page in notices.values():
        office.serve(page, "direct")
    for name in ("web", "agent", "hub"):
        office.county.stop(name)
        office.county.ahead[name] = LATER
    office.today += LATER
    office.county.start("hub")
    office.county.start("web", "agent")
    office.sit_down()
    for outcome in notices:
        office.serve(office.write(outcome, outcome), "code")
        is_whole(office, outcome)
