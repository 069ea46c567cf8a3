"""Sentences of the sync for the command line and the log."""

from __future__ import annotations

from sync.terminal.report import RoundReport
from sync.wire.errors import SyncError

_SENTENCES = {
    "code-wrong": "the enrolment code is wrong: read it again from `device add`",
    "code-used": "the enrolment code was used already: make a new one with `device add`",
    "code-expired": "the enrolment code is too old: make a new one with `device add`",
    "code-locked": "the enrolment code was tried too often: make a new one with `device add`",
    "hub-unreachable": "the hub at {hub} cannot be reached",
    "hub-too-slow": "the hub at {hub} is too slow to answer",
    "hub-in-trouble": "the hub at {hub} is in trouble: look at its log",
    "not-a-hub": "what answers at {hub} is not a hub",
    "hub-identity-mismatch": "what answers at {hub} does not know this code: it is not the hub that made it",
    "device-revoked": "the hub no longer knows this terminal: it was revoked",
    "device-unknown": "the hub at {hub} does not know this terminal",
    "device-quarantined": "the hub holds this terminal for a copy of another: a person must look at it",
    "must-refetch": "the hub's catalogue began again: this terminal must fetch it whole",
    "answer-unsigned": "what answers at {hub} is not this terminal's hub",
    "answer-wrong": "what answers at {hub} is not this terminal's hub",
}


def of_error(error: SyncError, hub_url: str) -> str:
    """Return the reason of a failure in one sentence."""
    return _SENTENCES.get(error.code, f"the sync with {{hub}} failed: {error.code}").format(hub=hub_url)


def of_round(report: RoundReport) -> str:
    """Return the results of a round in one line."""
    parts = [
        f"{name} {outcome.count}{f' ({outcome.error})' if outcome.error else ''}"
        for name, outcome in (
            ("up", report.up),
            ("down", report.down),
            ("statuses", report.status),
            ("lists", report.lists),
            ("files", report.blobs),
        )
    ]
    came_back = f"; hub-put-back ({report.fork}): fetched again" if report.fork else ""
    return f"{', '.join(parts)}; {report.unsent} unsent, {report.parked} parked{came_back}"
