"""The experience zone: what citizens touch at a terminal and what clerks touch at the hub."""

import sys

__version__ = "0.2.0"
"""Version of the product; `pyproject.toml` and all else that names it take it from here."""

# peewee imports every driver that is installed: 14 MB and 0.1 s of CPU that no terminal has a use for.
# `kiosk.db.server` lets PostgreSQL's in where a hub asks for it.
sys.modules.setdefault("psycopg", None)  # type: ignore[arg-type]  # Python's own way to say "not to be had"
