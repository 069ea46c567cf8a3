"""
Sessions on the server: `flask.session` is one encrypted row, and only the browser's cookie can open it.

A cookie holds a random token. The row's name is a hash of the token and its key another one, so that the
disk alone reveals neither answers nor persons. A row ends when it was not seen for the life of a session
(steady time of this boot, so that a wrong clock changes nothing), when it is destroyed, or with the boot.
Nothing is stored in the browser but the cookie.

On a full disk pages that are only read are served all the same, but their changes are not stored. A form whose
answers cannot be stored raises StoreFull, and a visitor who leaves is signed out although the row is removed later.
"""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
from collections.abc import MutableMapping
from typing import Any

import peewee
from flask import Flask, Request, Response, g, request
from flask.sessions import SessionInterface, SessionMixin
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from kiosk import db
from kiosk.clock import Clock
from kiosk.db.faults import fault
from kiosk.errors import StoreAway, StoreFull
from kiosk.web.security import SAFE_METHODS

TOKEN_BYTES = 32
SEEN_EVERY_S = 5.0
"""A visit is noted at most this often, in seconds, so that reading pages does not write to disk."""

_log = logging.getLogger(__name__)


class WebSession(db.StoreModel):
    """One visit; `seen` is steady time of boot `boot_id`."""

    id = peewee.TextField(primary_key=True)
    sealed = peewee.BlobField()
    boot_id = peewee.TextField()
    seen = peewee.DoubleField()


_FIND = db.Statement(
    lambda: WebSession.select(WebSession.sealed, WebSession.boot_id, WebSession.seen).where(
        WebSession.id == db.slot(WebSession.id)
    )
)
_SEE = db.Statement(
    lambda: WebSession.update({WebSession.seen: db.slot(WebSession.seen)}).where(
        WebSession.id == db.slot(WebSession.id)
    )
)
_KEEP = db.Statement(
    lambda: WebSession.insert(
        db.inserted(WebSession.id, WebSession.sealed, WebSession.boot_id, WebSession.seen)
    ).on_conflict(conflict_target=[WebSession.id], preserve=[WebSession.sealed, WebSession.seen])
)
_SWEEP = db.Statement(
    lambda: WebSession.delete().where(
        (WebSession.boot_id != db.slot(WebSession.boot_id)) | (WebSession.seen < db.slot(WebSession.seen))
    )
)


class SealedSession(dict[str, Any], SessionMixin):
    """The contents of one session; plain JSON values only."""

    def __init__(
        self, contents: MutableMapping[str, Any], token: str, *, is_new: bool, station: str = ""
    ) -> None:
        super().__init__(contents)
        self.token = token
        self.station = station
        self.new = is_new
        self.was = json.dumps(self, sort_keys=True)
        self.is_ended = False
        self.is_lost = False
        self.away: StoreAway | None = None
        """The error that kept the session from being read."""

    @property
    def modified(self) -> bool:  # type: ignore[override]  # Flask declares a plain attribute
        """Return whether the contents differ from what was read."""
        return json.dumps(self, sort_keys=True) != self.was

    def end(self) -> None:
        """Destroy the session: its row and its cookie are removed with this answer."""
        self.clear()
        self.is_ended = True

    def renew(self) -> None:
        """Keep the contents under a fresh token (after sign-in, against fixation)."""
        self.new = True
        g.session_to_forget = self.token
        self.token = _new_token(self.station)
        self.was = ""


class SealedSessions(SessionInterface):
    """
    Store of sealed sessions in table `web_session`.

    Args:
        life_s: Seconds without a request after which a session ends.
        is_secure: Whether the cookie is for https only, and says so in its name.
        station: Begins each cookie of this machine, so that a proxy in front of several sends a visit back to its own
            (config/nginx); empty: there is only this one.
    """

    def __init__(
        self, *, clock: Clock, cookie: str, life_s: float, is_secure: bool, station: str = ""
    ) -> None:
        self.clock = clock
        self.station = station
        self.cookie = ("__Host-" if is_secure else "") + cookie
        self.life_s = life_s
        self.is_secure = is_secure
        self._ended: set[str] = set()

    def open_session(self, app: Flask, request: Request) -> SealedSession:
        token = request.cookies.get(self.cookie, "")
        try:
            db.real(db.store).hold()  # the first query of a request to the store; released when it is over
            contents = self._read(token) if token else None
        except (StoreAway, peewee.PeeweeException) as error:
            return self._unread(error)
        if contents is None:
            return SealedSession({}, _new_token(self.station), is_new=True, station=self.station)
        return SealedSession(contents, token, is_new=False, station=self.station)

    def _unread(self, error: Exception) -> SealedSession:
        """Return an empty session that could not be read: its cookie stays, and the browser is asked to try again."""
        meaning = error if isinstance(error, StoreAway) else fault(error)
        if not isinstance(meaning, StoreAway):
            raise error
        session = SealedSession({}, _new_token(self.station), is_new=True, station=self.station)
        session.is_lost = True
        session.away = meaning
        return session

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        assert isinstance(session, SealedSession)
        forget = g.pop("session_to_forget", None)
        if forget:
            self._delete(forget)
        if session.is_ended:
            self._delete(session.token)
            response.delete_cookie(
                self.cookie, path="/", secure=self.is_secure, httponly=True, samesite="Strict"
            )
            return
        if not session or session.is_lost:
            return
        if session.modified and not self._is_written(session):
            return
        if session.new:
            response.set_cookie(
                self.cookie, session.token, path="/", httponly=True, samesite="Strict", secure=self.is_secure
            )

    def _is_written(self, session: SealedSession) -> bool:
        """
        Store the session; return false when the disk is full and the page was only read. Raises StoreFull for a form.
        """
        try:
            self._write(session)
        except StoreFull:
            session.is_lost = True
            if request.method in SAFE_METHODS:
                _log.error("store-full: a visit was not noted")
                return False
            raise
        return True

    def _read(self, token: str) -> dict[str, Any] | None:
        """Return the contents, or None when the session has ended; note the visit."""
        name = _name(token)
        row = _FIND.first(db.store, id=name)
        if row is None or name in self._ended:
            return None
        sealed, boot, seen = row
        now = self.clock.monotonic()
        if boot != self.clock.boot_id() or now - seen > self.life_s:
            self._delete(token)
            return None
        if now - seen > SEEN_EVERY_S:
            self._note_visit(name, now)
        try:
            opened: dict[str, Any] = json.loads(SecretBox(_key(token)).decrypt(bytes(sealed)))
        except CryptoError:
            return None
        return opened

    def _note_visit(self, name: str, now: float) -> None:
        """Prolong the session; on a full disk it ends a little earlier instead."""
        try:
            with db.writing(db.store, alone=False):
                _SEE.run(db.store, id=name, seen=now)
        except StoreFull:
            _log.error("store-full: a visit was not prolonged")

    def _write(self, session: SealedSession) -> None:
        sealed = bytes(SecretBox(_key(session.token)).encrypt(json.dumps(dict(session)).encode()))
        now = self.clock.monotonic()
        boot = self.clock.boot_id()
        with db.writing(db.store, alone=False):
            _SWEEP.run(db.store, boot_id=boot, seen=now - self.life_s)  # sessions that ended, of all visitors
            _KEEP.run(db.store, id=_name(session.token), sealed=sealed, boot_id=boot, seen=now)

    def _delete(self, token: str) -> None:
        """Remove the row; on a full disk this process ignores it at once, and it is removed when there is room."""
        name = _name(token)
        try:
            with db.writing(db.store, alone=False):
                WebSession.delete().where(WebSession.id == name).execute()
        except StoreFull:
            self._ended.add(name)
            _log.error("store-full: an ended visit waits to be removed")


def _new_token(station: str) -> str:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    return f"{station}.{token}" if station else token


def _name(token: str) -> str:
    return hashlib.sha256(b"name:" + token.encode()).hexdigest()


def _key(token: str) -> bytes:
    return hashlib.sha256(b"key:" + token.encode()).digest()
