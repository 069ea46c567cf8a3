"""The two bases of all models of `kiosk`: each names the store whose table it is."""

from __future__ import annotations

import peewee

from kiosk.db.engine import catalogue, store


class StoreModel(peewee.Model):
    """A table of a terminal's station or of the hub."""

    class Meta:
        database = store
        legacy_table_names = False


class CatalogueModel(peewee.Model):
    """A table of the public catalogue."""

    class Meta:
        database = catalogue
        legacy_table_names = False
