"""Brings a browser to any page: what is done on the way goes over plain HTTP, the page itself is the browser's."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page

from tests.browser.everything import HALL_NUMBER, HALL_PIN, LOCKED_NUMBER, Everything
from tests.journeys.story import ANSWERS, promised, sign_in
from tests.pages import PATIENCE_S, Visitor, an_address
from tests.world import PASSWORD

SEND = """([part, answers]) => {
  const actions = [...document.forms].map((one) => one.getAttribute("action"));
  const at = actions.includes(part) ? actions.indexOf(part) : actions.findIndex((one) => one.includes(part));
  const form = document.forms[at];
  for (const [name, value] of Object.entries(answers)) {
    const field = form.elements[name];
    if (field instanceof RadioNodeList || ["radio", "checkbox"].includes(field.type)) {
      for (const one of field.length ? field : [field]) one.checked = one.value === value;
    } else field.value = value;
  }
  form.noValidate = true;
  HTMLFormElement.prototype.submit.call(form);
}"""


class Walk:
    """One person on the way to one page."""

    def __init__(self, everything: Everything, place: str, page: Page, lang: str, desks: dict[str, Any]):
        self.everything, self.place, self.page, self.lang = everything, place, page, lang
        self.base = everything.url(place)
        self.desks = desks
        self.status = 0
        self.visitor = Visitor(self.base, an_address() if place == "web" else "")
        if place in ("kiosk", "web") and lang != "zh":
            self.visitor.http.post(
                self.base + "/settings", data={"lang": lang, "next": "/"}, timeout=PATIENCE_S
            )
        if place == "desk":
            self._speak(self.visitor)

    def open(self, path: str) -> None:
        """The browser goes there as the person who walked so far."""
        context = self.page.context
        context.clear_cookies()
        context.add_cookies(
            [
                {"name": each.name, "value": each.value or "", "url": self.base}
                for each in self.visitor.http.cookies
            ]
        )
        answer = self.page.goto(self.base + path)
        assert answer, path
        self.status = answer.status

    def send(self, part_of_action: str, **answers: str) -> None:
        """Sends a form of the page in the browser as it would go without JavaScript."""
        with self.page.expect_navigation() as gone:
            self.page.evaluate(SEND, [part_of_action, answers])
        self.status = gone.value.status

    @property
    def path(self) -> str:
        """Where the browser stands."""
        return urlsplit(self.page.url).path

    # Citizens

    def ask(self, until: str = "") -> None:
        """Answers the request's questions up to this one, or all; the visitor stands there."""
        self.visitor.open("/request/")
        self.visitor.submit("/request/")
        for name, answers in ANSWERS.items():
            if name == until:
                return
            self.visitor.submit(f"/request/{name}", **answers)

    def hand_in(self, paper: str = "none") -> tuple[str, str]:
        """A whole request; number and query code."""
        self.ask("paper")
        self.visitor.submit("/request/paper", paper=paper)
        promise = promised(self.visitor.submit("/request/check"))
        return promise.number, promise.code

    def open_the_hall(self) -> None:
        """The hall's page with number and PIN."""
        self.visitor.open("/hall")
        self.visitor.submit("/hall", number=HALL_NUMBER, pin=HALL_PIN)

    def be_helped(self) -> None:
        """Somebody of the hall's staff begins to help."""
        self.visitor.open("/assist")
        self.visitor.submit("/assist", number=HALL_NUMBER, pin=HALL_PIN)

    def hand_back(self) -> None:
        """What was filled in together goes to the citizen for confirming."""
        self.ask()
        self.visitor.open("/request/check")
        self.visitor.submit("/request/check")

    def lock_out(self) -> None:
        """An account of the hall that was tried too often; the visitor is asked for the digits from the telephone."""
        self.visitor.open("/assist")
        answer = self.visitor.page.form("/assist")
        tried = {**answer.fields, "number": LOCKED_NUMBER, "pin": "000000"}
        self.visitor.http.post(self.base + "/assist", data=tried, timeout=PATIENCE_S)
        self.everything.count_as_closed()
        self.visitor.http.post(self.base + "/assist", data=tried, timeout=PATIENCE_S)

    # Clerks

    def sit_down(self, name: str) -> Visitor:
        """The desk as this person; signed in once in each language, for a password takes its time."""
        who = f"{name} {self.lang}"
        if who not in self.desks:
            self.desks[who] = Visitor(self.base)
            self._speak(self.desks[who])
            sign_in(self.desks[who], name, PASSWORD)
        self.visitor = self.desks[who]
        return self.visitor

    def _speak(self, visitor: Visitor) -> None:
        """The desk in the language of this walk, chosen before sign-in and kept by it."""
        if self.lang != "zh":
            visitor.open("/desk/sign-in")
            visitor.submit("/desk/language", lang=self.lang)
            assert visitor.page.lang == self.lang
