"""
Sessions on the server: `flask.session` is one encrypted row, and only the browser's cookie can open it.

A cookie holds a random token. The row's name is a hash of the token and its key another one, so that the
disk alone reveals neither answers nor persons. A row ends when it was not seen for the life of a session
(steady time of this boot, so that a wrong clock changes nothing), when it is destroyed, or with the boot.
Nothing is stored in the browser but the cookie.

A row has a version. Of two requests of one visit side by side the later one puts its changes together with what the
other stored (`merging.py`), and never brings back a visit that has ended. A row that got another name (`renew`) is
empty for a moment, so that a request under the old name is asked to come again with the new cookie.

Where the store cannot be written pages that are only read are served all the same, but their changes are not stored.
A form whose answers cannot be stored raises StoreUnready, and a visitor who leaves is signed out although the row is
removed later.
"""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Callable, MutableMapping
from typing import Any

import peewee
from flask import Flask, Request, Response, request
from flask.sessions import SessionInterface, SessionMixin

from kiosk import db
from kiosk.clock import Clock
from kiosk.db.faults import fault
from kiosk.errors import StoreAway, StoreDamaged, StoreUnready
from kiosk.web import merging
from kiosk.web.security import SAFE_METHODS
from kiosk.web.visit_rows import (
    ADD,
    CHANGE,
    COUNT,
    FIND,
    MOVE,
    MOVED,
    SEE,
    SWEEP,
    VisitRow,
    WebSession,
    opened_row,
    row_name,
    sealed_row,
)

OF_A_SERVER = ("store-away", "store-busy")
"""Codes after which the browser is asked to come again, for the next try may store it."""
TOKEN_BYTES = 32
SEEN_EVERY_S = 5.0
"""A visit is noted at most this often, in seconds, so that reading pages does not write to disk."""
MOVED_S = 10.0
"""Seconds for which a request under the name before `renew` is asked to come again."""
MOST_TRIES = 5
"""Tries to store a visit beside other requests of it; where a file is the store, the second one succeeds."""

_log = logging.getLogger(__name__)


class SealedSession(dict[str, Any], SessionMixin):
    """
    The contents of one session; plain JSON values only.

    Args:
        row: The token under which it was read; empty for a new visit. version: Of that row.
    """

    def __init__(
        self,
        contents: MutableMapping[str, Any],
        token: str,
        *,
        row: str = "",
        version: int = 0,
        station: str = "",
    ) -> None:
        super().__init__(contents)
        self.token = token
        self.row = row
        self.version = version
        self.station = station
        self.new = not row
        self.was = json.dumps(self, sort_keys=True)
        self.is_ended = False
        self.is_lost = False
        self.is_cleared = False
        self.may_be_unsaved = False
        """Whether the answer is true though this visit cannot be stored: it is read from what is stored elsewhere."""
        self.has_moved = False
        """Whether another request of this visit gave it another name: this one is to come again with that."""
        self.away: StoreAway | StoreDamaged | None = None
        """The error that kept the session from being read."""

    @property
    def modified(self) -> bool:  # type: ignore[override]  # Flask declares a plain attribute
        """Return whether the contents or the name differ from what was read."""
        return (self.row != "" and self.row != self.token) or json.dumps(self, sort_keys=True) != self.was

    def clear(self) -> None:
        """Remove everything, also what another request of this visit stores meanwhile."""
        super().clear()
        self.is_cleared = True

    @property
    def name(self) -> str:
        """Return the name of its row, which says nothing about the cookie; papers of the visit belong to it."""
        return row_name(self.token)

    def end(self) -> None:
        """Destroy the session: its row and its cookie are removed with this answer."""
        self.clear()
        self.is_ended = True

    def renew(self) -> None:
        """Keep the contents under a fresh token (after sign-in, against fixation)."""
        self.new = True
        self.token = _new_token(self.station)

    def beside(self, theirs: MutableMapping[str, Any]) -> dict[str, Any]:
        """Return what to store when another request of this visit has stored `theirs` meanwhile."""
        return dict(self) if self.is_cleared else merging.merged(json.loads(self.was), self, theirs)


def _nothing(before: str, after: str) -> None:
    """Do nothing when a visit gets another name."""


class SealedSessions(SessionInterface):
    """
    Store of sealed sessions in table `web_session`.

    Args:
        life_s: Seconds without a request after which a session ends.
        is_secure: Whether the cookie is for https only, and says so in its name.
        station: Begins each cookie of this machine, so that a proxy in front of several sends a visit back to its own
            (config/nginx); empty: there is only this one.
        on_move: Called with both names when a visit that goes on gets another one, in the transaction that stores it.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        cookie: str,
        life_s: float,
        is_secure: bool,
        station: str = "",
        on_move: Callable[[str, str], None] = _nothing,
    ) -> None:
        self.clock = clock
        self.station = station
        self.cookie = ("__Host-" if is_secure else "") + cookie
        self.life_s = life_s
        self.on_move = on_move
        self.is_secure = is_secure
        self._ended: set[str] = set()

    def open_session(self, app: Flask, request: Request) -> SealedSession:
        token = request.cookies.get(self.cookie, "")
        try:
            db.real(db.store).hold()  # the first query of a request to the store; released when it is over
            row = self._read(token) if token else None
        except (StoreAway, peewee.PeeweeException) as error:
            return self._unread(error)
        if row is None:
            return SealedSession({}, _new_token(self.station), station=self.station)
        if row.contents is None:
            return self._moved()
        return SealedSession(row.contents, token, row=token, version=row.version, station=self.station)

    def _moved(self) -> SealedSession:
        """Return an empty session for the name that a visit had before; its browser has the new cookie by now."""
        session = SealedSession({}, _new_token(self.station), station=self.station)
        session.is_lost = session.has_moved = True
        return session

    def _unread(self, error: Exception) -> SealedSession:
        """Return an empty session that could not be read: its cookie stays, and the browser is asked to try again."""
        meaning = error if isinstance(error, StoreAway) else fault(error)
        if not isinstance(meaning, StoreAway | StoreDamaged):
            raise error
        session = SealedSession({}, _new_token(self.station), station=self.station)
        session.is_lost = True
        session.away = meaning
        return session

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        assert isinstance(session, SealedSession)
        if session.is_ended:
            self._delete(session.row or session.token)
            response.delete_cookie(
                self.cookie, path="/", secure=self.is_secure, httponly=True, samesite="Strict"
            )
            return
        if session.is_lost or not (session or session.row):
            return
        if not session and session.row != session.token:
            self._delete(session.row)  # renewed and empty: there is nothing to go on with
            return
        if session.modified and not self._is_written(session):
            if session.has_moved and not session.may_be_unsaved:
                come_again(response)
            return
        if session.new:
            response.set_cookie(
                self.cookie, session.token, path="/", httponly=True, samesite="Strict", secure=self.is_secure
            )

    def _is_written(self, session: SealedSession) -> bool:
        """
        Store the session; return false when it has ended meanwhile, and where nothing can be stored while the answer
        is true without it: a page that was only read, a promise that is stored elsewhere. Raises StoreUnready for
        other forms.
        """
        try:
            return self._write(session)
        except StoreUnready as error:
            session.is_lost = True
            is_only_read = error.code not in OF_A_SERVER and request.method in SAFE_METHODS
            if not (is_only_read or session.may_be_unsaved):
                raise
            _log.error("%s: a visit was not noted", error.code)
            return False

    def _read(self, token: str) -> VisitRow | None:
        """Return the row, or None when the session has ended; note the visit."""
        name = row_name(token)
        row = FIND.first(db.store, id=name)
        if row is None or name in self._ended:
            return None
        sealed, boot, seen, version = row
        now = self.clock.monotonic()
        is_moved = bytes(sealed) == MOVED
        if (
            is_moved
            and now - seen <= MOVED_S
            and boot == self.clock.boot_id()
            and self._may_come_again(name, version)
        ):
            return VisitRow(None, version)
        if is_moved or boot != self.clock.boot_id() or now - seen > self.life_s:
            self._delete(token)
            return None
        if now - seen > SEEN_EVERY_S:
            self._note_visit(name, now)
        return opened_row(token, sealed, version)

    def _may_come_again(self, name: str, version: int) -> bool:
        """Count a request under an earlier name, up from below 0 in its row; return whether it may be repeated."""
        try:
            with db.writing(db.store, alone=False):
                COUNT.run(db.store, id=name)
        except StoreUnready:
            return False
        return version < 0

    def _note_visit(self, name: str, now: float) -> None:
        """Prolong the session; on a full disk it ends a little earlier instead."""
        try:
            with db.writing(db.store, alone=False):
                SEE.run(db.store, id=name, seen=now)
        except StoreUnready as error:
            _log.error("%s: a visit was not prolonged", error.code)

    def _write(self, session: SealedSession) -> bool:
        """Store the session; return whether that was done: false when its visit has ended or moved meanwhile."""
        now, boot = self.clock.monotonic(), self.clock.boot_id()
        with db.writing(db.store, alone=False):
            SWEEP.run(db.store, boot_id=boot, seen=now - self.life_s)  # sessions that ended, of all visitors
            if not session.row:
                sealed = sealed_row(session.token, session)
                ADD.run(db.store, id=row_name(session.token), sealed=sealed, boot_id=boot, seen=now)
                return True
            contents = self._changed(session, now)
            if contents is None:
                session.is_lost = True
                return False
            if session.token != session.row:
                sealed = sealed_row(session.token, contents)
                ADD.run(db.store, id=row_name(session.token), sealed=sealed, boot_id=boot, seen=now)
                if not session.is_cleared:
                    self.on_move(row_name(session.row), row_name(session.token))
        return True

    def _changed(self, session: SealedSession, now: float) -> MutableMapping[str, Any] | None:
        """
        Change the row that was read, and return what the visit holds now; None when it has ended or moved.

        What another request stored meanwhile is put together with the changes of this one.
        """
        contents: MutableMapping[str, Any] = session
        name, version = row_name(session.row), session.version
        for _ in range(MOST_TRIES):
            has_new_name = session.token != session.row
            sealed = MOVED if has_new_name else sealed_row(session.row, contents)
            if CHANGE.run(db.store, id=name, version=version, sealed=sealed, seen=now) == 1:
                if has_new_name:
                    MOVE.run(db.store, id=name)
                return contents
            row = FIND.first(db.store, id=name)
            if row is None or name in self._ended:
                return None
            stored = None if bytes(row[0]) == MOVED else opened_row(session.row, row[0], row[3])
            if stored is None or stored.contents is None:
                session.has_moved = True
                return None
            contents, version = session.beside(stored.contents), stored.version
        raise StoreAway("store-busy", "a visit is changed by too many requests at once")

    def _delete(self, token: str) -> None:
        """Remove the row; on a full disk this process ignores it at once, and it is removed when there is room."""
        name = row_name(token)
        try:
            with db.writing(db.store, alone=False):
                WebSession.delete().where(WebSession.id == name).execute()
        except StoreUnready as error:
            self._ended.add(name)
            _log.error("%s: an ended visit waits to be removed", error.code)


def come_again(response: Response) -> None:
    """Make an answer ask the browser to repeat its request, with the cookie that it has by now."""
    response.status_code = 307
    response.headers["Location"] = same_again()
    response.set_data(b"")


def same_again() -> str:
    """Return the address of this request, for a redirect; never another host's."""
    return "/" + request.full_path.rstrip("?").lstrip("/")


def _new_token(station: str) -> str:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    return f"{station}.{token}" if station else token
