"""
The databases of a home: engine and transactions, columns, statements, migrations, replicas.

Models of `kiosk` name their store by a proxy (`StoreModel`, `CatalogueModel`); code that works on another file than
the open one passes the database to each query. `writing` is the only way to write.
"""

from kiosk.db.atomic import sync_folder, write_atomically
from kiosk.db.engine import (
    BUSY_TIMEOUT_MS,
    SqliteFile,
    Store,
    at_commit,
    catalogue,
    checkpoint,
    connected,
    open_sqlite,
    real,
    repeated,
    store,
    writing,
)
from kiosk.db.expressions import Holds, JsonText, total
from kiosk.db.fields import DayField, JsonField, StampField, WordField
from kiosk.db.migrations import MIGRATIONS, Schema, migrate
from kiosk.db.models import CatalogueModel, StoreModel
from kiosk.db.replicas import create_catalogue, follow_catalogue, new_replica, open_catalogue
from sync.statements import Statement, inserted, number_slot, one, rows, slot

__all__ = [
    "BUSY_TIMEOUT_MS",
    "MIGRATIONS",
    "CatalogueModel",
    "DayField",
    "Holds",
    "JsonField",
    "JsonText",
    "Schema",
    "SqliteFile",
    "StampField",
    "Statement",
    "Store",
    "StoreModel",
    "WordField",
    "at_commit",
    "catalogue",
    "checkpoint",
    "connected",
    "create_catalogue",
    "follow_catalogue",
    "inserted",
    "migrate",
    "new_replica",
    "number_slot",
    "one",
    "open_catalogue",
    "open_sqlite",
    "real",
    "repeated",
    "rows",
    "slot",
    "store",
    "sync_folder",
    "total",
    "write_atomically",
    "writing",
]
