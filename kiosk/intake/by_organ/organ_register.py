"""At the hub: the codes of organs that were named, which of them merged, and which submissions went elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import peewee

from kiosk import db
from sync.hub.models import InboxEntry


class KnownOrgan(db.StoreModel):
    """An organ that some submission, account or key named; its name and address are in the catalogue's directory."""

    code = peewee.TextField(primary_key=True)
    merged_into = peewee.TextField(default="")
    """Code of its successor, which receives what still names this one."""
    merged_on = db.DayField(null=True)

    class Meta:
        table_name = "known_organ"


class KeptSubmissionOrgan(db.StoreModel):
    """The organ that handles a submission, where it is another than its envelope names."""

    number = peewee.TextField(primary_key=True)
    organ = peewee.TextField()

    class Meta:
        table_name = "submission_organ"


ORGAN = peewee.fn.COALESCE(KeptSubmissionOrgan.organ, db.JsonText(InboxEntry.envelope, "organ"), "")
"""The organ that handles a submission, in a query of `with_organ`."""
_KNOWN = db.Statement(
    lambda: KnownOrgan.select(KnownOrgan.merged_into).where(KnownOrgan.code == db.slot(KnownOrgan.code))
)


def note(code: str) -> None:
    """Add an organ's code to those that are known; inside the caller's transaction."""
    if code and _KNOWN.first(db.store, code=code) is None:
        KnownOrgan.insert(code=code).on_conflict_ignore().execute()


def codes() -> frozenset[str]:
    """Return the codes of all known organs, without those that merged into another."""
    found = KnownOrgan.select(KnownOrgan.code).where(KnownOrgan.merged_into == "")
    return frozenset(code for (code,) in found.tuples().execute())


def successor(code: str) -> str:
    """Return the organ that receives what names this one: itself, or the one into which it merged."""
    followed = {code}
    while (row := _KNOWN.first(db.store, code=code)) and row[0] and row[0] not in followed:
        code = str(row[0])
        followed.add(code)
    return code


def merge(code: str, into: str, on: date) -> None:
    """Note that an organ merged into another one."""
    note(code)
    note(into)
    KnownOrgan.update(merged_into=into, merged_on=on).where(KnownOrgan.code == code).execute()


def merged() -> dict[str, tuple[str, date]]:
    """Return by code of each organ that merged its successor and the day."""
    found = KnownOrgan.select(KnownOrgan.code, KnownOrgan.merged_into, KnownOrgan.merged_on).where(
        KnownOrgan.merged_into != ""
    )
    return {row.code: (row.merged_into, row.merged_on) for row in found}


def keep(number: str, organ: str) -> None:
    """Note which organ handles a submission, where its envelope names another one."""
    KeptSubmissionOrgan.insert(number=number, organ=organ).on_conflict(
        conflict_target=[KeptSubmissionOrgan.number], preserve=[KeptSubmissionOrgan.organ]
    ).execute()


def of(number: str) -> str | None:
    """Return the organ that handles a submission; None for an unknown number."""
    row = _submissions(ORGAN).where(InboxEntry.number == number).tuples().first(db.store)
    return None if row is None else str(row[0] or "")


def submissions_of(organ: str, key_ids: Iterable[str]) -> list[tuple[str, str]]:
    """Return number and kind of an organ's submissions that are sealed to one of these keys."""
    key_id = db.JsonText(InboxEntry.envelope, "key_id")
    found = _submissions(InboxEntry.number, InboxEntry.kind).where(organ == ORGAN, key_id.in_(list(key_ids)))
    return list(found.order_by(InboxEntry.no).tuples().execute(db.store))


def all_of(organ: str) -> list[tuple[str, str]]:
    """Return number and kind of each submission of an organ."""
    found = _submissions(InboxEntry.number, InboxEntry.kind).where(organ == ORGAN)
    return list(found.order_by(InboxEntry.no).tuples().execute(db.store))


def added_to(number: str) -> list[str]:
    """Return the numbers of submissions that add to another one, such as its withdrawal."""
    found = InboxEntry.select(InboxEntry.number).where(db.JsonText(InboxEntry.envelope, "about") == number)
    return [added for (added,) in found.order_by(InboxEntry.no).tuples().execute(db.store)]


def how_many_sealed_to(key_ids: Iterable[str]) -> int:
    """Return how many submissions only these keys open."""
    key_id = db.JsonText(InboxEntry.envelope, "key_id")
    return int(InboxEntry.select().where(key_id.in_(list(key_ids))).count(db.store))


def with_organ(query: peewee.ModelSelect[InboxEntry]) -> peewee.ModelSelect[InboxEntry]:
    """Return a query of the inbox joined with what `ORGAN` needs."""
    return query.join(
        KeptSubmissionOrgan,
        peewee.JOIN.LEFT_OUTER,
        on=(KeptSubmissionOrgan.number == InboxEntry.number),
        src=InboxEntry,
    )


def _submissions(*columns: peewee.ColumnBase) -> peewee.ModelSelect[InboxEntry]:
    return with_organ(InboxEntry.select(*columns))
