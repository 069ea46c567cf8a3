"""
Drafts at the desk: what a person is writing is kept at the hub until it is sent, and offered when they come back.

A draft belongs to one person and one thing. It is sealed under a key that is made from the installation's own key (the
file beside the database) and the person's name: neither the database nor a copy of it reveals what is written. What is
personal is sealed besides to a reading key of the writer's session, so that the machine itself cannot open it. It ends
when it is sent or thrown away, after LIFE, when a person begins more than MOST, or with the person's account.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType

import peewee
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from kiosk import db
from kiosk.clock import from_stamp, stamp
from kiosk.errors import Refused
from sync.wire import sealing
from sync.wire.errors import SealBroken

LIFE = timedelta(days=30)
MOST = 20
"""Most drafts of one person; the oldest ends when another one begins."""
LARGEST = 4_000_000
"""Most bytes of one draft: more than the longest text that a record may hold."""
LONGEST_NAME = 200


class DeskDraft(db.StoreModel):
    """A draft; run: made for each form that is opened, so that two windows do not overwrite each other's."""

    person = peewee.TextField()
    thing = peewee.TextField()
    run = peewee.TextField()
    sealed = peewee.BlobField()
    kept_at = peewee.TextField()

    class Meta:
        primary_key = peewee.CompositeKey("person", "thing", "run")


@dataclass(frozen=True)
class Drafts:
    """The drafts of one person; key: the installation's own; reading_keys: of the session, by id."""

    person: str
    key: str
    reading_keys: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}), repr=False)

    def keep(
        self, thing: str, run: str, fields: Iterable[tuple[str, str]], now: datetime, *, key_id: str = ""
    ) -> None:
        """
        Store a draft in place of what was kept of the same form.

        Args:
            key_id: Of the reading key to which it is sealed besides; empty: it holds nothing personal.
        Raises:
            Refused: "draft-name", "draft-too-large", "reading-key-missing".
        """
        if not (thing and run) or len(thing) > LONGEST_NAME or len(run) > LONGEST_NAME:
            raise Refused("draft-name")
        content = self._for_key(key_id, dict(fields)) if key_id else list(fields)
        text = json.dumps([self.person, thing, content, key_id], ensure_ascii=False).encode()
        if len(text) > LARGEST:
            raise Refused("draft-too-large")
        row = {"sealed": bytes(self._box().encrypt(text)), "kept_at": stamp(now)}
        with db.writing(db.store):
            DeskDraft.insert(person=self.person, thing=thing, run=run, **row).on_conflict(
                conflict_target=[DeskDraft.person, DeskDraft.thing, DeskDraft.run],
                preserve=[DeskDraft.sealed, DeskDraft.kept_at],
            ).execute()
            self._end_old(now)

    def _end_old(self, now: datetime) -> None:
        """Erase everybody's drafts that are over, and this person's beyond MOST."""
        DeskDraft.delete().where(DeskDraft.kept_at < stamp(now - LIFE)).execute()
        own = DeskDraft.select().where(DeskDraft.person == self.person).order_by(DeskDraft.kept_at.desc())
        for each in list(own.offset(MOST).limit(MOST)):
            self.drop(each.thing, each.run)

    def of(self, thing: str, now: datetime) -> list[KeptDraft]:
        """Return the drafts of a thing, the newest first."""
        found = DeskDraft.select().where(
            DeskDraft.person == self.person, DeskDraft.thing == thing, DeskDraft.kept_at >= stamp(now - LIFE)
        )
        opened = [self._opened(each) for each in found.order_by(DeskDraft.kept_at.desc())]
        return [each for each in opened if each]

    def drop(self, thing: str, run: str) -> None:
        """Erase a draft."""
        with db.writing(db.store):
            DeskDraft.delete().where(
                DeskDraft.person == self.person, DeskDraft.thing == thing, DeskDraft.run == run
            ).execute()

    def _opened(self, row: DeskDraft) -> KeptDraft | None:
        """Return a draft in clear; None where it was sealed for another person or thing, or under another key."""
        try:
            person, thing, content, *key = json.loads(self._box().decrypt(bytes(row.sealed)))
        except CryptoError:
            return None
        if (person, thing) != (self.person, row.thing):
            return None
        fields = self._by_key(key[0], content) if any(key) else dict(content)
        return KeptDraft(row.run, from_stamp(row.kept_at), fields) if fields is not None else None

    def _for_key(self, key_id: str, fields: Mapping[str, str]) -> str:
        if key_id not in self.reading_keys:
            raise Refused("reading-key-missing", key_id)
        public = sealing.public_of(self.reading_keys[key_id])
        return base64.b64encode(sealing.seal(public, dict(fields))).decode()

    def _by_key(self, key_id: str, content: str) -> dict[str, str] | None:
        """Return the fields that were sealed to a reading key; None where this session does not hold it."""
        if key_id not in self.reading_keys:
            return None
        try:
            return sealing.unseal(self.reading_keys[key_id], base64.b64decode(content))
        except SealBroken:
            return None

    def _box(self) -> SecretBox:
        return SecretBox(hashlib.sha256(f"desk-draft:{self.person}:{self.key}".encode()).digest())


def erase_of(person: str) -> int:
    """Erase all drafts of a person, whose account ends, in the caller's transaction; return how many."""
    return int(DeskDraft.delete().where(DeskDraft.person == person).execute())


@dataclass(frozen=True)
class KeptDraft:
    """What a person wrote, and when it was kept last."""

    run: str
    at: datetime
    fields: Mapping[str, str]


def new_run() -> str:
    """Return the name of a form that is being opened."""
    return secrets.token_hex(8)
