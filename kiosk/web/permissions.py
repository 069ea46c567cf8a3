"""Permissions at the desk; words only, so that rules may name them without knowing Flask."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """One permission at the desk."""

    SEE_REQUESTS = "see-requests"
    """Requests in clear: number, organ, kind, dates, state. Nothing personal."""
    HANDLE_REQUESTS = "handle-requests"
    """Confirm receipt, register: acts of the organ."""
    READ_PERSONAL = "read-personal"
    """Open sealed parts; needs a reading key as well."""
    APPROVE_CATALOGUE = "approve-catalogue"
    """See waiting entries of the catalogue and publish, withdraw or refuse them."""
    SEE_STAFF = "see-staff"
    """The list of accounts; approving takes a reading key as well."""
    MANAGE_STAFF = "manage-staff"
    """Close accounts of people who left."""
    KEEP_CALENDAR = "keep-calendar"
    """Working days: see, propose and approve a year; no one does both."""
    MANAGE_DEVICES = "manage-devices"
    """Terminals: list them, make one-time codes."""
    KEEP_SUPPLY = "keep-supply"
    """Consultation: places, topics, hours and closures, and what becomes of the bookings that a change hits."""
