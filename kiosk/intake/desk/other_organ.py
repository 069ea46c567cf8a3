"""A submission goes to another organ: the office assigns it, or an organ gives it back to the office."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kiosk.errors import Refused
from kiosk.intake import register, sealed
from kiosk.intake.handling import Handling, HandOver, Work
from kiosk.intake.organs import Organ
from kiosk.seen import Seen, Shown
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.context import hub
from kiosk.web.desk_acts import TypedField, acts_on
from kiosk.web.language.wording import N_
from kiosk.web.language.wording import gettext as _

Answer = str | tuple[str, int] | Response
ASSIGNED = "assigned"


def add_to(pages: Blueprint, handling: Handling) -> None:
    """Add `/desk/<path>/<number>/hand-over`, and keep each page of a submission from other organs."""
    desk = HandOverPages(handling)
    pages.before_request(desk.wall)
    act = acts_on(desk.shown, N_("转办"), {"to": TypedField(N_("转给哪个机关"))})(desk.hand_over)
    pages.add_url_rule("/<number>/hand-over", "hand_over", desk.ask)
    pages.add_url_rule("/<number>/hand-over", "handed_over", act, methods=["POST"])


@dataclass(frozen=True)
class HandOverPages:
    """The pages of one kind."""

    handling: Handling

    def wall(self) -> None:
        """End a request for a submission of an organ that this account does not see, as if there were none."""
        number = (request.view_args or {}).get("number")
        if number is None or not access.may(Permission.SEE_REQUESTS):
            return  # the view itself refuses those who may see no submission at all
        organ = self.handling.register.organ_of(number)
        if organ is not None and not access.sees(organ):
            abort(404)

    def shown(self, number: str) -> Shown:
        """Return which organ handles the submission, and the key that opens it."""
        organ = self.handling.register.organ_of(number)
        if organ is None:
            return Shown(name=f"organ-of/{number}", href=url_for(".inbox"))
        lines = ((N_("编号"), number), (N_("办理机关"), hub().organ_name(organ)))
        return Shown(
            lines,
            f"{organ} {sealed.key_of(number)}",
            name=f"organ-of/{number}",
            href=url_for(".case", number=number),
        )

    def ask(self, number: str) -> Answer:
        """Ask to which organ."""
        access.require(Permission.HANDLE_REQUESTS)
        return self._page(number)

    def hand_over(self, number: str, *, seen: Seen) -> Answer:
        """Give the submission to the chosen organ; its sealed part is sealed to that organ's key in this session."""
        person = access.require(Permission.HANDLE_REQUESTS)
        self._organ_of(number)
        chosen = next((each for each in self._choices(number) if each.code == request.form.get("to")), None)
        if chosen is None:
            return self._page(number, _("请选转给哪个机关。")), 422
        to = hub().seal_key(chosen.code)
        given = HandOver(
            chosen.code,
            to if to.key_id != sealed.key_of(number) else None,
            person.reading_keys,
            person.name,
            ASSIGNED,
        )
        wired = hub()
        try:
            register.hand_over(
                self.handling.register,
                number,
                given,
                Work(wired.clock.now(), wired.calendar, wired.organ_name),
                seen,
            )
        except Refused as refused:
            return self._page(number, _why(refused.code)), 409
        flash(_("%(number)s已转给%(name)s。", number=number, name=chosen.name))
        return redirect(url_for(".inbox"), code=303)

    def _page(self, number: str, problem: str = "") -> str:
        organ = self._organ_of(number)
        return render_template(
            "intake/desk/hand_over.html",
            number=number,
            organ=hub().organ(organ),
            organs=self._choices(number),
            shown=self.shown(number),
            problem=problem,
        )

    def _organ_of(self, number: str) -> str:
        organ = self.handling.register.organ_of(number)
        if organ is None:
            abort(404)
        return organ

    def _choices(self, number: str) -> list[Organ]:
        """Return where it can go: from the office to any organ, from any other back to the office."""
        wired, organ = hub(), self._organ_of(number)
        office = wired.organ(wired.settings.office_code)
        if not access.sees(office.code):
            return [office]
        known = {office.code: office, **{each.code: each for each in wired.organs()}}
        return [each for each in known.values() if each.code != organ]


def _why(code: str) -> str:
    return {
        "reading-key-missing": _("您这次登录没有这件申请的读取密钥，不能转给别的机关。请持钥人来转。"),
        "sealed-part-broken": _("封存的内容打不开，没有转。请联系管理员核对密钥。"),
        "same-organ": _("已经由这个机关办理。"),
    }[code]
