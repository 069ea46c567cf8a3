"""
Limits of a terminal: which acts are limited, and how widely; the mechanism is in `kiosk/web/floods/limits.py`.

The figures are for one address of the county's public pages: a hall of fifty telephones behind one address that all
search at once, all hand in within ten minutes and all keep their receipts stays below each of them (a test plays it).
`per_visit` holds on machines in halls too. Source of the limits on requests: RELIABILITY.md T17.
"""

from __future__ import annotations

from collections.abc import Sequence

from config.settings import TerminalSettings
from kiosk.intake.attached.clean_files import LARGEST
from kiosk.intake.kinds import SubmissionKind
from kiosk.intake.pages import handed_in
from kiosk.web.floods.buckets import Flow
from kiosk.web.floods.limits import Limit

MOST_BODY_BYTES = LARGEST + 2**20
"""Bytes of the largest body that a terminal reads at all: one file of a citizen, with its form."""
IDLE_MARGIN_S = 30
"""Seconds by which a session outlives the page's own warning, for slow hands and slow machines."""


def visit_life_s(settings: TerminalSettings) -> float:
    """Return the seconds without a request after which a visit is over."""
    return settings.quiet_s + settings.idle_warning_s + IDLE_MARGIN_S


PRINTING = frozenset(
    {
        "POST catalogue.print_summary",
        "POST catalogue.print_again",
        "POST catalogue.print_pages",
        "POST intake.order_paper",
        "POST intake.paper_again",
        "POST disclosure.form_order",
        "POST disclosure.form_again",
        "POST answers.order_paper",
        "POST answers.paper_again",
    }
)
SEARCHING = frozenset(
    {
        "GET catalogue.search",
        "GET catalogue.live",
        "POST catalogue.already",
        "GET catalogue.api_search",
    }
)
ATTACHMENTS = frozenset(
    {
        "GET catalogue.attachment",
        "GET catalogue.attachment_picture",
        "GET catalogue.attachment_file",
    }
)
UPLOADS = frozenset({"POST disclosure.add_files"})
DOWNLOADS = frozenset(
    {
        "GET catalogue.open_jsonl",
        "GET catalogue.open_csv",
        "GET catalogue.open_feed",
    }
)
RECEIPTS = ("POST receipt_again", "GET receipt_picture", "GET receipt_document")


def limits(kinds: Sequence[SubmissionKind]) -> tuple[Limit, ...]:
    """Return every limit of a terminal that takes these kinds of submissions."""
    return (
        Limit("search", SEARCHING, Flow(burst=400, per_minute=1200)),
        Limit(
            "forms",
            _of(kinds, "GET start", "POST start") | {"GET intake.progress"},
            Flow(burst=400, per_minute=200),
        ),
        Limit(
            handed_in.COUNTED_AS,
            _of(kinds, "POST check") | {"POST answers.rated"},
            Flow(burst=60, per_minute=6),
            per_visit=5,
            before=_of(kinds, "POST start"),
            counts=frozenset({303}),
            is_noted=True,
        ),
        Limit(
            "guesses",
            frozenset({"POST intake.progress", "POST answers.open"}),
            Flow(burst=30, per_minute=2),
            per_visit=10,
            counts=frozenset({422}),
        ),
        Limit("reports", frozenset({"POST catalogue.problem"}), Flow(burst=60, per_minute=10)),
        Limit(
            "papers",
            PRINTING | _of(kinds, *RECEIPTS),
            Flow(burst=200, per_minute=60),
            per_visit=20,
            counts=frozenset({200, 303}),
        ),
        Limit("settings", frozenset({"POST terminal.settings"}), Flow(burst=400, per_minute=120)),
        Limit("uploads", UPLOADS, Flow(burst=200, per_minute=60), per_visit=30),
        Limit("attachments", ATTACHMENTS, Flow(burst=600, per_minute=300)),
        Limit("downloads", DOWNLOADS, Flow(burst=30, per_minute=10)),
    )


def _of(kinds: Sequence[SubmissionKind], *acts: str) -> frozenset[str]:
    """Return acts on the pages of each kind that is asked for page by page, as "POST check"."""
    walked = [kind.name for kind in kinds if kind.is_walked]
    return frozenset(act.replace(" ", f" {name}.") for name in walked for act in acts)
