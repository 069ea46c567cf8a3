"""The hub's handling of each kind of submission: the other half of the rows in `submissions.py`."""

from __future__ import annotations

from kiosk.consultation.booking.desk.handling import BOOKINGS
from kiosk.consultation.inquiry.desk.handling import INQUIRIES
from kiosk.disclosure.desk.handling import REQUESTS
from kiosk.intake.handling import Handling

HANDLINGS: tuple[Handling, ...] = (REQUESTS, BOOKINGS, INQUIRIES)
"""The kinds of submissions that this product takes, one row each."""
