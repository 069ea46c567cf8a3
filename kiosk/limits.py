"""
Which acts are bounded at a terminal, and how widely; how it is done: `kiosk/web/limits.py`.

The figures are for one address of the county's public pages: a hall of fifty telephones behind one address that all
search at once, all hand in within ten minutes and all keep their receipts stays below each of them (a test plays it).
`per_visit` holds on machines in halls too. Source of the bounds on requests: RELIABILITY.md T17.
"""

from __future__ import annotations

from kiosk.web.buckets import Flow
from kiosk.web.limits import Limit

PRINTING = (
    "POST catalogue.print_summary",
    "POST catalogue.print_again",
    "POST catalogue.print_pages",
    "POST intake.order_paper",
    "POST intake.paper_again",
    "POST disclosure.form_order",
    "POST disclosure.form_again",
    "POST disclosure.receipt_again",
    "GET disclosure.receipt_picture",
    "GET disclosure.receipt_document",
)
LIMITS = (
    Limit(
        "search",
        frozenset(
            {
                "GET catalogue.search",
                "GET catalogue.live",
                "POST catalogue.already",
                "GET catalogue.api_search",
            }
        ),
        Flow(burst=400, per_minute=1200),
    ),
    Limit(
        "forms",
        frozenset({"GET disclosure.start", "POST disclosure.start", "GET intake.progress"}),
        Flow(burst=400, per_minute=200),
    ),
    Limit(
        "requests",
        frozenset({"POST disclosure.check"}),
        Flow(burst=60, per_minute=6),
        per_visit=5,
        before=frozenset({"POST disclosure.start"}),
        counts=frozenset({303}),
    ),
    Limit(
        "guesses",
        frozenset({"POST intake.progress"}),
        Flow(burst=30, per_minute=2),
        per_visit=10,
        counts=frozenset({422}),
    ),
    Limit(
        "reports",
        frozenset({"POST catalogue.problem"}),
        Flow(burst=60, per_minute=10),
    ),
    Limit(
        "papers",
        frozenset(PRINTING),
        Flow(burst=200, per_minute=60),
        per_visit=20,
        counts=frozenset({200, 303}),
    ),
    Limit(
        "attachments",
        frozenset(
            {
                "GET catalogue.attachment",
                "GET catalogue.attachment_picture",
                "GET catalogue.attachment_file",
            }
        ),
        Flow(burst=600, per_minute=300),
    ),
    Limit(
        "downloads",
        frozenset(
            {
                "GET catalogue.open_jsonl",
                "GET catalogue.open_csv",
                "GET catalogue.open_feed",
            }
        ),
        Flow(burst=30, per_minute=10),
    ),
)
