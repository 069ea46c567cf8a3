"""
Side lists: the hub's makers of each list, by the names of `kiosk/side_lists.py`, and their erasure at a terminal.
"""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from pathlib import Path

from config.settings import HubSettings
from kiosk import side_lists
from kiosk.app.replication.device_keys import hall_unlock_key
from kiosk.app.seats import asks as seat_asks
from kiosk.calendar import models as calendar_models
from kiosk.calendar.in_force import HubCalendar
from kiosk.catalogue.records import named
from kiosk.catalogue.search import county_words
from kiosk.clock import Clock, today
from kiosk.consultation.booking import booking_list, day_list
from kiosk.consultation.booking import models as bookings
from kiosk.consultation.supply import models as supply_models
from kiosk.consultation.supply import written
from kiosk.consultation.supply.offered import HubSupply
from kiosk.hall import accounts
from kiosk.intake.by_organ import public_keys
from kiosk.intake.by_organ.public_keys import OrganKeys, PublicKey
from kiosk.speech import published
from kiosk.staff.by_organ import wall
from kiosk.workdays import as_list
from sync.hub import devices
from sync.hub.device import Device
from sync.hub.side_lists import Provider
from sync.statements import Database

_log = logging.getLogger(__name__)


def providers(home: Path, settings: HubSettings, clock: Clock) -> dict[str, Provider]:
    """Return the makers of the side lists by name."""

    def places(device: Device) -> tuple[str, ...]:
        """Return the townships whose residents' names a device may hold."""
        return device.townships if device.channel == "kiosk" or settings.named_rows_on_web else ()

    calendar, supply = HubCalendar(), HubSupply()

    def organ_keys() -> OrganKeys:
        keys = {code: PublicKey(key.key_id, key.public) for code, key in wall.keys_to_seal().items()}
        return OrganKeys(settings.office_code, settings.one_office, {} if settings.one_office else keys)

    return {
        side_lists.HALL_STAFF: Provider(
            make=lambda database, device: accounts.roster(device.id, hall_unlock_key(home, device.id)),
            mark=lambda database, device: f"{device.id} {accounts.changes()}",
        ),
        side_lists.NAMED_ROWS: Provider(
            make=lambda database, device: named.for_townships(places(device), today(clock)),
            mark=lambda database, device: named.mark(places(device), today(clock)),
        ),
        side_lists.WORDS: Provider(
            make=lambda database, device: county_words.county_list(),
            mark=lambda database, device: county_words.mark(),
        ),
        side_lists.ORGAN_KEYS: Provider(
            make=lambda database, device: public_keys.written(organ_keys()),
            mark=lambda database, device: public_keys.written(organ_keys()).hex(),
        ),
        side_lists.AUDIO: Provider(
            make=lambda database, device: published.make_list(),
            mark=lambda database, device: published.mark(),
        ),
        side_lists.SEATS: seat_asks.provider(home, clock),
        side_lists.WORKDAYS: Provider(
            make=lambda database, device: as_list(calendar()),
            mark=lambda database, device: str(calendar_models.last_seq()),
        ),
        side_lists.SUPPLY: Provider(
            make=lambda database, device: written.as_list(supply()),
            mark=lambda database, device: str(supply_models.last_seq()),
        ),
        side_lists.BOOKINGS: Provider(
            make=lambda database, device: _bookings(device, clock),
            mark=lambda database, device: (
                f"{today(clock)} {bookings.changes()}" if _is_in_hall(device) else ""
            ),
        ),
        side_lists.HALL_MACHINES: Provider(
            make=lambda database, device: _hall_machines(database, device),
            mark=lambda database, device: (_hall_machines(database, device) or b"").hex(),
        ),
    }


def _is_in_hall(device: Device) -> bool:
    return device.channel == "kiosk"


def _bookings(device: Device, clock: Clock) -> bytes | None:
    """Return the bookings of today and tomorrow, without names, for the machines of halls."""
    if not _is_in_hall(device):
        return None
    days = [today(clock) + timedelta(days=ahead) for ahead in range(day_list.DAYS_AHEAD + 1)]
    return day_list.written(booking_list.bookings_of("", days))


def _hall_machines(database: Database, device: Device) -> bytes | None:
    """Return the public keys by which the machines of halls know each other's messages; None for other devices."""
    if device.channel != "kiosk":
        return None
    keys = {name: key.hex() for name, key in devices.public_keys(database, "kiosk").items()}
    return json.dumps(keys, sort_keys=True).encode()


def expire(clock: Clock) -> int:
    """Erase lists of names whose last day is over, whether or not the hub can be reached; return how many."""
    erased = named.expire(clock.now())
    if erased:
        _log.info("names-erased: %d lists whose last day is over", erased)
    return erased
