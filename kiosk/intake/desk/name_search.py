"""
Search by name: opens the sealed parts of a list in the clerk's session, and is logged once (DESIGN.md §4.5).

The name is in no address, no log and no session: it comes with the form and goes with the answer.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from flask import Blueprint, render_template, request

from kiosk.intake import sealed
from kiosk.intake.desk import list_pages
from kiosk.intake.desk.list_pages import ListPages
from kiosk.intake.handling import Handling
from kiosk.intake.office import listing
from kiosk.intake.office.listing import Asked
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.context import hub

LONGEST = 60
"""Characters of a name that is searched."""
MOST_FOUND = 200
"""Most cases that a search shows."""


def add_to(pages: Blueprint, handling: Handling) -> None:
    """Add `POST .../find` to a desk."""
    pages.add_url_rule("/find", "find", FindingPage(handling).find, methods=["POST"])


@dataclass(frozen=True)
class FindingPage:
    """The view of one kind."""

    handling: Handling

    def find(self) -> str:
        """Show the cases of the list whose sealed part contains the name, in this response only."""
        person = access.require(Permission.READ_PERSONAL)
        pages, looks = ListPages(self.handling), list_pages.viewer()
        asked = pages.known(listing.read_written(request.form.get("list", "")))
        wanted = _plain(request.form.get("name", "")[:LONGEST])
        numbers = self.handling.register.numbers(asked, looks) if wanted else []
        found: list[str] = []
        if numbers:
            sealed.note_list(
                len(numbers),
                kind=self.handling.kind.name,
                actor=person.name,
                now=hub().clock.now(),
                why="name-search",
            )
            opened = sealed.read_all(numbers, person.reading_keys)
            found = [number for number, each in opened if wanted in _plain(each.personal.get("name", ""))]
        shown = {case.number: case for case in self.handling.register.cases_of(found[:MOST_FOUND])}
        return render_template(
            "intake/desk/found.html",
            asked=asked,
            searched=len(numbers),
            has_name=bool(wanted),
            many=len(found),
            rows=pages.rows([shown[each] for each in found[:MOST_FOUND]], Asked(), 0, looks, shows=False),
        )


def _plain(text: object) -> str:
    return "".join(unicodedata.normalize("NFKC", str(text)).split()).casefold()
