"""The kinds of submissions that this product takes, one row each."""

from __future__ import annotations

from kiosk.consultation.booking.pages.views import KINDS as BOOKINGS
from kiosk.consultation.inquiry.kind import ADDITIONS as INQUIRY_ADDITIONS
from kiosk.consultation.inquiry.pages.kind import INQUIRY
from kiosk.disclosure.following.addition_kinds import ADDITIONS
from kiosk.disclosure.pages.kind import REQUEST
from kiosk.intake.kinds import SubmissionKind

KINDS: tuple[SubmissionKind, ...] = (REQUEST, *ADDITIONS, *BOOKINGS, INQUIRY, *INQUIRY_ADDITIONS)
