"""What the catalogue gives to somebody who begins a request: templates, directories, organs that may be meant."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask import g

from kiosk.catalogue.records import directory
from kiosk.catalogue.records.kinds import DIRECTORY, TEMPLATES
from kiosk.catalogue.search.search import Search
from kiosk.disclosure.pages.beginnings import ORGAN_MEANT, ReadyWords, StandardList, StandardRow
from kiosk.intake.organs import Organ

LOOKED_AT = 10
"""Documents found by the words of a request whose makers are proposed."""
MOST = 3
"""Organs proposed at most: more would be no help."""
NO_DOCUMENTS = frozenset({DIRECTORY.id, TEMPLATES.id})
"""Kinds that say nothing of who made what."""
SHORTEST = 4
"""Characters from which on the words say enough."""


def ready_words() -> list[ReadyWords]:
    """Return the county's templates of requests."""
    found = directory.request_templates()
    return [ReadyWords(each.doc_id, each.title, each.wanted, each.organ) for each in found]


def standard_lists() -> list[StandardList]:
    """Return the standard directories."""
    return [
        StandardList(
            each.doc_id,
            each.domain,
            tuple(StandardRow(row.at, row.name, row.content, row.subject, row.see) for row in each.items),
        )
        for each in directory.standard_directories()
    ]


@dataclass(frozen=True)
class Proposals:
    """The organs that may be meant, looked up once a request of a browser."""

    search: Search
    organs: Callable[[], Sequence[Organ]]

    def __call__(self, answers: Mapping[str, str]) -> Mapping[str, str]:
        """Return codes of organs, each with a title, or an empty text for the organ of a template or directory."""
        asked = (answers.get("wanted", ""), answers.get(ORGAN_MEANT, ""))
        known = getattr(g, "proposed_organs", None)
        if known is None or known[0] != asked:
            g.proposed_organs = known = (asked, self._found(*asked))
        found: Mapping[str, str] = known[1]
        return found

    def _found(self, wanted: str, meant: str) -> Mapping[str, str]:
        found = {meant: ""} if meant else {}
        if len(wanted.strip()) < SHORTEST:
            return found
        organs = self.organs()
        hits = self.search.find(wanted, limit=LOOKED_AT).found
        for hit in (each for each in hits if each.document.kind not in NO_DOCUMENTS):
            for name in hit.document.issuer_names:
                organ = next((each for each in organs[1:] if each.name.startswith(name)), None)
                if organ and organ.code not in found and len(found) < MOST:
                    found[organ.code] = hit.document.title
        return found
