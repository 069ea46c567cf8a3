"""
The list of a kind at the desk: lights, filters, order, pages, and its place in the addresses of cases.

The address of a case opened from a list carries the list and the place in it (`list=`): crumbs lead back to the same
page of it, and "next case" goes on in it, also after an act.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

import flask
from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kiosk.clock import beijing_day, today
from kiosk.intake import sealed
from kiosk.intake.handling import Handling
from kiosk.intake.office import listing
from kiosk.intake.office.listing import PAGE_ROWS, Asked, ListViewer, Page
from kiosk.intake.sealed import OpenedSubmission
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.context import hub
from kiosk.workdays import WorkCalendar

Answer = str | tuple[str, int] | Response

LIST = "list"
"""Parameter of a case's address: the list that it was opened from."""
SUBJECTS = "desk-subjects"
"""Member of the session: the desks whose list shows subjects until the session ends or somebody switches it off."""

SUBJECT_LIMIT = 60
"""Characters of each answer that the list shows."""


def viewer() -> ListViewer:
    """Return who looks at a list; the one place that says whose cases they may see."""
    person = access.require(Permission.SEE_REQUESTS)
    seen = access.organs()
    organs = None if seen is None else tuple(sorted(seen))
    return ListViewer(person.name, today(hub().clock), hub().calendar, organs)


def address(asked: Asked) -> str:
    """Return the address of a list at the desk of this request."""
    values: dict[str, Any] = dict(asked.as_query())
    return url_for(".inbox", **values)


def add_to(pages: Blueprint, handling: Handling) -> None:
    """Add the list, its switch for subjects, and the place in it to a desk."""
    lists = ListPages(handling)
    pages.add_url_rule("", "inbox", lists.inbox)
    if handling.subject:
        pages.add_url_rule("/subjects", "subjects", lists.switch_subjects, methods=["POST"])
    pages.url_defaults(lists.keep_place)
    pages.context_processor(lists.variables)


@dataclass(frozen=True)
class ListRow:
    """
    A row: its submission, its place in the whole list, its age in working days, its subject where it is shown.

    href: Of its page, with the list and the place.
    """

    case: Any
    href: str
    at: int
    age: int
    subject: str


@dataclass(frozen=True)
class ListPages:
    """The views of one kind's list."""

    handling: Handling

    def variables(self) -> dict[str, Any]:
        """Return the variables of every page of the desk: among them how to go on in the list."""
        person = access.signed_in()
        return {
            "next_case": self.next_case,
            "may_read": access.may(Permission.READ_PERSONAL),
            "may_handle": access.may(Permission.HANDLE_REQUESTS),
            "me": person.name if person else "",
        }

    def inbox(self) -> Answer:
        """Show a page of the list with what is not personal: number, organ, kind, dates, state."""
        looks = viewer()
        asked = self.known(listing.read(request.args))
        register = self.handling.register
        page = Page(asked, register.how_many(asked, looks))
        found = register.inbox(asked, looks, limit=PAGE_ROWS, offset=page.start)
        shows = self._shows_subjects()
        return render_template(
            "intake/desk/inbox.html",
            asked=asked,
            page=page,
            rows=self.rows(found, asked, page.start, looks, shows=shows),
            counts=register.counts(looks),
            filters=self._filters(looks),
            shows_subjects=shows,
        )

    def known(self, asked: Asked) -> Asked:
        """Return what is asked without lights, states and orders that this desk does not have."""
        words: dict[str, str] = {}
        for name, known in (
            ("light", self.handling.lights),
            ("state", self.handling.states),
            ("sort", self.handling.sorts),
        ):
            if getattr(asked, name) not in known:
                words[name] = ""
        for name in asked.filters:
            if name not in ("state", "number") and name not in self._filter_fields():
                words[name] = ""
        return listing.read(asked.as_query(**words))

    def _filter_fields(self) -> set[str]:
        more = {"since", "until"} if "since" in self.handling.filters else set()
        return {*self.handling.filters, *more}

    def rows(
        self, found: Sequence[Any], asked: Asked, start: int, looks: ListViewer, *, shows: bool
    ) -> list[ListRow]:
        """Return the rows of a page; subjects are opened in this session, the opening is logged before."""
        subjects = self._subjects([case.number for case in found]) if shows else {}
        desk = url_for(".inbox")
        return [
            ListRow(
                case,
                f"{desk}/{case.number}?{urlencode({LIST: asked.written(at=start + at)})}",
                start + at,
                _waits(case, looks),
                subjects.get(case.number, ""),
            )
            for at, case in enumerate(found)
        ]

    def _subjects(self, numbers: Sequence[str]) -> Mapping[str, str]:
        person = access.require(Permission.READ_PERSONAL)
        if not numbers:
            return {}
        sealed.note_list(
            len(numbers),
            kind=self.handling.kind.name,
            actor=person.name,
            now=hub().clock.now(),
            why="subjects",
        )
        return {
            number: subject_of(self.handling, opened)
            for number, opened in sealed.read_all(numbers, person.reading_keys)
        }

    def switch_subjects(self) -> Answer:
        """Show or hide subjects in this session's lists, and go back to the list."""
        access.require(Permission.READ_PERSONAL)
        shown = set(flask.session.get(SUBJECTS, ()))
        wanted = request.form.get("show") == "yes"
        shown = shown | {self.handling.path} if wanted else shown - {self.handling.path}
        flask.session[SUBJECTS] = sorted(shown)
        asked = listing.read_written(request.form.get(LIST, ""))
        return redirect(address(asked), code=303)

    def _shows_subjects(self) -> bool:
        return (
            bool(self.handling.subject)
            and self.handling.path in flask.session.get(SUBJECTS, ())
            and access.may(Permission.READ_PERSONAL)
        )

    def _filters(self, looks: ListViewer) -> list[dict[str, Any]]:
        """Return the filters with values and words to choose from."""
        given = {**self.handling.register.choices(looks), "terminal": hub().device_codes()}
        wired = hub()
        named = {"organ": wired.organ_name, "terminal": wired.device_name, **self.handling.names}
        found = []
        for name, row in self.handling.filters.items():
            values = given.get(name, ()) if row.are_given else tuple(row.words)
            words = named.get(name, str)
            choices = [(value, str(row.words.get(value) or words(value))) for value in values]
            found.append({"name": name, "label": row.label, "choices": choices})
        return found

    def keep_place(self, endpoint: str, values: dict[str, Any]) -> None:
        """Give addresses of this desk the list that the present page was opened from."""
        if not flask.has_request_context() or request.blueprint != endpoint.rpartition(".")[0]:
            return
        written = request.args.get(LIST, "")
        if not written or LIST in values:
            return
        asked = listing.read_written(written)
        if not endpoint.endswith(".inbox"):
            values[LIST] = self.known(asked).written()
        elif request.endpoint != endpoint and not values:
            values.update(self.known(asked).as_query())

    def next_case(self, number: str) -> str:
        """Return the address of the case after this one in the list that it was opened from; empty: there is none."""
        written = request.args.get(LIST, "")
        if not written:
            return ""
        asked = self.known(listing.read_written(written))
        start = max(asked.at - 1, 0)
        found = self.handling.register.inbox(asked, viewer(), limit=4, offset=start)
        numbers = [case.number for case in found]
        # An act may have taken this case out of the list: then the next one has its place.
        place = numbers.index(number) + 1 if number in numbers else asked.at - start
        if place >= len(numbers):
            return ""
        return url_for(".case", number=numbers[place], list=asked.written(at=start + place))


def _waits(case: Any, looks: ListViewer) -> int:
    """Return the age of a row in working days; a closed one has the age that it reached."""
    return age(case.submitted_at, getattr(case, "closed_on", None) or looks.today, looks.calendar)


def subject_of(handling: Handling, opened: OpenedSubmission) -> str:
    """Return what the list shows of a sealed part."""
    given = (str(opened.personal.get(name, "")) for name in handling.subject)
    return "，".join(words[:SUBJECT_LIMIT] for words in given if words)


def age(since: datetime, until: date, calendar: WorkCalendar) -> int:
    """Return the working days after a submission was handed in, up to a day."""
    day = beijing_day(since)
    if day >= until:
        return 0
    return (until - day).days - len(calendar.days_off(day, until))
