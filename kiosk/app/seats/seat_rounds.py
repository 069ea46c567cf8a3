"""The terminal's end of seats: what the agent reports of them in its rounds, and seats asked for by a page."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from config.settings import TerminalSettings
from kiosk import db
from kiosk.app.replication import http_line, waits
from kiosk.clock import Clock, from_stamp, today
from kiosk.errors import Refused, StoreDamaged
from kiosk.seats import leased, leases
from kiosk.seats import leased_models as models
from kiosk.seats.rules import Seat
from sync.terminal import asking
from sync.wire.errors import Malformed, SyncError
from sync.wire.line import HubLine
from sync.wire.reading import Fields
from sync.wire.signing import Answer

EVERY = timedelta(minutes=10)
"""A terminal with no news of its seats asks so often whether it should have others."""
REPORT, HOLD, PHONE = "seats", "seat-hold", "seat-phone"
MOST_ARRIVING = 20_000
MOST_REPORTS = 3
"""Reports of one round: what is wanted back goes up at once."""
_log = logging.getLogger(__name__)

Call = Callable[[Callable[[], Any]], Any]
"""Makes a call of a page to the hub; raises ConnectionError where it was not answered."""


def _at_once(call: Callable[[], Any]) -> Any:
    return call()


def send(line: HubLine, clock: Clock) -> None:
    """Report the seats of this terminal, if there is news or it is time, and take what the hub answers."""
    for _ in range(MOST_REPORTS):
        with db.writing(db.store):
            models.give_up(clock.now(), clock)
            named, hub = models.named(), models.hub()
        digest = hashlib.sha256(json.dumps(named, sort_keys=True).encode()).hexdigest()
        if hub is None or not _is_due(digest, hub.epoch, clock.now()):
            return
        try:
            answer = asking.ask(line, REPORT, {"seats": named})
            _take(answer, hub, clock)
        except (SyncError, Refused) as error:
            _log.warning("seats: not reported (%s); again with the next round", error.code)
            return
        with db.writing(db.store):
            models.note_reported(digest, hub.epoch, clock.now())


def _is_due(digest: str, epoch: str, now: datetime) -> bool:
    known, in_epoch, at = models.reported()
    if (known, in_epoch) != (digest, epoch) or not at:
        return True
    return not timedelta(0) <= now - from_stamp(at) < EVERY


def _take(answer: Fields, hub: models.SeatHub, clock: Clock) -> None:
    """Take the hub's answer in one transaction; every lease is verified before."""
    given = [
        leases.arriving(each, hub_key=hub.hub_key, terminal=hub.terminal)
        for each in answer.objects("leases", most=MOST_ARRIVING)
    ]
    wanted, void, done = (
        [each.text("lease") for each in answer.objects(name, most=MOST_ARRIVING)]
        for name in ("wanted", "void", "done")
    )
    with db.writing(db.store):
        for each in given:
            models.add(each)
        models.give_up_wanted([*wanted, *void], clock)
        models.forget([*done, *void])
        models.forget_before(today(clock) - timedelta(days=1))


def hold(home: Path, settings: TerminalSettings, clock: Clock, call: Call, session_id: str, key: str) -> Seat:
    """
    Hold a seat of a session for a form, of the hub or of this terminal's own, as `hold_over`.

    Args:
        call: Makes the call of a page.
    """
    return hold_over(_PageLine(home, settings, clock), clock, session_id, key, call)


def hold_over(line: HubLine, clock: Clock, session_id: str, key: str, call: Call = _at_once) -> Seat:
    """
    Hold a seat of a session for a form, of the hub or of this terminal's own; the same form gets the same seat again.

    Raises:
        Refused: "full" and whatever else the hub says; "none-here": the hub is away and this terminal has no seat of
            its own for that time.
    """
    known = leased.held_seat(session_id, key, clock)
    if known:
        return known
    try:
        found: Seat = call(lambda: _ask_for(line, clock, session_id, key))
        return found
    except Refused as refusal:
        return _own(session_id, key, clock, refusal.code)
    except ConnectionError:
        return _own(session_id, key, clock, "")


def _own(session_id: str, key: str, clock: Clock, refused: str) -> Seat:
    """Hold a seat of this terminal's own; `refused`: why the hub gave none, empty where it is away."""
    if refused not in ("", "full", "unsure", "not-enrolled"):
        raise Refused(refused)
    try:
        return leased.hold(session_id, key, clock)
    except Refused as none:
        if none.code in ("full", "clock-wrong"):
            raise Refused(refused if refused == "full" else "none-here") from none
        raise


def _ask_for(line: HubLine, clock: Clock, session_id: str, key: str) -> Seat:
    """Hold a seat of the hub. Raises Refused, ConnectionError."""
    asked_s, hub = clock.monotonic(), models.hub()
    if hub is None:
        raise Refused("not-enrolled")
    answer = _asked(line, HOLD, {"session": session_id})
    try:
        given = leases.arriving(answer.object("lease"), hub_key=hub.hub_key, terminal=hub.terminal)
    except Malformed as error:
        raise ConnectionError(error.code) from error
    if not given.lease.is_hold or given.lease.session.id != session_id:
        raise ConnectionError("bad-lease")
    return leased.keep_granted(given, key, asked_s, clock)


def check_phone(
    home: Path,
    settings: TerminalSettings,
    clock: Clock,
    call: Call,
    phone: str,
    seat: Seat,
    instead_of: str = "",
) -> None:
    """
    Ask the hub whether a telephone number may book one more; a hub that is away refuses nobody.

    Args:
        phone: The mark of the number, which is kept nowhere here. instead_of: The booking that this one replaces.
    Raises:
        Refused: as `kiosk.seats.phone_limits.check`.
    """
    at = {"session": seat.session, "no": seat.no, "lease": seat.lease}
    values = {**at, "phone": phone, "instead_of": instead_of}
    with suppress(ConnectionError):
        call(lambda: _asked(_PageLine(home, settings, clock), PHONE, values))


def _asked(line: HubLine, name: str, values: dict[str, Any]) -> Fields:
    """Ask the hub while somebody waits. Raises Refused with the hub's reason, ConnectionError."""
    try:
        answer = asking.ask(line, name, values)
        refused = answer.text("refused", most=40) if "refused" in answer.values else ""
    except (SyncError, StoreDamaged) as error:
        raise ConnectionError(error.code) from error
    if refused:
        raise Refused(refused)
    return answer


@dataclass(frozen=True)
class _PageLine:
    """The line of a page, opened when it is used."""

    home: Path
    settings: TerminalSettings
    clock: Clock

    def send(self, method: str, path: str, body: bytes = b"") -> Answer:
        return http_line.to_hub(self.home, self.settings, self.clock, waits.PAGE).send(method, path, body)
