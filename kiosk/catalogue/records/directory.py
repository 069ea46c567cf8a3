"""Organs and places as the county's directory has them."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.catalogue.records.documents import Document, stream
from kiosk.catalogue.records.kinds import DIRECTORY, PAYMENTS, STANDARDS, TEMPLATES
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


@dataclass(frozen=True)
class RequestTemplate:
    """Words with which a request for disclosure begins; organ: the code of the one that is proposed, or empty."""

    doc_id: str
    title: str
    wanted: str
    organ: str


def request_templates() -> list[RequestTemplate]:
    """Return the templates of requests, as the county orders them by their ids."""
    found = sorted(stream(of_kind(TEMPLATES.id)), key=lambda document: document.doc_id)
    return [
        RequestTemplate(
            document.doc_id, document.title, fields.get("wanted", ""), fields.get("organ_code", "")
        )
        for document in found
        if (fields := document.content.get("fields", {})).get("wanted")
    ]


@dataclass(frozen=True)
class StandardItem:
    """
    A row of a standard directory.

    at: Its place in the directory. name, content: What it is. subject: Who publishes it, in words. see: The id of the
    document that holds it; empty: it is not here.
    """

    at: int
    name: str
    content: str
    subject: str
    see: str


@dataclass(frozen=True)
class StandardDirectory:
    """A standard directory: its field, and its rows in order."""

    doc_id: str
    domain: str
    items: tuple[StandardItem, ...]


def standard_directories() -> list[StandardDirectory]:
    """Return the standard directories, by the names of their fields."""
    found = [_standard(document) for document in stream(of_kind(STANDARDS.id))]
    return sorted(found, key=lambda each: each.domain)


def _standard(document: Document) -> StandardDirectory:
    fields = document.content.get("fields", {})
    items = [
        StandardItem(
            at=at,
            name="，".join(filter(None, (row.get("level1", ""), row.get("level2", "")))),
            content=row.get("content", ""),
            subject=row.get("subject", ""),
            see=row.get("id", ""),
        )
        for at, row in enumerate(fields.get("rows", ()))
    ]
    return StandardDirectory(document.doc_id, fields.get("domain", document.title), tuple(items))


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
