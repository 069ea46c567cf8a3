"""How a browser gets a session at the desk: by password alone, or by password and second factor."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from flask import redirect, request, session, url_for
from werkzeug.wrappers import Response

from kiosk.staff import rules
from kiosk.staff.entry import known_views, session_models, sessions
from kiosk.staff.entry.session_models import OwnSession
from kiosk.staff.entry.signing_in import Entered
from kiosk.staff.models import Account
from kiosk.staff.rules import AccountState
from kiosk.web import access
from kiosk.web.access import HalfSignedIn, SignedIn
from kiosk.web.context import hub
from kiosk.web.language import wording

DESK = "/desk/"


def needs_factor(account: Account) -> bool:
    """Return whether the account signs in with a second factor: it opens personal data, and the hub asks for one."""
    opens = account.state is AccountState.ACTIVE and rules.reads_personal(account.role)
    return opens and not account.must_change and hub().settings.second_factor


def enter_half(entered: Entered, wanted: str) -> None:
    """Begin a session that only asks for the second factor."""
    account = entered.account
    half = HalfSignedIn(account.name, account.version, entered.reading_keys, wanted)
    in_the_same_language(lambda: access.enter_half(half, hub().clock.monotonic()))


def enter(account: Account, reading_keys: Mapping[str, bytes]) -> None:
    """Begin the session of an account; with a password that somebody else knows it may only change it."""
    may = frozenset() if account.must_change else rules.permissions(account.role, account.state)
    known_views.remember(account.name)
    clock = hub().clock
    session_id = sessions.begin(
        account.name,
        address=request.remote_addr or "",
        browser=request.user_agent.string,
        now=clock.now(),
        longest=timedelta(seconds=hub().settings.desk_longest_s),
    )
    in_the_same_language(
        lambda: access.enter(
            name=account.name,
            role=account.role,
            version=account.version,
            permissions=may,
            reading_keys={} if account.must_change else reading_keys,
            session_id=session_id,
            begun_s=clock.monotonic(),
        )
    )


def go_on(wanted: str) -> Response:
    """Return the way to the page that was asked for before signing in, or to the first one."""
    return redirect(wanted if wanted.startswith(DESK) else url_for("staff.start"), code=303)


def in_the_same_language(begin: Callable[[], None]) -> None:
    """Begin a new session in the language chosen before it."""
    chosen = wording.language().code
    begin()
    session["lang"] = chosen


def left_s(person: SignedIn) -> int:
    """Return the whole seconds until the session ends by its age."""
    return sessions.left_s(person.begun_s, hub().clock.monotonic(), hub().settings.desk_longest_s)


def is_open(person: SignedIn) -> bool:
    """Return whether the session was not ended elsewhere."""
    return sessions.is_open(person.session_id, person.name, hub().clock.now())


def own_sessions(person: SignedIn) -> list[OwnSession]:
    """Return the sessions of an account that may still be open."""
    since = hub().clock.now() - timedelta(seconds=hub().settings.desk_idle_s) - sessions.SEEN_EVERY
    return session_models.sessions(person.name, since)
