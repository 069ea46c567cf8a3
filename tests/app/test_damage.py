"""A terminal in use whose files are damaged: look-ups go on, and no page says that there is nothing."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk import audit, db
from kiosk.catalogue.commands import refresh_index
from kiosk.db.stand_in import StandIn
from kiosk.machine import catalogue_file, station
from tests.app.conftest import Machine

DOCUMENT = "/documents/sample:policy-001"
LOOK_UPS = ("/", "/help", "/search?q=低保", DOCUMENT, "/browse/policy", "/api/v1/search?q=低保")
Damage = Callable[[Path], None]


def shuffled(path: Path) -> None:
    content = bytearray(path.read_bytes())
    chance = random.Random(5)
    for at in range(0, len(content), 4096):
        content[at : at + 60] = chance.randbytes(60)
    path.write_bytes(content)


def cut(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 3)


def emptied(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(0)


DAMAGES = (shuffled, cut, emptied, Path.unlink)


def served_file() -> Path:
    path: Path = db.catalogue.obj.path
    return path


@pytest.mark.parametrize("damage", DAMAGES)
def test_no_page_says_that_there_is_nothing_while_the_catalogue_is_damaged(
    machine: Machine, damage: Damage
) -> None:
    damage(served_file())
    db.catalogue.close()
    for path in LOOK_UPS:
        status, text = machine.get(path)
        assert status in (200, 503), path
        assert "没有查到" not in text
        assert status == 200 or "no-catalogue" in text or "正在重新取回" in text, path
        assert "事情怎么办" in machine.get("/")[1]


@pytest.mark.parametrize("damage", DAMAGES)
def test_the_last_good_copy_takes_the_place_of_a_damaged_catalogue(machine: Machine, damage: Damage) -> None:
    catalogue_file.keep_good_copy(machine.home, db.catalogue.obj)
    damage(served_file())
    db.catalogue.close()
    for path in LOOK_UPS:
        machine.get(path)
    machine.settle()
    for path in LOOK_UPS:
        assert machine.get(path)[0] == 200, path
    assert "（示例）" in machine.get(DOCUMENT)[1]


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("restarted", [False, True])
def test_look_ups_never_depend_on_the_station(machine: Machine, damage: Damage, restarted: bool) -> None:
    path = machine.home / station.STATION_DB
    db.store.checkpoint()
    damage(path)
    db.store.close()
    if restarted:
        machine = Machine(machine.home, machine.clock)
    for page in LOOK_UPS:
        assert machine.get(page)[0] == 200, page
    machine.settle()
    machine.get("/")
    assert not isinstance(db.store.obj, StandIn)
    assert station.fault_of(machine.home) == ""
    (noted,) = audit.last_of(audit.Act.STATION_SALVAGED, 2)
    assert json.loads(noted.detail)["why"] in ("missing", "empty", "damaged", "log-damaged")
    assert audit.first_break() is None


@pytest.mark.parametrize("seed", range(4))
def test_a_damaged_index_takes_no_page_away_and_is_rebuilt(machine: Machine, seed: int) -> None:
    chance = random.Random(seed)
    for path in (machine.home / "index").glob("g*/*/*"):
        content = bytearray(path.read_bytes())
        for _ in range(len(content) // 40 if path.suffix != ".lock" else 0):
            content[chance.randrange(len(content))] = chance.randrange(256)
        path.write_bytes(content)
    for path in (machine.home / "index").glob("g*/terms.sqlite3"):
        shuffled(path)
    machine = Machine(machine.home, machine.clock)
    for page in LOOK_UPS:
        assert machine.get(page)[0] == 200, page
    assert refresh_index(machine.home).state == "rebuilt"
    assert "低保" in machine.get("/search?q=低保")[1]


def test_damage_is_seen_by_whoever_only_looks(machine: Machine) -> None:
    """Also of a page that nobody reads; the control is the same file before."""
    db.store.checkpoint()
    assert station.fault_of(machine.home) == ""
    shuffled(machine.home / station.STATION_DB)
    assert station.fault_of(machine.home) != ""


def test_a_document_whose_bytes_changed_is_not_shown(machine: Machine) -> None:
    path = served_file()
    content = path.read_bytes()
    at = content.index("（示例）".encode(), content.index(b"policy-001"))
    db.catalogue.close()
    path.write_bytes(content.replace("（示例）".encode(), "（假的）".encode()))
    for _ in range(2):
        assert "（假的）" not in machine.get(DOCUMENT)[1]
    assert at
