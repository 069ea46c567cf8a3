"""The seats of consultations as a terminal reaches them: at the hub where it answers, else its own leased ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from config.settings import TerminalSettings
from kiosk import db
from kiosk.clock import Clock, today
from kiosk.consultation.booking.rules import KIND
from kiosk.consultation.booking.times import Offer, TakenSeat
from kiosk.consultation.supply.things import Supply
from kiosk.errors import Refused
from kiosk.intake import sending
from kiosk.seats import leased
from kiosk.seats.rules import HOLD_S, Seat, SeatSession


class LeasedLine:
    """The line of one terminal; see `SeatLine`."""

    def __init__(
        self,
        home: Path,
        settings: TerminalSettings,
        clock: Clock,
        supply: Callable[[], Supply],
        call: Callable[[Callable[[], Any]], Any],
    ) -> None:
        self._home, self._settings, self._clock = home, settings, clock
        self._supply, self._call = supply, call

    def offer(self, place: str, topic: str) -> Offer:
        """Return the free times; without the hub only those of this terminal's own seats."""
        is_away = sending.is_hub_away(db.store, self._clock, self._settings.sync_interval_s)
        first = today(self._clock)
        final = first + timedelta(days=self._supply().terms.horizon_days)
        found = leased.free_times(KIND, place, topic, first, final, self._clock, is_hub_away=is_away)
        return Offer([each for each in found if each.left > 0], is_whole=not is_away)

    def hold(self, session: str, key: str) -> TakenSeat:
        """Take a seat: the form's own one again, else one of the hub, else one of this terminal."""
        from kiosk.app.seats import seat_rounds  # the connection to the hub is loaded only when it is used

        seat = seat_rounds.hold(self._home, self._settings, self._clock, self._call, session, key)
        return TakenSeat(seat, self._session(session), HOLD_S)

    def check_phone(self, digits: str, seat: Seat, instead_of: str = "") -> None:
        """Ask the hub whether a telephone number may book one more; where it is away, it may."""
        from kiosk.app.seats import seat_rounds  # as in `hold`

        mark = leased.phone_mark(digits)
        if mark:
            seat_rounds.check_phone(
                self._home, self._settings, self._clock, self._call, mark, seat, instead_of
            )

    def _session(self, session: str) -> SeatSession:
        found = leased.session(session)
        if found is None:
            raise Refused("unknown-session")
        return found

    def spend(self, seat: Seat, key: str, number: str) -> None:
        """Spend a held seat inside the caller's transaction."""
        leased.spend(seat, number, key, self._clock)
