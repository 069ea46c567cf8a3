"""
The side lists that a terminal holds, in the station's database; light enough for the process that serves pages.

What they are and how they are fetched is in carried/lists.py.
"""

from datetime import datetime
from hashlib import sha256

from sync.statements import Database, Statement, slot
from sync.terminal.models import SideList
from sync.wire.reading import stamp

_DIGESTS = Statement(lambda: SideList.select(SideList.name, SideList.sha256))
_CONTENT = Statement(lambda: SideList.select(SideList.content).where(SideList.name == slot(SideList.name)))


def held(database: Database) -> dict[str, str]:
    """Return the digests of the lists that this terminal holds, by name."""
    return dict(_DIGESTS.tuples(database))


def read(database: Database, name: str) -> bytes | None:
    """Return a list of this terminal, or None."""
    row = _CONTENT.first(database, name=name)
    return None if row is None else bytes(row[0])


def keep(database: Database, name: str, content: bytes | None, now: datetime) -> None:
    """Put a list in place of the old one, or erase it (None)."""
    if content is None:
        SideList.delete().where(SideList.name == name).execute(database)
        return
    SideList.insert(
        name=name, sha256=sha256(content).hexdigest(), content=content, taken_at=stamp(now)
    ).on_conflict(
        conflict_target=[SideList.name], preserve=[SideList.sha256, SideList.content, SideList.taken_at]
    ).execute(database)
