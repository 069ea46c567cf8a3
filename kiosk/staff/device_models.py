"""The desk's view of terminals: what the hub knows of each, and the codes that wait."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import peewee

from kiosk import db
from kiosk.clock import from_stamp, stamp
from kiosk.countersigned import Peer
from sync.hub.models import EnrolledDevice, EnrolmentCode
from sync.wire.heads import OF_HUB


@dataclass(frozen=True)
class DeviceStatus:
    """A terminal as the desk shows it; its row belongs to the sync."""

    id: str
    name: str
    terminal: str
    state: str
    state_code: str
    enrolled_at: datetime
    seen_at: datetime | None
    unsent: int
    parked: int
    paper_mm: dict[str, int]
    townships: tuple[str, ...]
    channel: str
    release: str

    @property
    def paper_m(self) -> float:
        """Return metres of paper used in all."""
        return round(sum(self.paper_mm.values()) / 1000, 1)


@dataclass(frozen=True)
class WaitingCode:
    """An unused one-time code; the code itself is stored nowhere."""

    name: str
    expires_at: datetime


def devices() -> list[DeviceStatus]:
    """Return all terminals, those that need attention first, then by their code."""
    turn = peewee.Case(EnrolledDevice.state, (("quarantined", 0), ("active", 1)), 2)
    return db.rows(_devices().order_by(turn, EnrolledDevice.terminal), _device, db.store)


def device(id: str) -> DeviceStatus | None:
    """Return the terminal with this id."""
    return db.one(_devices().where(EnrolledDevice.id == id), _device, db.store)


def _devices() -> peewee.ModelSelect[EnrolledDevice]:
    return EnrolledDevice.select(
        EnrolledDevice.id,
        EnrolledDevice.name,
        EnrolledDevice.terminal,
        EnrolledDevice.state,
        EnrolledDevice.state_code,
        EnrolledDevice.enrolled_at,
        EnrolledDevice.seen_at,
        EnrolledDevice.unsent,
        EnrolledDevice.parked,
        EnrolledDevice.paper,
        EnrolledDevice.townships,
        EnrolledDevice.channel,
        EnrolledDevice.release,
    )


def _device(
    *, enrolled_at: str, seen_at: str | None, paper: str, townships: str, **others: Any
) -> DeviceStatus:
    return DeviceStatus(
        enrolled_at=from_stamp(enrolled_at),
        seen_at=from_stamp(seen_at) if seen_at else None,
        paper_mm=json.loads(paper),
        townships=tuple(json.loads(townships)),
        **others,
    )


def waiting_codes(now: datetime) -> list[WaitingCode]:
    """Return one-time codes that are still valid, by name."""
    found = (
        EnrolmentCode.select(EnrolmentCode.name, EnrolmentCode.expires_at)
        .where(EnrolmentCode.used_at.is_null(), EnrolmentCode.expires_at > stamp(now))
        .order_by(EnrolmentCode.name)
    )
    return [WaitingCode(name, from_stamp(at)) for name, at in found.tuples().execute(db.store)]


def peer(device_id: str) -> Peer | None:
    """Return a terminal as the other side of the heads of the audit chains."""
    found = EnrolledDevice.select(EnrolledDevice.terminal, EnrolledDevice.public_key).where(
        EnrolledDevice.id == device_id
    )
    row = found.tuples().first(db.store)
    return None if row is None else Peer(row[0], device_id, OF_HUB, bytes(row[1]))
