"""Every table of the three stores is a model, and each model says what the migrated table says."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import peewee
import pytest

import kiosk
import printers
import sync
from kiosk import db
from kiosk.clock import FixedClock
from tests.clocks import MONDAY_MORNING as MOMENT

STORES = {"catalogue": ("catalogue",), "station": ("station",), "hub": ("catalogue", "hub")}
"""The folders of migrations that make each store."""
BY_NATURE = {"migration", "sqlite_sequence"}
"""The table of the migrations themselves is SQL: it is read before any model can be trusted."""
AFFINITY = {"TEXT": "TEXT", "BLOB": "BLOB", "INTEGER": "INTEGER", "BIGINT": "INTEGER", "REAL": "REAL"}


def models() -> dict[str, type[peewee.Model]]:
    """The model of each table, after every module of the product was imported."""
    for package in (kiosk, sync, printers):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if module.name != "kiosk.__main__":
                importlib.import_module(module.name)
    found: dict[str, type[peewee.Model]] = {}
    for model in _all_below(peewee.Model):
        if model.__module__.split(".")[0] in ("kiosk", "sync", "printers") and not model.__subclasses__():
            name = model._meta.table_name
            if model.__name__ in ("StoreModel", "CatalogueModel"):
                continue
            assert name not in found, f"{name} has two models: {found[name]} and {model}"
            found[name] = model
    return found


def _all_below(model: type[peewee.Model]) -> Iterator[type[peewee.Model]]:
    for each in model.__subclasses__():
        yield each
        yield from _all_below(each)


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, tuple[str, bool, bool]]]:
    """Of each table of all stores: of each column its affinity, whether it may be null, whether it is of the key."""
    found: dict[str, dict[str, tuple[str, bool, bool]]] = {}
    for store, folders in STORES.items():
        database = migrated(tmp_path_factory.mktemp(store) / "store.sqlite3", folders)
        for name in database.get_tables():
            if name in BY_NATURE:
                continue
            columns = {
                column: (kind, not (not_null or key), bool(key))
                for _, column, kind, not_null, _, key in database.execute_sql(f"PRAGMA table_info({name})")
            }
            assert found.setdefault(name, columns) == columns, f"{name} differs between two stores"
        database.close()
    return found


def migrated(path: Path, folders: tuple[str, ...]) -> db.SqliteFile:
    """A store as its migrations make it."""
    clock = FixedClock(moment=MOMENT)
    database = db.open_sqlite(path)
    for folder in folders:
        db.migrate(database, folder, clock.now())
    return database


def test_every_table_has_a_model_and_every_model_a_table(tables: dict[str, object]) -> None:
    assert set(models()) == set(tables)


def test_each_model_has_the_columns_of_its_table(
    tables: dict[str, dict[str, tuple[str, bool, bool]]],
) -> None:
    for name, model in models().items():
        described = {
            field.column_name: (
                _affinity(field),
                field.null,
                any(field is key for key in model._meta.get_primary_keys()),
            )
            for field in model._meta.sorted_fields
        }
        assert described == tables[name], name


def _affinity(field: peewee.Field) -> str:
    kind = field.ddl_datatype(peewee.SqliteDatabase(None).get_sql_context()).sql
    return {"AUTO": "INTEGER", "BOOL": "INTEGER", "SMALLINT": "INTEGER"}.get(kind) or AFFINITY.get(kind, kind)
