"""
Ways to begin a request besides an empty page: a template with blanks, a row of a standard directory; and whom to ask
instead, where the Regulation is for somebody else (art. 55).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from kiosk.intake import begun
from kiosk.intake.kinds import SubmissionKind
from kiosk.intake.organs import Organ
from kiosk.intake.pages import handed_in
from kiosk.web import context
from kiosk.web.language.wording import N_
from kiosk.web.language.wording import gettext as _

Page = str | Response
ORGAN_MEANT = "organ_meant"
"""Name, among the answers of a form, of the organ that a template or directory names; it is proposed, never sent."""
WHAT = "wanted"


@dataclass(frozen=True)
class ReadyWords:
    """A template of a request; organ: code of the one that is proposed, or empty."""

    id: str
    title: str
    words: str
    organ: str


@dataclass(frozen=True)
class StandardRow:
    """A row of a standard directory; see: the document that holds it, or empty. subject: who publishes it, in words."""

    at: int
    name: str
    content: str
    subject: str
    see: str


@dataclass(frozen=True)
class StandardList:
    """A standard directory."""

    id: str
    domain: str
    rows: Sequence[StandardRow]


@dataclass(frozen=True)
class ServiceBody:
    """
    A trade whose public bodies are asked elsewhere (art. 55).

    Args:
        who: The bodies. examples: What people ask them. watched_by: The department that takes complaints; words by
            which the county's directory names it.
    """

    who: str
    examples: str
    watched_by: str
    named: tuple[str, ...]


BODIES = (
    ServiceBody(N_("学校、幼儿园"), N_("招生、收费、食堂、老师"), N_("教育部门"), ("教育",)),
    ServiceBody(N_("医院、卫生院"), N_("收费、药价、床位、医生"), N_("卫生健康部门"), ("卫生",)),
    ServiceBody(
        N_("供水、供气、供热公司"), N_("停水停气、价格、水质"), N_("住房和城乡建设部门"), ("住房", "城乡建设")
    ),
    ServiceBody(N_("供电公司"), N_("停电、电价、报装"), N_("发展和改革（能源）部门"), ("发展和改革",)),
    ServiceBody(N_("公交公司"), N_("线路、票价、时刻"), N_("交通运输部门"), ("交通",)),
    ServiceBody(N_("污水、垃圾处理等环境保护单位"), N_("排放、监测、处理费"), N_("生态环境部门"), ("环境",)),
)


def add_to(pages: Blueprint, kind: SubmissionKind) -> None:
    """Add `/templates`, `/directory` and `/others`."""
    views = BeginningPages(kind)
    pages.add_url_rule("/templates", "templates", views.templates)
    pages.add_url_rule("/templates", "take_template", views.take_template, methods=["POST"])
    pages.add_url_rule("/directory", "directory", views.directory)
    pages.add_url_rule("/directory", "take_row", views.take_row, methods=["POST"])
    pages.add_url_rule("/others", "others", others)


@dataclass(frozen=True)
class BeginningPages:
    """The views of a request's kind."""

    kind: SubmissionKind

    def templates(self) -> Page:
        """Show what is asked for most, each with words that only lack the blanks."""
        return render_template(
            "disclosure/templates.html", templates=context.terminal().ready_words(), back=self._back()
        )

    def take_template(self) -> Page:
        """Begin the question with a template's words."""
        asked = request.form.get("template", "")
        found = next((each for each in context.terminal().ready_words() if each.id == asked), None)
        if found is None:
            abort(404)
        return self._begin(found.words, found.organ)

    def directory(self) -> Page:
        """Show the fields of the standard directories, or the rows of one."""
        lists = context.terminal().standard_lists()
        chosen = next((each for each in lists if each.id == request.args.get("of")), None)
        return render_template("disclosure/directory.html", lists=lists, chosen=chosen, back=self._back())

    def take_row(self) -> Page:
        """Begin the question with a row of a standard directory."""
        of, at = request.form.get("of", ""), request.form.get("at", "")
        chosen = next((each for each in context.terminal().standard_lists() if each.id == of), None)
        row = next((each for each in chosen.rows if str(each.at) == at), None) if chosen else None
        if chosen is None or row is None:
            abort(404)
        words = _(
            "%(domain)s标准目录里的“%(name)s”：%(content)s",
            domain=chosen.domain,
            name=row.name,
            content=row.content,
        )
        return self._begin(words, _code_of(row.subject, context.terminal().organs()))

    def _begin(self, words: str, organ: str) -> Response:
        """Put words into the form of this visit, which is begun if there is none; what else was answered stays."""
        form = begun.of(session, self.kind)
        if handed := handed_in.of_form(self.kind):
            handed_in.settle(handed)
            form = None
        if form is None:
            session.pop(handed_in.RECEIPT, None)
            begun.begin(session, self.kind, since_s=context.terminal().clock.monotonic())
            form = begun.of(session, self.kind)
            assert form is not None
        answers = {name: value for name, value in form.answers.items() if name != "done:what"}
        begun.keep(session, self.kind, replace(form, answers={**answers, WHAT: words, ORGAN_MEANT: organ}))
        return redirect(url_for(".question", name="what"), 303)

    def _back(self) -> str:
        is_begun = begun.of(session, self.kind) is not None and handed_in.of_form(self.kind) is None
        return url_for(".question", name="what") if is_begun else url_for(".start")


def _code_of(subject: str, organs: Sequence[Organ]) -> str:
    """Return the code of the first organ whose short name is among those who publish something; empty: none is."""
    for organ in organs:
        plain = organ.name.split("（")[0]
        if any(part and plain.endswith(part.removeprefix("县")) for part in subject.split("、")):
            return organ.code
    return ""


def others() -> Page:
    """Show whom to ask where the Regulation is for somebody else, each with the county's department and telephone."""
    organs = context.terminal().organs()
    rows = [
        (body, next((one for one in organs if any(word in one.name for word in body.named)), None))
        for body in BODIES
    ]
    return render_template("disclosure/others.html", rows=rows, back=url_for(".start"))
