"""Saved views of a desk's list: kept under a name, one press away, thrown away again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, request
from werkzeug.wrappers import Response

from kiosk.errors import Refused
from kiosk.intake.desk import list_pages
from kiosk.intake.handling import Handling
from kiosk.intake.office import listing
from kiosk.intake.office.kept import LONGEST_NAME, MOST, View, Views
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.context import hub
from kiosk.web.language.wording import gettext as _


def add_to(pages: Blueprint, handling: Handling) -> None:
    """Add keeping and throwing away of views to a desk."""
    saved = SavedPages(handling)
    pages.add_url_rule("/views", "keep_view", saved.keep, methods=["POST"])
    pages.add_url_rule("/views/drop", "drop_view", saved.drop, methods=["POST"])
    pages.context_processor(saved.variables)


@dataclass(frozen=True)
class SavedPages:
    """The views of one desk."""

    handling: Handling

    def variables(self) -> dict[str, Any]:
        """Return what its pages may show."""
        return {"saved_views": self._all, "longest_view_name": LONGEST_NAME}

    def _all(self) -> list[View]:
        return self._own().all()

    def _own(self) -> Views:
        return Views(access.require(Permission.SEE_REQUESTS).name, self.handling.path)

    def keep(self) -> Response:
        """Keep the list that is shown under a name."""
        own = self._own()
        asked = listing.read_written(request.form.get("list", ""))
        try:
            own.keep(request.form.get("name", ""), asked, hub().clock.now())
        except Refused as refused:
            flash(_refused_words(refused.code), "wrong")
        else:
            flash(_("视图存好了，以后一按就到。"))
        return redirect(list_pages.address(asked), code=303)

    def drop(self) -> Response:
        """Throw a view away."""
        self._own().drop(request.form.get("name", ""))
        flash(_("视图删掉了，申请没有动。"))
        asked = listing.read_written(request.form.get("list", ""))
        return redirect(list_pages.address(asked), code=303)


def _refused_words(code: str) -> str:
    return {
        "view-name": _("视图的名字要有1到%(most)s个字。", most=LONGEST_NAME),
        "views-full": _("已经存了%(most)s个视图，先删掉一个。", most=MOST),
    }[code]
