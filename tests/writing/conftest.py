"""A small terminal with one page for each sort of field, served for a browser, and a finger to touch it with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, render_template, request
from jinja2 import ChoiceLoader, FileSystemLoader
from playwright.sync_api import Browser, ConsoleMessage, Page
from wtforms import StringField, TextAreaField

from config.settings import TerminalSettings
from kiosk import db, side_lists
from kiosk.disclosure.pages.kind import REQUEST
from kiosk.intake.form.blanks import Asking
from kiosk.web.forms import QuestionForm
from kiosk.writing import views
from kiosk.writing.lexicon import SqliteLexicon, names_in, prepare, spelled
from tests import building
from tests.building import county_list, terminal_settings
from tests.clocks import MONDAY_MORNING
from tests.served import served
from tools.gallery import gallery_app

PAGES = Path(__file__).parent / "pages"
ANSWER = "<!doctype html><link rel=icon href=/static/seal.svg><title>ok</title><p id=answer>{}</p>"
PAUSE_OVER = "since => performance.now() > since + 120"
PORTRAIT, LANDSCAPE, PHONE = (1080, 1920), (1920, 1080), (390, 844)


class WhatForm(QuestionForm):
    """A long answer."""

    wanted = TextAreaField("您想要什么信息？")


class ContactForm(QuestionForm):
    """A telephone, an address, an e-mail address."""

    phone = StringField("电话")
    address = StringField("地址", render_kw={"data-writing": "hand", "data-writing-words": "places"})
    email = StringField("电子邮箱")


def identity_form() -> QuestionForm:
    """The identity question of a request, as the product asks it."""
    return REQUEST.question("identity").form(Asking({}, date(2026, 11, 22), list))


FORMS: dict[str, Callable[[], QuestionForm]] = {
    "what": WhatForm,
    "identity": identity_form,
    "contact": ContactForm,
}


def writing_app(home: Path, settings: TerminalSettings, port: int) -> Flask:
    """The terminal's own pages with the panel and the questions above."""
    app = gallery_app(settings, port=port)
    building.station(home)
    app.extensions["kiosk"] = replace(app.extensions["kiosk"], home=home)
    assert app.jinja_loader
    app.jinja_loader = ChoiceLoader([FileSystemLoader(PAGES), app.jinja_loader])
    if "writing" not in app.blueprints:
        app.register_blueprint(views.blueprint())
    app.add_url_rule("/ask/<step>", view_func=ask, methods=["GET", "POST"])
    return app


def ask(step: str) -> tuple[str, int]:
    """One question; an answer that is wrong comes back with its errors, a right one is shown."""
    form: Any = FORMS[step]()
    if request.method == "POST":
        if form.validate():
            told = " ".join(map(str, form.data.values()))
            return ANSWER.format(told), 200
        return render_template("ask.html", step=step, form=form), 422
    return render_template("ask.html", step=step, form=form), 200


@pytest.fixture(scope="session")
def lexicon(tmp_path_factory: pytest.TempPathFactory) -> SqliteLexicon:
    """The words as they are on a terminal of the example county."""
    return SqliteLexicon(prepare(tmp_path_factory.mktemp("words")), spelled(names_in(county_list())))


@pytest.fixture(scope="module")
def terminal_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A kiosk, served."""
    with a_terminal(tmp_path_factory.mktemp("home"), "kiosk") as url:
        yield url


@pytest.fixture(scope="module")
def web_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The same pages for phones, served."""
    with a_terminal(tmp_path_factory.mktemp("home"), "web") as url:
        yield url


def a_terminal(home: Path, channel: str) -> AbstractContextManager[str]:
    """One of these terminals with the county's words, served until the caller is done."""
    settings = terminal_settings(station_name="清泉街道便民服务中心 · 3号机", channel=channel)

    def app(port: int) -> Flask:
        made = writing_app(home, settings, port)
        with db.writing(db.store):
            side_lists.replace(db.store, side_lists.WORDS, county_list(), MONDAY_MORNING)
        return made

    return served(app)


@dataclass
class Finger:
    """Touches a page as a person does: keys by their words, strokes point by point."""

    page: Page
    complaints: list[str]
    last: str = ""

    def key(self, words: str) -> None:
        """Taps the visible key with these words."""
        self.page.locator(".writing .writing-key:visible, .writing-tab").get_by_text(
            words, exact=True
        ).first.tap()

    def keys(self, letters: str) -> None:
        """Taps one key after another; the same key twice only after the panel no longer takes it for an echo."""
        for letter in letters:
            if letter == self.last:
                self.page.wait_for_function(PAUSE_OVER, arg=self.page.evaluate("() => performance.now()"))
            typed, signed = (f'.writing [data-{sort}="{letter}"]:visible' for sort in ("letter", "key"))
            self.page.locator(f"{typed}, {signed}").tap()
            self.last = letter

    def way(self, name: str) -> None:
        """Chooses how to write."""
        self.page.locator(f'.writing [data-way="{name}"]').tap()

    def candidate(self, text: str) -> None:
        """Waits for a candidate and taps it."""
        ready = self.page.locator(
            ".writing-candidates:not(.is-resting, .is-outdated) .writing-candidate:visible"
        )
        ready.get_by_text(text, exact=True).first.tap()

    def draw(self, strokes: list[list[tuple[float, float]]]) -> None:
        """Draws strokes given in a box of 0 to 1 into the square."""
        box = self.page.locator(".writing-canvas").bounding_box()
        assert box
        side = min(box["width"], box["height"]) * 0.8
        left, top = box["x"] + (box["width"] - side) / 2, box["y"] + (box["height"] - side) / 2
        wire = self.page.context.new_cdp_session(self.page)
        for stroke in strokes:
            for at, (x, y) in enumerate(stroke):
                point = {"x": left + x * side, "y": top + y * side}
                kind = "touchStart" if at == 0 else "touchMove"
                wire.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
            wire.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        wire.detach()


def is_complaint(said: ConsoleMessage) -> bool:
    """Anything wrong but the browser's remark on an answer that was refused with its errors."""
    return said.type in ("error", "warning") and "422" not in said.text


@pytest.fixture
def finger(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Finger]:
    """A finger on a page of the size that the test names (`parametrize` indirectly), portrait by default."""
    width, height = getattr(request, "param", PORTRAIT)
    context = chromium.new_context(viewport={"width": width, "height": height}, has_touch=True)
    complaints: list[str] = []
    page = context.new_page()
    page.on("console", lambda said: complaints.append(said.text) if is_complaint(said) else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield Finger(page, complaints)
    context.close()
    assert complaints == []
