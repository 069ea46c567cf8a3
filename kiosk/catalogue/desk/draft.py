"""What a clerk has written and not sent for approval yet: the record as typed, what it is to be, its faults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kiosk.catalogue.desk import record_form
from kiosk.catalogue.records.record import Record, changed
from kiosk.catalogue.records.rules import DISCLOSURE, check
from kiosk.catalogue.records.schema import RecordFault


@dataclass(frozen=True)
class Draft:
    """
    What a form of the desk holds; nothing of it is stored.

    record: As typed: a value that cannot be read stays as it was written. act: "new", "edit" or "amend". reason: Why,
    in the clerk's words. attribute: The disclosure attribute as chosen. faults: What keeps it from being sent.
    """

    record: Record
    act: str
    reason: str = ""
    attribute: str = ""
    faults: tuple[RecordFault, ...] = ()

    @property
    def id(self) -> str:
        """Return the id of the record."""
        return self.record["id"]

    @property
    def kind(self) -> str:
        """Return the kind of the record."""
        return self.record["kind"]


def begun(base: Record, act: str) -> Draft:
    """Return the draft that a clerk begins with: a record as it is now, or an empty one."""
    return Draft(base, act, attribute=base.get("disclosure", ""))


def typed(begun: Draft, form: Mapping[str, str]) -> Draft:
    """Return a draft with what the form holds; what the form has no control for stays as it was."""
    record = record_form.read(begun.kind, form, begun.record)
    reason, attribute = form.get("reason", "").strip(), form.get("disclosure", "")
    if attribute in DISCLOSURE:
        record = changed(record, disclosure=attribute)
    faults = check(record)
    if begun.act == "amend" and not reason:
        faults.append(RecordFault("reason-missing", "reason"))
    return Draft(record, begun.act, reason, attribute, tuple(faults))
