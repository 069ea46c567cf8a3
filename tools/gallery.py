"""All components in all states on one page, and sample screens, for reviewing the look; `./run gallery` serves it."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import peewee
from flask import Flask, abort, render_template, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import HTTPException
from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from config.settings import TerminalSettings
from config.settings_file import example
from kiosk import db
from kiosk.app import terminal
from kiosk.app.devices import reader_threads
from kiosk.app.submissions import KINDS
from kiosk.clock import FixedClock
from kiosk.machine import serving
from kiosk.terminal import rules, views
from kiosk.web import answers, context, security
from kiosk.web.forms import QuestionForm, TicksField
from kiosk.web.language import i18n
from kiosk.web.language.wording import gettext as _

SAMPLE_MOMENT = datetime(2026, 11, 22, 6, 5, tzinfo=UTC)
"""Fixed time of the gallery's clock, so that two pictures of it are the same."""
PORT = 8099
SCREENS = (
    "parts",
    "desk",
    "question",
    "choice",
    "check",
    "receipt",
    "document",
    "record",
    "results",
    "wrong",
)
SAMPLE_FEED = """
CREATE TABLE document (kind TEXT NOT NULL, deleted INTEGER NOT NULL);
CREATE TABLE feed_position (as_of TEXT NOT NULL);
INSERT INTO document VALUES ('policy', 0), ('guide', 0), ('village', 0), ('question', 0);
INSERT INTO feed_position VALUES ('2026-11-22T05:58:00.000+00:00');
"""


class SampleVisit(SecureCookieSession):
    """A visit stored in its cookie: the gallery keeps nothing."""

    name = ""
    """No paper belongs to it."""

    def end(self) -> None:
        """Forget the visit."""
        self.clear()


class SampleVisits(SecureCookieSessionInterface):
    """Opener of such visits."""

    session_class = SampleVisit


class SampleForm(QuestionForm):
    """One field of each sort; never stored."""

    wanted = TextAreaField("您想要什么信息？")
    name = StringField("您的姓名")
    phone = StringField("联系电话")
    way = RadioField(
        "您想怎么拿到答复？",
        choices=[
            SelectChoice("paper", "到这里来取"),
            SelectChoice("post", "邮寄到家"),
            SelectChoice("mail", "电子邮箱"),
        ],
        default="paper",
    )
    topics = TicksField(
        "您关心哪些事？",
        choices=[
            SelectChoice("dibao", "低保"),
            SelectChoice("land", "征地补偿"),
            SelectChoice("school", "孩子上学"),
        ],
        default=["land"],
    )


def gallery_app(settings: TerminalSettings | None = None, port: int = PORT) -> Flask:
    """
    Return the reviewing application: `/gallery/<screen>` for each of SCREENS beside the real start and help pages.

    Comfort and the personal head follow the query: `?text_size=3&contrast=high&lang=en&personal=1`.
    """
    app = Flask("kiosk", template_folder="templates", static_folder="static")
    app.config.update(SECRET_KEY=secrets.token_hex(), WTF_CSRF_TIME_LIMIT=None)
    app.session_interface = SampleVisits()
    settings, clock = settings or _sample_settings(), FixedClock(SAMPLE_MOMENT)
    readers = reader_threads.made(Path(), settings, clock).readers
    wired = terminal.wiring(Path(), settings, clock, KINDS, readers)
    context.give(app, replace(wired, urgent_notices=list))
    security.protect(app, security.own_hosts("127.0.0.1", port, "", ("localhost",)))
    i18n.init(app)
    answers.dress(app)
    CSRFProtect(app)
    _stand_in_for_the_replica()
    app.register_blueprint(views.blueprint())
    app.extensions["csrf"].exempt(_keep_nothing)
    app.view_functions |= {"terminal.awake": _keep_nothing, "terminal.call_staff": _keep_nothing}
    app.add_url_rule("/gallery/<screen>", view_func=screen_page)
    app.add_url_rule("/gallery/error/<int:status>", view_func=error_page)
    app.register_error_handler(HTTPException, lambda error: error_page(error.code or 500))
    for path in ("/search", "/browse", "/browse/<kind>", "/request/", "/book/", "/progress"):
        app.add_url_rule(path, endpoint=f"sample{path}", view_func=_back_to_parts)
    app.add_url_rule("/assist", endpoint="assist.page", view_func=_back_to_parts)
    app.before_request(_follow_query)
    app.context_processor(lambda: {"has_catalogue": True})
    return app


def screen_page(screen: str) -> str:
    """Return one sample screen."""
    if screen not in SCREENS:
        abort(404)
    form = _sample_form()
    values: dict[str, Any] = {"form": form, "screens": SCREENS, "is_personal": "personal" in request.args}
    if screen == "wrong":
        _set_errors(form)
    if screen == "parts":
        filled, wrong = _sample_form("filled"), _sample_form("wrong")
        filled.name.data, wrong.phone.data = "王秀兰", "0635-0000"
        _set_errors(wrong)
        values |= {"filled": filled, "wrong": wrong}
    desk_nav = [
        {"label": "申请", "href": "/gallery/desk", "here": True},
        {"label": "公开目录", "href": "/gallery/parts", "here": False},
    ]
    if screen == "desk":
        values |= {"desk_nav": desk_nav, "clerk_name": "李秀英"}
    page = "components/gallery.html" if screen == "parts" else f"components/samples/{screen}.html"
    return render_template(page, **values)


def _sample_form(prefix: str = "") -> SampleForm:
    return SampleForm(prefix=prefix, meta={"csrf": False})


def _set_errors(form: SampleForm) -> None:
    form.wanted.errors = [_("请写上您想要什么信息。")]
    form.phone.errors = [_("电话号码少了一位，请再数一数。")]
    form.way.errors = [_("请选一种。")]


def error_page(status: int) -> tuple[str, int]:
    """Return the page of an error."""
    return render_template("error.html", status=status), status


def _sample_settings() -> TerminalSettings:
    return replace(
        example(TerminalSettings), help_phone="0635-000 0000", station_name="清泉街道便民服务中心 · 3号机"
    )


def _stand_in_for_the_replica() -> None:
    database = peewee.SqliteDatabase(f"file:{secrets.token_hex()}?mode=memory&cache=shared", uri=True)
    database.connection().executescript(SAMPLE_FEED)
    db.catalogue.initialize(database)


def _keep_nothing() -> tuple[str, int]:
    return "", 204


def _follow_query() -> None:
    session.update(rules.asked_changes(request.args))


def _back_to_parts(**_path: str) -> str:
    return screen_page("parts")


def main() -> None:
    """Serve the gallery on this machine."""
    gallery_app().run(port=PORT)


if __name__ == "__main__":
    main()


def serve_gallery(port: int) -> int:
    """Serve all components in all states, for those who design pages."""
    place = serving.bind("127.0.0.1", port)
    serving.serve(gallery_app(port=place.port), place, "gallery")
    return 0
