"""
Every page that a person can see, and the way there.

A GET route that answers with HTML and is reached by none of these fails in tests/structure/test_every_page.py:
add a `Listed` line here, and axe, targets, type, reflow, weight and the other rules hold for it from then on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

import typst

from tests.browser.everything import (
    ADMIN,
    CLERK,
    FORGETFUL,
    HALL_NUMBER,
    PUBLISHER,
    READER,
    SECOND_PUBLISHER,
)
from tests.browser.hands import CANDIDATES
from tests.browser.walking import Walk
from tests.calendar.notices_of_years import INVENTED_2027
from tests.catalogue.conftest import SAMPLE, a_record
from tests.journeys.story import (
    ADDED,
    ANSWERS,
    INQUIRY,
    MONDAY,
    Promised,
    a_photograph,
    confirm_receipt,
    leave_a_question,
    promised,
)
from tests.pages import PATIENCE_S, Visitor
from tests.world import eventually

KIOSK, WEB, HALL, DESK = "kiosk", "web", "hall", "desk"
BOTH = (KIOSK, WEB)
"""Hall: the kiosk's own pages for the staff beside it, on a screen of theirs."""


@dataclass(frozen=True)
class Listed:
    """A page: its path (`*` for a part that differs each time), where it exists, what shows it, in which state, in
    which language alone."""

    path: str
    at: tuple[str, ...] = BOTH
    show: Callable[[Walk], None] | None = None
    state: str = ""
    status: int = 200
    query: str = ""
    lang: str = ""

    def reach(self, walk: Walk) -> None:
        """Brings the browser there."""
        if self.show:
            self.show(walk)
        else:
            walk.open(quote(self.path) + (f"?{quote(self.query, safe='=&/')}" if self.query else ""))

    def __str__(self) -> str:
        return " ".join(part for part in (self.path, self.query, self.state) if part)


# Citizens


def _documents() -> list[Listed]:
    """One document of each kind and validity."""
    found: dict[tuple[str, str], str] = {}
    for line in SAMPLE.read_text("utf-8").splitlines():
        record = json.loads(line)
        found.setdefault((record["kind"], record.get("validity", "")), record["id"])
    return [
        Listed(f"/documents/{doc_id}", state=" ".join(key).strip()) for key, doc_id in sorted(found.items())
    ]


def question(name: str) -> Listed:
    def show(walk: Walk) -> None:
        walk.ask(name)
        walk.open(f"/request/{name}")

    return Listed(f"/request/{name}", show=show)


def unanswered(name: str) -> Listed:
    empty = dict.fromkeys(ANSWERS[name], "")

    def show(walk: Walk) -> None:
        walk.ask(name)
        walk.open(f"/request/{name}")
        walk.send(f"/request/{name}", **empty)

    return Listed(f"/request/{name}", show=show, state="unanswered", status=422)


def written(name: str, way: str, field: str) -> Listed:
    """A question with the writing panel open."""

    def show(walk: Walk) -> None:
        walk.ask(name)
        walk.open(f"/request/{name}")
        walk.page.locator(field).tap()
        walk.page.locator("[data-writing-panel]").wait_for()
        tab = walk.page.locator(f'.writing-tab[data-way="{way}"]')
        if way == "hand":
            with walk.page.expect_response(lambda answer: ".bin" in answer.url) as strokes:
                tab.tap()
            strokes.value.finished()
        elif way != "id":
            tab.tap()
        if way == "pinyin":
            walk.page.locator('[data-pad="pinyin"] [data-letter="d"]').tap()
            walk.page.locator(CANDIDATES).first.wait_for()

    return Listed(f"/request/{name}", at=(KIOSK,), show=show, state=f"writing {way}")


def after(path: str, step: Callable[[Walk], object], **more: object) -> Listed:
    def show(walk: Walk) -> None:
        step(walk)
        walk.open(path)

    return Listed(path, show=show, **more)  # type: ignore[arg-type]


def _quiet(walk: Walk) -> None:
    walk.ask("name")
    walk.open("/request/name")
    walk.page.evaluate("document.getElementById('idle').showModal()")


def _away(walk: Walk) -> None:
    """The page leads on by itself once the machine answers, which it does not while it is looked at."""
    walk.page.route("**/healthz", lambda route: route.fulfill(status=503))
    walk.open("/offline")


def _called(walk: Walk) -> None:
    walk.visitor.open("/help")
    walk.visitor.submit("/help/call")


def _hall_with_a_call(walk: Walk) -> None:
    caller = Visitor(walk.base)
    caller.open("/help")
    caller.submit("/help/call")
    walk.open_the_hall()


def _quiet_hall(walk: Walk) -> None:
    walk.open_the_hall()
    while [form for form in walk.visitor.open("/hall").forms if "/hall/calls/" in form.action]:
        walk.visitor.submit("/hall/calls/")


def _ordered(walk: Walk) -> None:
    """A paper of a document."""
    walk.visitor.open("/documents/sample:guide-002/print")
    walk.visitor.submit("/documents/sample:guide-002/print", size="standard")
    walk.open(walk.visitor.page.path)


def _form_ordered(walk: Walk) -> None:
    walk.ask()
    walk.visitor.open("/request/form")
    walk.visitor.submit("/request/form", size="standard")


def _handed_in_meanwhile(walk: Walk) -> None:
    """A question is open in one window while the form is handed in from another, and is answered after that."""
    walk.ask()
    walk.open("/request/paper")
    form = walk.visitor.open("/request/check").form("/request/check")
    url = walk.base + "/request/check"
    walk.visitor.http.post(url, data=form.fields, timeout=PATIENCE_S, allow_redirects=False)
    walk.send("/request/paper")


def _disk_refuses(walk: Walk) -> None:
    walk.ask()
    walk.open("/request/check")
    with walk.everything.disk_refuses(walk.place):
        walk.send("/request/check")


def _asked_for_the_pin_again(walk: Walk) -> None:
    walk.be_helped()
    walk.open("/assist?more=&next=/request/")


def assisted(step: Callable[[Walk], object], path: str, **more: object) -> Listed:
    """A page while somebody of the hall helps."""

    def before(walk: Walk) -> None:
        walk.be_helped()
        step(walk)

    return after(path, before, at=(KIOSK,), **more)


def _wrong_staff_pin(walk: Walk) -> None:
    walk.open("/assist")
    walk.send("/assist", number=str(5000 + id(walk) % 4000), pin="000000")


def _locked_out(walk: Walk) -> None:
    walk.lock_out()
    walk.open("/assist/unlock")


def _passage_touched(walk: Walk) -> None:
    walk.open("/documents/sample:policy-001")
    walk.page.locator(".passage > p:first-child").nth(3).tap()


def _problem_sent_empty(walk: Walk) -> None:
    walk.open("/documents/sample:policy-001/problem")
    walk.send("/documents/sample:policy-001/problem")


def _problem_told(walk: Walk) -> None:
    page = walk.visitor.open("/documents/sample:policy-001/problem")
    form = page.form("/problem")
    answers = {name: values[0] for name, values in form.radios.items()}
    walk.visitor.submit("/problem", **answers)


def _listen(walk: Walk) -> None:
    page = walk.visitor.open("/help")
    clips = next(value for name, value, _ in page.form("/speech/listen").buttons if name == "clips")
    walk.open(f"/speech/listen?clips={quote(clips)}&next=/help")


def _seen(walk: Walk) -> None:
    number, code = walk.hand_in()
    walk.visitor.submit("/leave")
    walk.visitor.open("/progress")
    walk.visitor.submit("/progress", number=number, code=code)


ADDITIONS = {
    "correct": ("corrected", "person", "paper"),
    "withdraw": ("person", "paper"),
    "suggest": ("suggested", "paper"),
}
"""What can be added to a request, by its path: the questions, in their order."""


def addition(path: str, until: str = "", page: str = "") -> Listed:
    """One page of an addition: the question `until`, else `page` after all of them."""

    def show(walk: Walk) -> None:
        _seen(walk)
        walk.visitor.open(f"/{path}/")
        walk.visitor.submit(f"/{path}/")
        for name in ADDITIONS[path]:
            if name == until:
                break
            walk.visitor.submit(f"/{path}/{name}", **{**ADDED, "paper": {"paper": "none"}}[name])
        if page == "receipt":
            walk.visitor.submit(f"/{path}/check")
        walk.open(f"/{path}/{until or page}")

    return Listed(f"/{path}/{until or page}", show=show)


def _correction_papers(walk: Walk, *, with_photograph: bool = False) -> None:
    """A correction that brings photographs or files, up to where they are given."""
    addition("correct", "paper").reach(walk)
    walk.visitor.open("/correct/papers")
    walk.visitor.submit("/correct/papers", papers="here")
    if with_photograph:
        walk.visitor.give("/correct/files", "照片.jpg", a_photograph(300))


def _correction_photographed(walk: Walk) -> None:
    _correction_papers(walk, with_photograph=True)


WHO_COMES = {"name": "张样例", "phone": "0635-0000009"}
LATER, CALL = "other", "call"
CHANGES = {
    "rebook": ("first", "day", "time", "paper"),
    "cancel-booking": ("paper",),
    "accept-booking": ("paper",),
}
"""What can be done about a booking, by its path: the questions, in their order."""


def _choice(walk: Walk, path: str, name: str) -> str:
    """The first value that can be chosen on a question, once the station knows what is free."""

    def offered() -> str:
        page = walk.visitor.open(f"/{path}/{name}").response.text
        inputs = re.findall(rf'<input[^>]*name="{name}"[^>]*>', page)
        values = [re.search(r'value="([^"]+)"', each) for each in inputs if "disabled" not in each]
        return next((each[1] for each in values if each and each[1] not in ("wait", CALL)), "")

    eventually(lambda: bool(offered()), "times are known at the station")
    return offered()


def _answer_times(walk: Walk, path: str, until: str, first: str) -> bool:
    """Answers when; returns whether the walk ends at one of its questions."""
    for name in ("first", "day", "time"):
        if name == until:
            return True
        if name == "first" or first == LATER:
            _answer_time(walk, path, name, first if name == "first" else "")
    return False


def _answer_time(walk: Walk, path: str, name: str, value: str) -> None:
    """Choose; whoever is told that the time has just gone to somebody else takes the next one."""
    for _ in range(5):
        choice = value or _choice(walk, path, name)
        form = walk.visitor.open(f"/{path}/{name}").form(f"/{path}/{name}")
        sent = {**form.fields, name: choice}
        answer = walk.visitor.http.post(f"{walk.base}/{path}/{name}", data=sent, timeout=PATIENCE_S)
        if answer.status_code == 200:
            return
        assert answer.status_code == 422, answer.status_code
    raise AssertionError(f"no time could be taken at /{path}/{name}")


def _book(walk: Walk, until: str = "", first: str = CALL) -> None:
    """A booking up to a question, or to its check; without a time for `CALL`."""
    walk.visitor.open("/book/")
    walk.visitor.submit("/book/")
    for name, value in (("topic", "birth"), ("place", "hall")):
        if name == until:
            return
        walk.visitor.submit(f"/book/{name}", **{name: value})
    if _answer_times(walk, "book", until, first):
        return
    asked = (("ask", {"ask": "二胎怎么登记"}), ("publish", {"may_publish": "yes"}))
    rest = (("caller", WHO_COMES), *asked, ("paper", {"paper": "none"}))
    for question_name, answers in rest:
        if question_name == until:
            return
        walk.visitor.open(f"/book/{question_name}")
        walk.visitor.submit(f"/book/{question_name}", **answers)


def booking(until: str = "", page: str = "", first: str = CALL, **more: object) -> Listed:
    """One page of a booking: the question `until`, else `page` after all of them."""

    def show(walk: Walk) -> None:
        _book(walk, until, first)
        if page in ("receipt", "bring"):
            walk.visitor.open("/book/check")
            promise = promised(walk.visitor.submit("/book/check"))
            if page == "bring":
                _find(walk, promise)
        walk.open(f"/book/{until or page}")

    return Listed(f"/book/{until or page}", show=show, **more)  # type: ignore[arg-type]


def _find(walk: Walk, promise: Promised) -> None:
    walk.visitor.submit("/leave")

    def is_known() -> bool:
        walk.visitor.open("/progress")
        is_found = walk.visitor.is_taken("/progress", number=promise.number, code=promise.code)
        return is_found and any(href == "/rebook/" for _words, href in walk.visitor.page.links)

    eventually(is_known, "the hub has the booking")


def booking_change(path: str, until: str = "", page: str = "") -> Listed:
    """One page of what is done about a booking."""

    def show(walk: Walk) -> None:
        _book(walk)
        walk.visitor.open("/book/check")
        _find(walk, promised(walk.visitor.submit("/book/check")))
        walk.visitor.open(f"/{path}/")
        if until or page:
            walk.visitor.submit(f"/{path}/")
            timed = path == "rebook"
            ends = timed and _answer_times(walk, path, until, LATER if until in ("day", "time") else "")
            if not ends and page:
                walk.visitor.open(f"/{path}/paper")
                walk.visitor.submit(f"/{path}/paper", paper="none")
        if page == "receipt":
            walk.visitor.submit(f"/{path}/check")
        walk.open(f"/{path}/{until or page}")

    return Listed(f"/{path}/{until or page}", show=show)


def inquiry(until: str = "", page: str = "") -> Listed:
    """One page of leaving a question: the question `until`, else `page` after all of them."""

    def show(walk: Walk) -> None:
        walk.visitor.open("/inquiry/")
        walk.visitor.submit("/inquiry/")
        for name, answers in INQUIRY.items():
            if name == until:
                break
            walk.visitor.submit(f"/inquiry/{name}", **answers)
        if page == "receipt":
            walk.visitor.submit("/inquiry/check")
        walk.open(f"/inquiry/{until or page}")

    return Listed(f"/inquiry/{until or page}", show=show)


def _answered(walk: Walk) -> None:
    """A question that was left and answered; the citizen sees its progress."""
    promise = leave_a_question(walk.visitor)
    walk.visitor.submit("/leave")
    desk = Walk(walk.everything, DESK, walk.page, "zh", walk.desks)
    clerk, case = desk.sit_down(CLERK), f"/desk/inquiries/{promise.number}"
    eventually(lambda: clerk.http.get(desk.base + case, timeout=PATIENCE_S).ok, "the question at the desk")
    clerk.open(case)
    clerk.submit("/open")
    clerk.submit("/answer", text="可以报销。\n带身份证和社保卡到结算窗口。", act="send")
    walk.desks["answered"] = promise.number

    def told() -> bool:
        walk.visitor.open("/progress")
        walk.visitor.submit("/progress", number=promise.number, code=promise.code)
        return "答复做好了" in walk.visitor.page.text or "answer is ready" in walk.visitor.page.text

    eventually(told, "the answer at the terminal")


def answered(path: str, posts: tuple[str, ...] = (), state: str = "", **answers: str) -> Listed:
    """A page about a question that was answered, after these forms were sent."""

    def show(walk: Walk) -> None:
        _answered(walk)
        for post in posts:
            walk.visitor.open(post)
            walk.visitor.submit(post, **answers)
        walk.open(path)

    return Listed(path, show=show, state=state)


def _progress_ordered(walk: Walk) -> None:
    _seen(walk)
    walk.visitor.open("/progress/print")
    walk.visitor.submit("/progress/print", size="standard")


def _waits_for_a_card(walk: Walk) -> None:
    READER.lay("")
    walk.ask("name")
    walk.open("/request/name")
    with walk.page.expect_navigation() as gone:
        walk.page.locator("[name=card][value=read]").click()
    walk.status = gone.value.status


def _filled_by_card(walk: Walk) -> None:
    _waits_for_a_card(walk)
    READER.lay("expired")
    walk.page.wait_for_url("**/request/name")
    walk.page.locator("[name=card_reading]").wait_for(state="attached")
    READER.lay("")


def progress(state: str, **answers: str) -> Listed:
    def show(walk: Walk) -> None:
        walk.open("/progress")
        walk.send("/progress", **answers)

    return Listed("/progress", show=show, state=state, status=422)


def _stale(walk: Walk) -> None:
    walk.open("/request/")
    walk.send("/request/", csrf_token="stale")


def _for_another(walk: Walk, papers: str) -> None:
    """A request in another's name, up to its paper."""
    walk.visitor.open("/request/")
    walk.visitor.submit("/request/")
    for name in ANSWERS:
        more = {"behalf": "another"} if name == "who" else {}
        if name == "paper":
            walk.visitor.submit("/request/papers", papers=papers)
            if papers == "here":
                return
        walk.visitor.submit(f"/request/{name}", **ANSWERS[name], **more)
        if name == "who":
            walk.visitor.submit("/request/agent", **ADDED["agent"])


def for_another(page: str, papers: str = "window", **more: object) -> Listed:
    return after(f"/request/{page}", lambda walk: _for_another(walk, papers), **more)


def _template_chosen(walk: Walk) -> None:
    walk.visitor.open("/request/templates")
    walk.visitor.submit("/request/templates", template="sample:request-template-001")
    walk.open("/request/what")


def _organ_proposed(walk: Walk) -> None:
    _template_chosen(walk)
    walk.visitor.open("/request/what")
    walk.visitor.submit("/request/what", wanted="柳林镇低保的申请条件和标准")
    walk.open("/request/organ")


def _a_photograph_given(walk: Walk) -> None:
    _for_another(walk, "here")
    walk.visitor.give("/request/files", "照片.jpg", a_photograph(300))


CITIZENS: tuple[Listed, ...] = (
    Listed("/"),
    after("/", lambda walk: walk.ask("contact"), state="with an unfinished request"),
    Listed("/attract", at=(KIOSK,)),
    Listed("/offline", at=(KIOSK,), show=_away),
    Listed("/help"),
    Listed("/help/how/search"),
    Listed("/help/how/progress"),
    Listed("/help/how/subsidies"),
    after("/help/called", _called, at=(KIOSK,)),
    *(Listed(f"/help/how/{job}", at=(KIOSK,)) for job in ("printing", "to-phone", "request")),
    Listed("/speech/listen", show=_listen, at=(KIOSK,), lang="zh"),
    Listed("/still-here"),
    Listed("/left"),
    Listed("/to-phone", at=(KIOSK,), query="page=/browse/guide"),
    Listed("/nowhere", status=404),
    Listed("/request/", show=_stale, state="with a stale token", status=400),
    # Finding
    Listed("/search"),
    Listed("/search", query="q=高龄"),
    Listed("/search", query="q=高龄&kind=policy"),
    Listed("/search", query="q=咕噜噜哗啦啦", state="nothing found"),
    Listed("/browse"),
    Listed("/browse/policy"),
    Listed("/browse/policy", query="validity=repealed"),
    Listed("/browse/question"),
    Listed("/browse/guide"),
    *(Listed(f"/browse/{kind}") for kind in ("organ", "standard", "collection", "work_plan", "decision")),
    Listed("/browse/village"),
    Listed("/browse/village", query="township=柳林镇"),
    Listed("/browse/village", query="township=柳林镇&village=样例东村"),
    *(Listed(f"/browse/by/{way}") for way in ("event", "topic", "audience", "issuer", "year")),
    Listed("/browse/by/event", query="of=养老"),
    *_documents(),
    Listed("/documents/sample:policy-001", show=_passage_touched, state="a passage touched"),
    Listed("/documents/sample:decision-005", state="ended"),
    Listed("/documents/sample:interp-002", state="with a picture"),
    Listed("/documents/sample:interp-007", state="with a video"),
    Listed("/documents/sample:question-021", state="with an ended source"),
    Listed("/documents/sample:survey-002", state="with results"),
    Listed("/documents/sample:policy-004/compare/sample:policy-005"),
    Listed("/documents/sample:policy-002/attachments/1"),
    Listed("/documents/sample:guide-001/attachments/1"),
    Listed("/documents/sample:reading-003/attachments/1"),
    Listed("/documents/sample:guide-001/attachments/1/print", at=(KIOSK,)),
    Listed("/documents/sample:policy-001/problem"),
    Listed("/documents/sample:policy-001/problem", show=_problem_sent_empty, state="sent empty", status=422),
    after("/documents/sample:policy-001/problem/thanks", _problem_told),
    Listed("/documents/sample:guide-002/print", at=(KIOSK,)),
    Listed("/papers/*", at=(KIOSK,), show=_ordered),
    # Asking
    Listed("/request/"),
    Listed("/request/sample"),
    *(question(name) for name in ANSWERS),
    *(unanswered(name) for name in ANSWERS),
    *(written("what", way, "#wanted") for way in ("pinyin", "hand", "digits", "latin", "words")),
    written("identity", "id", "#number"),
    after("/request/check", Walk.ask),
    Listed("/request/templates"),
    Listed("/request/directory"),
    Listed("/request/directory", query="of=sample:standard-001"),
    Listed("/request/others"),
    Listed("/request/what", show=_template_chosen, state="begun with a template"),
    Listed("/request/organ", show=_organ_proposed, state="one proposed"),
    after("/request/papers", Walk.ask, state="left out so far"),
    for_another("agent"),
    for_another("papers", state="a mandate is needed"),
    for_another("check", state="in another's name"),
    for_another("files", "here", state="none given yet"),
    after("/request/files", _a_photograph_given, state="one given"),
    Listed("/request/name", show=_quiet, at=(KIOSK,), state="asked whether still here"),
    after("/request/form", Walk.ask, at=(KIOSK,)),
    after("/request/form/paper", _form_ordered, at=(KIOSK,)),
    after("/request/receipt", Walk.hand_in),
    after("/request/receipt", lambda walk: walk.hand_in("standard"), at=(KIOSK,), state="printing"),
    Listed("/request/paper", show=_handed_in_meanwhile, state="handed in meanwhile", status=409),
    Listed("/request/check", show=_disk_refuses, state="the disk refuses", status=507),
    # Leaving a question
    Listed("/inquiry/"),
    Listed("/book/"),
    *(booking(name) for name in ("topic", "place", "first", "caller", "ask", "publish", "paper")),
    *(booking(name, first=LATER) for name in ("day", "time")),
    booking(page="check"),
    booking(page="check", first="", state="a seat is held"),
    booking(page="receipt"),
    booking(page="bring"),
    *(booking_change(path, name) for path, names in CHANGES.items() for name in names),
    *(booking_change(path, page=page) for path in CHANGES for page in ("", "check", "receipt")),
    *(inquiry(name) for name in INQUIRY),
    inquiry(page="check"),
    inquiry(page="receipt"),
    answered("/progress/seen", state="of a question that was answered"),
    answered("/progress/answer", state="of a question"),
    answered("/progress/answer/read", ("/progress/answer",), state="of a question"),
    answered("/progress/satisfied", state="of a question"),
    answered("/ask-again/"),
    answered("/ask-again/further", ("/ask-again/",)),
    # With a card on the reader
    Listed("/scan", at=(KIOSK,)),
    *(
        Listed("/scan", at=(KIOSK,), query=f"said={said}", state=said)
        for said in ("nothing", "elsewhere", "none")
    ),
    Listed("/card", at=(KIOSK,), show=_waits_for_a_card),
    Listed("/request/name", at=(KIOSK,), show=_filled_by_card, state="filled by a card"),
    # Following
    Listed("/progress"),
    progress("empty", number="", code=""),
    progress("wrong", number="GX03-261122-0007-K7-4", code="4821 0937 5516"),
    after("/progress/seen", _seen),
    after("/progress/answer", _seen, status=404, state="none to collect"),
    after("/progress/satisfied", _seen),
    *(after(f"/{path}/", _seen) for path in ADDITIONS),
    *(addition(path, name) for path, names in ADDITIONS.items() for name in names),
    *(addition(path, page=page) for path in ADDITIONS for page in ("check", "receipt")),
    after("/correct/papers", addition("correct", "paper").reach, state="left out so far"),
    after("/correct/files", _correction_papers, state="none given yet"),
    after("/correct/files", _correction_photographed, state="one given"),
    after("/progress/print", _seen, at=(KIOSK,)),
    after("/progress/paper", _progress_ordered, at=(KIOSK,)),
)

# The hall's staff


HELPED: tuple[Listed, ...] = (
    Listed("/assist", at=(KIOSK,)),
    Listed("/assist", at=(KIOSK,), show=_wrong_staff_pin, state="wrong", status=422),
    Listed("/assist/unlock", at=(KIOSK,), show=_locked_out),
    Listed("/assist", at=(KIOSK,), show=_asked_for_the_pin_again, state="asked for the PIN again"),
    assisted(lambda walk: None, "/assist", state="open, nothing begun"),
    assisted(lambda walk: walk.ask("name"), "/assist", state="open, half filled in"),
    assisted(lambda walk: walk.ask("name"), "/request/name", state="assisted"),
    assisted(Walk.ask, "/request/check", state="assisted"),
    assisted(Walk.hand_back, "/request/confirm"),
)


def _wrong_pin(walk: Walk) -> None:
    walk.open("/hall")
    walk.send("/hall", number="", pin="")


HALLS: tuple[Listed, ...] = (
    Listed("/hall", at=(HALL,)),
    Listed("/hall", at=(HALL,), show=_wrong_pin, state="without a PIN", status=422),
    after("/hall", _quiet_hall, at=(HALL,), state="open, quiet"),
    after("/hall", _hall_with_a_call, at=(HALL,), state="open, somebody calls"),
)

# The queue of a hall


def _number(walk: Walk) -> None:
    walk.visitor.open("/queue/")
    form = walk.visitor.page.form("/queue/take")
    topic = next(value for name, value, _kind in form.buttons if name == "topic")
    walk.visitor.submit("/queue/take", topic=topic)


def _wrong_booking(walk: Walk) -> None:
    walk.open("/queue/check-in")
    walk.send("/queue/check-in", number="GX03")


def _at_a_window(walk: Walk) -> None:
    """A window that has called somebody while others wait."""
    for _ in range(3):
        _number(Walk(walk.everything, KIOSK, walk.page, "zh", walk.desks))
    walk.open_the_hall()
    window = walk.visitor
    for press in ("open", "next"):
        page = window.open("/queue/window/1")
        for form in [one for one in page.forms if one.fields.get("press") == press]:
            window.http.post(walk.base + form.action, data=form.fields, timeout=PATIENCE_S)


QUEUE: tuple[Listed, ...] = (
    Listed("/queue/", at=(KIOSK,)),
    Listed("/queue/check-in", at=(KIOSK,)),
    Listed("/queue/check-in", at=(KIOSK,), show=_wrong_booking, state="wrong", status=422),
    after("/queue/ticket", _number, at=(KIOSK,)),
    Listed("/queue/place/nobody", status=404),
    after("/queue/window", Walk.open_the_hall, at=(HALL,)),
    after("/queue/window/2", Walk.open_the_hall, at=(HALL,), state="closed"),
    after("/queue/window/1", _at_a_window, at=(HALL,), state="somebody is called"),
    after("/queue/overview", _at_a_window, at=(HALL,)),
)

# Clerks

SITE = (
    "序号,标题,链接,发布时间,正文\n"
    "1,关于补贴的通知（示例）,https://gx.example.cn/1.html,2026/11/1,<p>第一条　发放。</p>\n"
)
LINES = "".join(
    json.dumps(each, ensure_ascii=False) + "\n"
    for each in (
        a_record("example:1", title="关于示例镇修路的通知（示例）"),
        a_record("example:2", kind="poem"),
    )
)


def desk(path: str, name: str, **more: object) -> Listed:
    def show(walk: Walk) -> None:
        walk.sit_down(name)
        walk.open(quote(path) + (f"?{quote(str(more['query']), safe='=&/')}" if "query" in more else ""))

    return Listed(path, at=(DESK,), show=show, **more)  # type: ignore[arg-type]


def _taken_in(walk: Walk, number: str) -> Visitor:
    """The clerk, once the hub has this request; the list shows some tens of them, so it is asked for this one."""
    clerk = walk.sit_down(CLERK)
    asked = f"/desk/requests?number={number}"
    eventually(lambda: number in dict(clerk.open(asked).links), "the request on the desk")
    return clerk


def a_case(walk: Walk) -> str:
    """The number of a request that a citizen has just handed in and the hub has taken in."""
    if "case" not in walk.desks:
        citizen = Walk(walk.everything, KIOSK, walk.page, "zh", walk.desks)
        number, _ = citizen.hand_in()
        _taken_in(walk, number)
        walk.desks["case"] = number
    walk.sit_down(CLERK)
    return str(walk.desks["case"])


def _case(walk: Walk) -> None:
    walk.open(f"/desk/requests/{a_case(walk)}")


def _opened(walk: Walk) -> None:
    _case(walk)
    walk.send("/open")


def _receipt(walk: Walk) -> None:
    walk.open(f"/desk/requests/{a_case(walk)}/receipt")


def _receipt_shown(walk: Walk) -> None:
    walk.open(f"/desk/requests/{a_case(walk)}/receipt?on={MONDAY}&basis=confirmed")


def _step(walk: Walk) -> None:
    """The longest of the forms of steps."""
    number = a_case(walk)
    confirm_receipt(walk.visitor, number)
    walk.visitor.submit("/register")
    walk.desks.pop("case")
    walk.open(f"/desk/requests/{number}/steps/answer")


def _release(walk: Walk) -> None:
    walk.open(f"/desk/requests/{a_case(walk)}/release")


def _lost_slip(walk: Walk) -> None:
    walk.open(f"/desk/requests/{a_case(walk)}/new-code")


def _added(walk: Walk) -> None:
    """A withdrawal that waits for the clerk."""
    citizen = Walk(walk.everything, KIOSK, walk.page, "zh", walk.desks)
    _seen(citizen)
    addition("withdraw", page="receipt").reach(citizen)
    number = re.search(r"[A-Z0-9]{4}-\d{6}-\d{4}-\w{2}-\w", citizen.visitor.open("/progress/seen").text)
    assert number
    clerk, case = _taken_in(walk, number[0]), f"/desk/requests/{number[0]}"
    found = eventually(
        lambda: re.search(r"/desk/requests/added/[^\"]+", clerk.open(case).response.text), "the withdrawal"
    )
    walk.open(found[0])


def _days(walk: Walk) -> None:
    number = a_case(walk)
    confirm_receipt(walk.visitor, number)
    walk.desks.pop("case")
    walk.open(f"/desk/requests/{number}/days")


def _notice(walk: Walk, text: str) -> None:
    walk.sit_down(CLERK)
    walk.open("/desk/workdays/new")
    walk.page.fill("#text", text)
    walk.send("/desk/workdays/check", text=text)


def _notice_wrong(walk: Walk) -> None:
    _notice(walk, INVENTED_2027.replace("共7天", "共8天", 1))


def _notice_read(walk: Walk) -> None:
    _notice(walk, INVENTED_2027)


def _year_proposed(walk: Walk) -> None:
    if "year" not in walk.desks:
        _notice_read(walk)
        walk.send("/desk/workdays/propose")
        walk.desks["year"] = "2027"
    walk.sit_down(CLERK)
    walk.open("/desk/workdays/proposals/2027")


BOOKED = "c-liulin-pension-20261126-0900"
"""A Thursday at the township's centre."""


def _closing_hits(walk: Walk) -> None:
    if "booked" not in walk.desks:
        walk.everything.book(BOOKED)
        walk.desks["booked"] = BOOKED
    walk.sit_down(ADMIN)
    walk.open("/desk/supply/exception/new?kind=closed&day=2026-11-26&place=liulin")
    walk.send("/desk/supply/exception/", reason="停电")


def _waits_for_a_decision(walk: Walk) -> None:
    walk.sit_down(ADMIN)
    walk.open("/desk/supply/bookings")


def _registered(walk: Walk) -> None:
    number = a_case(walk)
    confirm_receipt(walk.visitor, number)
    walk.visitor.submit("/register")
    walk.desks.pop("case")
    walk.open(f"/desk/requests/{number}")


def _letters(walk: Walk, after: str = "") -> None:
    if "letters" not in walk.desks:
        _registered(walk)
        walk.desks["letters"] = walk.page.url.rpartition("/")[2]
    walk.sit_down(CLERK)
    walk.open(f"/desk/requests/{walk.desks['letters']}/letters{after}")


def _letters_of_a_step(walk: Walk) -> None:
    """Those of the answer, the most."""
    _letters(walk)
    walk.open(f"/desk/requests/{walk.desks['letters']}/steps/answer/letters")


def _new_letter(walk: Walk) -> None:
    _letters(walk, "/new/correction")


def _draft(walk: Walk, after: str = "") -> None:
    if "draft" not in walk.desks:
        _new_letter(walk)
        walk.send("/letters/new/correction")
        walk.desks["draft"] = walk.page.url.rpartition("/")[2]
    _letters(walk, f"/{walk.desks['draft']}{after}")


def _draft_again(walk: Walk) -> None:
    _draft(walk, "/edit")


def _cover(walk: Walk) -> None:
    """A file of a draft, with an area that is marked."""
    _draft(walk)
    letter = f"/desk/requests/{walk.desks['letters']}/letters/{walk.desks['draft']}"
    if "covered" not in walk.desks:
        page = typst.compile(b'#set document(title: "x")\nA list of grants: Zhang, 1200')
        file = {"name": "list.pdf", "mimeType": "application/pdf", "buffer": page}
        walk.page.set_input_files("#attach-file", files=[file])  # type: ignore[list-item]
        walk.send("/attach")
        walk.desks["covered"] = walk.page.locator("a[href$='/cover']").first.get_attribute("href") or ""
        walk.open(walk.desks["covered"])
        walk.page.fill("#words", "Zhang")
        walk.send("/cover/words")
    walk.open(walk.desks["covered"] or letter)


def _letter_head(walk: Walk) -> None:
    walk.sit_down(CLERK)
    walk.open("/desk/requests/letter-heads/GX-01")


def _on_docket(walk: Walk) -> None:
    clerk = walk.sit_down(CLERK)
    if "docket" not in walk.desks:
        offered = clerk.open("/desk/report/docket/new").form("/desk/report/docket/new").offered["organ"]
        clerk.submit(
            "/desk/report/docket/new",
            kind="review",
            organ=next(code for code in offered if code),
            reference="样例1号",
            opened_on="2026-11-20",
        )
        walk.desks["docket"] = "1"
    walk.open("/desk/report/docket/1")


def _logged(walk: Walk) -> None:
    walk.open(f"/desk/report/log/{a_case(walk)}")


def _booked(walk: Walk) -> str:
    """The address of a booking that the desk has made for somebody."""
    clerk, new = walk.sit_down(CLERK), "/desk/bookings/new"
    page = clerk.open(f"{new}?topic=birth&place=hall").response.text
    session = re.findall(r'name="session" value="([^"]+)"', page)[0]
    clerk.submit(new, session=session, **WHO_COMES)
    return clerk.page.path


def _inquiry(walk: Walk) -> str:
    """A question that has arrived; its page at the desk."""
    if "inquiry" not in walk.desks:
        citizen = Walk(walk.everything, KIOSK, walk.page, "zh", walk.desks)
        walk.desks["inquiry"] = leave_a_question(citizen.visitor).number
        citizen.visitor.submit("/leave")
    clerk, case = walk.sit_down(CLERK), f"/desk/inquiries/{walk.desks['inquiry']}"
    eventually(lambda: clerk.http.get(walk.base + case, timeout=PATIENCE_S).ok, "the question at the desk")
    return case


def _inquiry_open(walk: Walk) -> None:
    walk.open(_inquiry(walk))
    walk.send("/open")


def _inquiry_proposed(walk: Walk) -> None:
    """What identifies is marked before an answer goes to the library."""
    if "answered" not in walk.desks:
        _answered(Walk(walk.everything, KIOSK, walk.page, "zh", walk.desks))
    walk.sit_down(CLERK)
    walk.open(f"/desk/inquiries/{walk.desks['answered']}/propose")
    walk.send("/propose", question="住院怎样报销？", answer="请找张样例，电话13800001234，到0635-0000001问。")


def _handing_over(walk: Walk) -> None:
    number = a_case(walk)
    walk.open(f"/desk/requests/{number}/hand-over")


def _sign_in_wrong(walk: Walk) -> None:
    walk.open("/desk/sign-in")
    walk.send("/desk/sign-in", name="nobody", password="nothing")


def _new_code(walk: Walk) -> None:
    walk.sit_down(ADMIN)
    walk.open("/desk/devices")
    walk.send("/desk/devices", name=f"示例大厅{len(walk.desks)}号机 {id(walk) % 100_000}")


def _no_name(walk: Walk) -> None:
    walk.sit_down(ADMIN)
    walk.open("/desk/devices")
    walk.send("/desk/devices", name="")


def upload(walk: Walk, name: str, text: str) -> str:
    """Hands in a file; the path of what was found in it."""
    publisher = walk.sit_down(PUBLISHER)
    page = publisher.open("/desk/catalogue/import")
    answer = publisher.http.post(
        f"{walk.base}/desk/catalogue/import",
        data=page.form("/desk/catalogue/import").fields,
        files={"file": (name, text.encode())},
        timeout=PATIENCE_S,
    )
    assert "/desk/catalogue/import/" in answer.url
    return answer.url.removeprefix(walk.base)


def _looked_at(walk: Walk) -> None:
    walk.open(upload(walk, "导出.jsonl", LINES))


def _unmapped(walk: Walk) -> None:
    walk.open(upload(walk, "网站.csv", SITE))


def _mapping(walk: Walk) -> None:
    walk.open(upload(walk, "网站.csv", SITE) + "/mapping")


def _nothing_uploaded(walk: Walk) -> None:
    walk.sit_down(PUBLISHER)
    walk.open("/desk/catalogue/import")
    walk.send("/desk/catalogue/import")


def a_waiting_entry(walk: Walk) -> str:
    """The id of an entry that somebody handed in and nobody has approved yet."""
    if "entry" not in walk.desks:
        path = upload(walk, "一件.jsonl", LINES.splitlines()[0] + "\n")
        walk.visitor.open(path)
        walk.visitor.submit("/confirm")
        walk.desks["entry"] = "example:1"
    return str(walk.desks["entry"])


def entry(name: str, state: str) -> Listed:
    def show(walk: Walk) -> None:
        doc_id = a_waiting_entry(walk)
        walk.sit_down(name)
        walk.open(f"/desk/catalogue/entries/{doc_id}")

    return Listed("/desk/catalogue/entries/*", at=(DESK,), show=show, state=state)


def sent_empty(path: str, who: str, /, **answers: str) -> Listed:
    """A form of the desk that was sent with nothing, or too little, in it."""

    def show(walk: Walk) -> None:
        walk.sit_down(who)
        walk.open(path)
        walk.send(path, **answers)

    return Listed(path, at=(DESK,), show=show, state="sent empty", status=422)


def _refused_without_reason(walk: Walk) -> None:
    doc_id = a_waiting_entry(walk)
    walk.sit_down(SECOND_PUBLISHER)
    walk.open(f"/desk/catalogue/entries/{doc_id}")
    walk.send("/refuse/", note="")


def _password_reset(walk: Walk) -> None:
    walk.sit_down(ADMIN)
    walk.open("/desk/staff")
    form = walk.page.locator("form[action='/desk/staff/reset']").filter(has_text=FORGETFUL)
    walk.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    with walk.page.expect_navigation() as gone:
        form.locator("button").click()
    walk.status = gone.value.status


def _one_terminal(walk: Walk) -> None:
    walk.sit_down(ADMIN)
    walk.open("/desk/devices")
    walk.page.locator("tbody th a").first.click()


def _held(walk: Walk) -> None:
    walk.everything.hold_an_upload()
    walk.sit_down(ADMIN)
    walk.open("/desk/held")


def _discarded_without_reason(walk: Walk) -> None:
    _held(walk)
    walk.send("/desk/held/discard", reason="")


def _problem_at_the_desk(walk: Walk) -> None:
    walk.everything.report_a_problem("sample:policy-001")
    walk.sit_down(PUBLISHER)
    walk.open("/desk/catalogue/problems/sample:policy-001")


CLERKS: tuple[Listed, ...] = (
    Listed("/desk/sign-in", at=(DESK,)),
    Listed("/desk/sign-in", at=(DESK,), show=_sign_in_wrong, state="wrong", status=422),
    Listed("/nowhere", at=(DESK,), status=404),
    desk("/desk/requests", CLERK, state="empty", query="number=none"),
    Listed("/desk/requests/*", at=(DESK,), show=_case, state="submitted"),
    Listed("/desk/requests/*/open", at=(DESK,), show=_opened),
    Listed("/desk/requests/*", at=(DESK,), show=_registered, state="registered"),
    desk("/desk/requests", CLERK, state="with requests"),
    desk("/desk/report", CLERK),
    desk("/desk/report/cases", CLERK, query="row=new"),
    desk("/desk/report/figures", CLERK),
    sent_empty("/desk/report/figures", CLERK, **{"normative-0": "drei"}),
    desk("/desk/report/text", CLERK),
    desk("/desk/report/statistics", CLERK),
    desk("/desk/report/docket", CLERK),
    desk("/desk/report/docket/new", CLERK),
    sent_empty("/desk/report/docket/new", CLERK, reference=""),
    Listed("/desk/report/docket/1", at=(DESK,), show=_on_docket),
    desk("/desk/report/log", CLERK, query="number=none"),
    Listed("/desk/report/log/*", at=(DESK,), show=_logged),
    desk("/desk/inquiries", CLERK, state="empty", query="number=none"),
    desk("/desk/bookings", CLERK),
    desk("/desk/bookings/new", CLERK),
    desk("/desk/bookings/new", CLERK, state="times", query="topic=birth&place=hall"),
    desk("/desk/bookings/telephones", CLERK),
    Listed("/desk/bookings/*", at=(DESK,), show=lambda walk: walk.open(_booked(walk))),
    Listed("/desk/bookings/*/time", at=(DESK,), show=lambda walk: walk.open(f"{_booked(walk)}/time")),
    Listed(
        "/desk/bookings/*/hand-over", at=(DESK,), show=lambda walk: walk.open(f"{_booked(walk)}/hand-over")
    ),
    Listed("/desk/bookings/*/propose", at=(DESK,), show=lambda walk: walk.open(f"{_booked(walk)}/propose")),
    Listed("/desk/inquiries/*", at=(DESK,), show=lambda walk: walk.open(_inquiry(walk))),
    Listed("/desk/inquiries/*/open", at=(DESK,), show=_inquiry_open),
    Listed(
        "/desk/inquiries/*/hand-over", at=(DESK,), show=lambda walk: walk.open(f"{_inquiry(walk)}/hand-over")
    ),
    Listed("/desk/inquiries/*/propose", at=(DESK,), show=_inquiry_proposed, status=422),
    desk("/desk/inquiries", CLERK, state="with questions"),
    desk("/desk/inquiries/figures", CLERK),
    desk("/desk/bookings/figures", CLERK),
    desk("/desk/staff", CLERK, state="may approve"),
    desk("/desk/staff", ADMIN, state="may close"),
    desk("/desk/staff", PUBLISHER, state="forbidden", status=403),
    desk("/desk/organs", CLERK, state="of a holder"),
    desk("/desk/organs", ADMIN, state="of an administrator"),
    Listed("/desk/requests/*/hand-over", at=(DESK,), show=_handing_over),
    desk("/desk/password", ADMIN),
    sent_empty("/desk/password", ADMIN, old=""),
    Listed("/desk/staff/reset", at=(DESK,), show=_password_reset),
    desk("/desk/workdays", CLERK),
    desk("/desk/workdays", CLERK, state="not announced", query="year=2027"),
    desk("/desk/workdays/new", CLERK),
    Listed("/desk/workdays/check", at=(DESK,), show=_notice_wrong, state="wrong", status=422),
    Listed("/desk/workdays/check", at=(DESK,), show=_notice_read),
    Listed("/desk/workdays/proposals/2027", at=(DESK,), show=_year_proposed),
    desk("/desk/supply", ADMIN, query="week=2026-11-30&place=hall"),
    desk("/desk/supply", ADMIN, state="not announced", query="week=2027-01-04&place=hall"),
    *(desk(f"/desk/supply/{part}", CLERK) for part in ("place", "topic", "rule", "exception")),
    *(
        desk(f"/desk/supply/{part}/{code}", ADMIN)
        for part, code in (
            ("place", "hall"),
            ("topic", "birth"),
            ("rule", "hallsat"),
            ("exception", "meeting"),
        )
    ),
    desk("/desk/supply/terms/terms", ADMIN),
    desk("/desk/supply/history", ADMIN),
    sent_empty("/desk/supply/rule/hallsat", ADMIN, spans="九点"),
    Listed("/desk/supply/exception/*", at=(DESK,), show=_closing_hits, state="hits a booking", status=422),
    Listed("/desk/supply/bookings", at=(DESK,), show=_waits_for_a_decision),
    desk("/desk/requests/fees", CLERK, state="none charged"),
    desk("/desk/requests/lost", CLERK),
    desk("/desk/requests/new", CLERK),
    Listed("/desk/requests/*/release", at=(DESK,), show=_release),
    Listed("/desk/requests/*/new-code", at=(DESK,), show=_lost_slip),
    Listed("/desk/requests/added/*", at=(DESK,), show=_added),
    Listed("/desk/requests/*/days", at=(DESK,), show=_days),
    Listed("/desk/requests/*/receipt", at=(DESK,), show=_receipt),
    Listed("/desk/requests/*/receipt", at=(DESK,), show=_receipt_shown, state="its deadline shown"),
    Listed("/desk/requests/*/steps/*", at=(DESK,), show=_step),
    desk("/desk/requests/recount", CLERK),
    Listed("/desk/requests/*/steps/*/letters", at=(DESK,), show=_letters_of_a_step),
    Listed("/desk/requests/*/letters", at=(DESK,), show=_letters),
    Listed("/desk/requests/*/letters/new/*", at=(DESK,), show=_new_letter),
    Listed("/desk/requests/*/letters/*", at=(DESK,), show=_draft),
    Listed("/desk/requests/*/letters/*/edit", at=(DESK,), show=_draft_again),
    Listed("/desk/requests/*/letters/*/files/*/cover", at=(DESK,), show=_cover),
    Listed("/desk/requests/letter-heads/*", at=(DESK,), show=_letter_head),
    desk("/desk/requests/letter-texts", CLERK),
    Listed(
        "/desk/requests/letter-texts/*",
        at=(DESK,),
        show=lambda walk: (walk.sit_down(CLERK), walk.open("/desk/requests/letter-texts/correction"))[1],
    ),
    desk("/desk/devices", ADMIN),
    Listed("/desk/devices/*", at=(DESK,), show=_one_terminal),
    desk("/desk/held", ADMIN, state="nothing held"),
    Listed("/desk/held", at=(DESK,), show=_held, state="one held"),
    Listed("/desk/held/discard", at=(DESK,), show=_discarded_without_reason, status=422),
    Listed("/desk/devices", at=(DESK,), show=_new_code, state="with a code"),
    Listed("/desk/devices", at=(DESK,), show=_no_name, state="sent empty", status=422),
    desk("/desk/catalogue", PUBLISHER, state="nothing found", query="q=咕噜噜"),
    desk("/desk/catalogue", PUBLISHER, query="state=all"),
    desk("/desk/catalogue/review", PUBLISHER),
    desk("/desk/catalogue/searches", PUBLISHER),
    desk("/desk/catalogue/words", PUBLISHER),
    desk("/desk/catalogue/problems", PUBLISHER),
    Listed("/desk/catalogue/problems/*", at=(DESK,), show=_problem_at_the_desk),
    desk("/desk/catalogue/table/rows/sample:fee-001", PUBLISHER),
    desk("/desk/catalogue/attachments/sample:guide-001", PUBLISHER),
    desk("/desk/catalogue/attached/1/sample:guide-001", PUBLISHER),
    desk("/desk/hall", ADMIN),
    desk("/desk/hall/new", ADMIN),
    sent_empty("/desk/hall/new", ADMIN, name=""),
    desk(f"/desk/hall/{HALL_NUMBER}", ADMIN),
    desk("/desk/hall/unlock", ADMIN),
    desk("/desk/catalogue/import", PUBLISHER),
    Listed("/desk/catalogue/import", at=(DESK,), show=_nothing_uploaded, state="sent empty", status=422),
    Listed("/desk/catalogue/import/*", at=(DESK,), show=_looked_at, state="looked at"),
    Listed("/desk/catalogue/import/*", at=(DESK,), show=_unmapped, state="columns unknown"),
    Listed("/desk/catalogue/import/*/mapping", at=(DESK,), show=_mapping),
    entry(PUBLISHER, "own"),
    entry(SECOND_PUBLISHER, "to decide"),
    Listed("/desk/catalogue/refuse/*", at=(DESK,), show=_refused_without_reason, status=422),
    desk("/desk/catalogue", PUBLISHER, state="waiting"),
    desk("/desk/catalogue/entries/sample:policy-001", PUBLISHER),
    desk("/desk/catalogue/new", PUBLISHER),
    *(
        desk(f"/desk/catalogue/new/{kind}", PUBLISHER)
        for kind in ("policy", "guide", "village", "collection")
    ),
    sent_empty("/desk/catalogue/new/policy", PUBLISHER, title=""),
    desk("/desk/catalogue/edit/sample:policy-001", PUBLISHER),
    desk("/desk/catalogue/amend/sample:policy-001", PUBLISHER),
    desk("/desk/catalogue/repeal/sample:policy-001", PUBLISHER),
    sent_empty("/desk/catalogue/repeal/sample:policy-001", PUBLISHER, reason=""),
)

PAGES = (*CITIZENS, *HELPED, *HALLS, *QUEUE, *CLERKS)


def at(place: str) -> tuple[Listed, ...]:
    """The pages of one place."""
    return tuple(each for each in PAGES if place in each.at)


NO_PAGE: dict[str, str] = {
    "/desk/requests/<number>/days.pdf": "a PDF",
    "/desk/requests/ledger.<form>": "a table to keep",
    "/desk/requests/<number>/letters/<int:seq>/preview.pdf": "a PDF",
    "/desk/requests/<number>/letters/<int:seq>/letter.pdf": "a PDF",
    "/desk/requests/<number>/letters/<int:seq>/scan": "a PDF or a picture",
    "/desk/requests/<number>/letters/<int:seq>/files/<int:file>": "a PDF or a picture",
    "/desk/requests/<number>/letters/<int:seq>/files/<int:file>/cover/<int:at>.jpg": "a picture",
    "/desk/requests/<number>/letters/<int:seq>/files/<int:file>/cover/original": "a PDF or a picture",
    "/": "leads a clerk on; the stations' own is in the list",
    "/api/*": "JSON",
    "/awake": "a sign of life",
    "/scan/waiting": "JSON",
    "/scanned": "leads to what the code means",
    "/feeds/<kind>.atom": "a feed",
    "/healthz": "JSON",
    "/documents/<path:doc_id>/attachments/<int:at>/file": "a file",
    "/documents/<path:doc_id>/attachments/<int:at>/picture": "a picture",
    "/documents/<path:doc_id>/names": "shown for some weeks only; looked at in test_names_of_a_village.py",
    "/hall/calls": "a piece of /hall",
    "/help/called/now": "a piece of /help/called",
    "/queue/overview/now": "a piece of /queue/overview",
    "/queue/screen": "hangs on the wall of a hall; looked at in tests/queue/test_a_number_by_touch.py",
    "/queue/screen/now": "JSON",
    "/queue/window/<name>/now": "a piece of /queue/window",
    "/offline-worker.js": "a script",
    "/open/*": "tables and lines of JSON",
    "/progress/answer/*": "only while an answer is read; walked in tests/journeys/test_collected_answer.py",
    "/inquiry/confirm": "as /request/confirm",
    "/ask-again/*": "as /correct/*",
    "/inquiry/receipt/*": "pieces and files, as of /request/receipt",
    "/request/remedies": "only after an answer was collected",
    **{f"/{path}/confirm": "as /request/confirm" for path in ("book", *CHANGES)},
    **{f"/{path}/receipt/*": "pieces and files, as of /request/receipt" for path in ("book", *CHANGES)},
    "/book/calendar": "a file; on a kiosk a code after a booking, read in tests/consultation/test_calendar_file.py",
    **{f"/{path}/confirm": "as /request/confirm" for path in ADDITIONS},
    **{f"/{path}/receipt/*": "pieces and files, as of /request/receipt" for path in ADDITIONS},
    "/request/files/<file>/picture": "a picture",
    "/correct/files/<file>/picture": "a picture",
    "/request/receipt/document": "a PDF",
    "/request/receipt/paper": "a piece of /request/receipt",
    "/request/receipt/picture": "a picture",
    "/request/receipt/sent": "a piece of /request/receipt",
    "/speech/<clips>.opus": "sound",
    "/search/live": "a piece of the pages with a search box",
    "/static/<path:filename>": "a file",
    "/desk": "leads on",
    "/desk/sign-in/*": "only where a hub asks for a second factor; looked at in test_second_factor.py",
    "/desk/catalogue/attached-file/*": "a file",
    "/desk/catalogue/attached-picture/*": "a picture",
    "/desk/catalogue/table-file/*": "a file",
    "/desk/catalogue/words.tsv": "a table",
    "/desk/catalogue/ledger.csv": "a table",
    "/desk/report/report.xlsx": "a table",
    "/desk/report/report.pdf": "a paper",
    "/desk/report/statistics.xlsx": "a table",
    "/sync/*": "for terminals",
}
"""GET routes of the stations and the hub that show no page of their own (`*`: all below), and what they give."""
