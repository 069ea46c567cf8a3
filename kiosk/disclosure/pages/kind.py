"""The request for disclosure with the pages that only it has."""

from __future__ import annotations

from dataclasses import replace

from kiosk.disclosure import kind
from kiosk.disclosure.pages import views

REQUEST = replace(kind.REQUEST, more_pages=views.add_to)
