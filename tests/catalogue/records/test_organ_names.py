"""The hub names an organ as its catalogue does, without reading the whole directory for each submission."""

from __future__ import annotations

from pathlib import Path

from kiosk import db
from kiosk.catalogue.records import directory, feed
from kiosk.clock import FixedClock
from kiosk.machine import homes
from tests import building

ORGAN = {
    "id": "o:1",
    "kind": "organ",
    "title": "冠县民政局（示例）",
    "body": "示例。",
    "fields": {"code": "GX-MZJ"},
}


def test_an_organ_is_known_by_its_code_until_it_is_withdrawn(tmp_path: Path, clock: FixedClock) -> None:
    building.hub_home(tmp_path)
    database = homes.open_hub(tmp_path, clock)
    with db.writing(database):
        feed.put(db.catalogue, "o:1", 1, ORGAN, "h")
    assert directory.organ_title("GX-MZJ") == "冠县民政局（示例）"
    assert directory.organ_title("GX-NONE") is None
    with db.writing(database):
        feed.put(db.catalogue, "o:1", 2, None, "")
    assert directory.organ_title("GX-MZJ") is None
