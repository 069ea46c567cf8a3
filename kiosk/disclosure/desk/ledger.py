"""The ledger of requests: the list as it is filtered, as CSV or XLSX; names only for holders of the key, logged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from flask import Blueprint, Response, abort, request, stream_with_context

from kiosk.clock import BEIJING, today
from kiosk.disclosure.case_models import Case
from kiosk.disclosure.desk.entering_pages import SOURCES
from kiosk.disclosure.office import worklist
from kiosk.disclosure.outcomes import OUTCOMES
from kiosk.intake import sealed
from kiosk.intake.desk import list_pages
from kiosk.intake.desk.list_pages import ListPages
from kiosk.intake.handling import Handling
from kiosk.intake.office import listing, sheets
from kiosk.intake.office.listing import Asked, ListViewer
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.context import hub
from kiosk.web.language.wording import gettext as _

FORMS = ("csv", "xlsx")
AT_ONCE = 200
"""Sealed parts that are in memory in clear at a time."""


def add_to(pages: Blueprint, handling: Handling) -> None:
    """Add `/desk/requests/ledger.csv`, `.xlsx`, and with names by POST."""
    desk = LedgerPages(handling)
    pages.add_url_rule("/ledger.<form>", "ledger", desk.plain)
    pages.add_url_rule("/ledger", "named_ledger", desk.named, methods=["POST"])


@dataclass(frozen=True)
class LedgerPages:
    """The views."""

    handling: Handling

    def plain(self, form: str) -> Response:
        """Send the ledger without personal data."""
        access.require(Permission.SEE_REQUESTS)
        asked = ListPages(self.handling).known(listing.read(request.args))
        return self._sent(form, asked, list_pages.viewer(), {})

    def named(self) -> Response:
        """Send the ledger with names and wishes, opened in this session; logged on disk before."""
        person = access.require(Permission.READ_PERSONAL)
        asked = ListPages(self.handling).known(listing.read_written(request.form.get("list", "")))
        looks = list_pages.viewer()
        sealed.note_list(
            worklist.how_many(asked, looks),
            kind=self.handling.kind.name,
            actor=person.name,
            now=hub().clock.now(),
            why="ledger",
        )
        return self._sent(request.form.get("form", "csv"), asked, looks, person.reading_keys)

    def _sent(self, form: str, asked: Asked, looks: ListViewer, keys: Mapping[str, bytes]) -> Response:
        if form not in FORMS:
            abort(404)
        rows = self._rows(asked, looks, keys)
        head = [*self._head(), *([_("申请人"), _("所需信息")] if keys else [])]
        title = str(self.handling.title)
        made = sheets.as_csv(head, rows) if form == "csv" else sheets.as_xlsx(title, head, rows)
        name = f"requests-{today(hub().clock).isoformat()}.{form}"
        kind = sheets.CSV_TYPE if form == "csv" else sheets.XLSX_TYPE
        disposition = {"Content-Disposition": f"attachment; filename={name}"}
        return Response(stream_with_context(made), content_type=kind, headers=disposition)

    def _rows(self, asked: Asked, looks: ListViewer, keys: Mapping[str, bytes]) -> Iterator[list[str]]:
        waiting = worklist.every(asked, looks)
        while several := list(islice(waiting, AT_ONCE)):
            opened = dict(sealed.read_all([case.number for case in several], keys)) if keys else {}
            for case in several:
                row = self._row(case, looks)
                if keys:
                    found = opened.get(case.number)
                    row += [str(found.personal.get(name, "")) if found else "" for name in ("name", "wanted")]
                yield row

    def _head(self) -> list[str]:
        return [
            _("编号"), _("办理机关"), _("怎么来的"), _("申请人类型"), _("提交日期"), _("收到日期"), _("登记日期"),
            _("状态"), _("答复期限"), _("暂定"), _("延期"), _("中止起"), _("承办人"), _("催办至"), _("处理结果"),
            _("法律依据"), _("答复日期"), _("送达日期"), _("办结日期"), _("等了几个工作日"),
        ]  # fmt: skip

    def _row(self, case: Case, looks: ListViewer) -> list[str]:
        outcome = OUTCOMES.get(case.outcome)
        state = self.handling.states.get(case.state)
        return [
            case.number,
            hub().organ_name(case.organ_code),
            str(SOURCES.get(case.source, case.source)),
            self.handling.kind.brief("applicant", case.applicant_type),
            case.submitted_at.astimezone(BEIJING).date().isoformat(),
            _day(case.received_on),
            _day(case.registered_on),
            str(state.words) if state else case.state,
            _day(case.reply_due),
            _("是") if case.is_provisional else "",
            _("是") if case.is_extended else "",
            _day(case.suspended_since),
            case.assigned_to,
            _day(case.urged_until),
            str(outcome.words) if outcome else "",
            "、".join(outcome.articles) if outcome else "",
            _day(case.answered_on),
            _day(case.served_on),
            _day(case.closed_on),
            str(list_pages.age(case.submitted_at, case.closed_on or looks.today, looks.calendar)),
        ]


def _day(day: object) -> str:
    return str(day) if day else ""
