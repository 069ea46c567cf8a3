"""Organs and places as the county's directory has them."""

from __future__ import annotations

from kiosk.catalogue.records.documents import Document, stream
from kiosk.catalogue.records.kinds import DIRECTORY, PAYMENTS
from kiosk.catalogue.records.listings import field, is_of, of_kind
from kiosk.catalogue.records.models import DocumentRow
from kiosk.db import Statement, catalogue, slot
from kiosk.intake.organs import Organ


def organs_that_take_requests() -> list[Organ]:
    """Return the organs that take disclosure requests, by name."""
    return [
        _organ(document)
        for document in stream(of_kind(DIRECTORY.id).order_by(DocumentRow.title))
        if (fields := document.content.get("fields", {})).get("accepts_requests") and fields.get("code")
    ]


def organ(code: str) -> Organ | None:
    """Return the organ with this code as the directory has it: the one place of its name, address and hours."""
    found = of_kind(DIRECTORY.id).where(field(DIRECTORY.id, "code") == code)
    return next((_organ(document) for document in stream(found.limit(1))), None)


def _organ(document: Document) -> Organ:
    fields = document.content.get("fields", {})
    return Organ(
        fields["code"],
        document.title,
        fields.get("telephone", ""),
        fields.get("hours", ""),
        fields.get("address", ""),
    )


_ORGAN = Statement(
    lambda: DocumentRow.select(DocumentRow.title).where(
        *is_of(DIRECTORY.id), field(DIRECTORY.id, "code") == slot(DocumentRow.title, "code")
    )
)


def organ_title(code: str) -> str | None:
    """Return the name of the organ with this code, with one indexed query: it runs while a submission is stored."""
    row = _ORGAN.first(catalogue, code=code)
    return None if row is None else str(row[0])


def townships() -> list[str]:
    """Return the townships of the organ directory and of village lists, in the spelling of the lists of names."""
    directory = DocumentRow.select(field(DIRECTORY.id, "short").alias("place")).where(
        *is_of(DIRECTORY.id), field(DIRECTORY.id, "level") == "township"
    )
    named = DocumentRow.select(field(PAYMENTS.id, "township").alias("place")).where(*is_of(PAYMENTS.id))
    return sorted(place for (place,) in (directory | named).tuples() if place)
