"""County data is no code: nothing of the county it was first made for, outside samples, examples and tests."""

from __future__ import annotations

import re
from pathlib import Path

from config.settings import HubSettings, TerminalSettings
from kiosk.catalogue.records.kinds import KINDS
from kiosk.cli.catalogue import SAMPLE
from kiosk.machine.county import NEUTRAL, CountyWords

REPOSITORY = Path(__file__).resolve().parents[2]
OF_THE_COUNTY = re.compile(
    r"冠[县城政州样]|聊城|清泉街道|崇文街道|烟庄|贾镇|桑阿|柳林|东古城|北馆陶|店子镇|定远寨|辛集镇|梁堂|范寨|甘官屯|斜店|万善"
    r"|兰沃|GX-|GX0\d|\"GX\"|0635"
)
PRODUCT = ("config", "printers", "sync", "kiosk", "tools")
TEXTS = {".py", ".html", ".js", ".css", ".sql", ".po", ".typ", ".toml", ".tsv", ".txt", ".conf", ".service"}
MAY_NAME_IT = ("kiosk/catalogue/sample/", "tools/", "kiosk/templates/components/samples/")


def test_nothing_of_the_county_is_in_the_product() -> None:
    naming = {
        path.relative_to(REPOSITORY).as_posix()
        for package in PRODUCT
        for path in (REPOSITORY / package).rglob("*")
        if path.suffix in TEXTS
        and ".example." not in path.name
        and not path.relative_to(REPOSITORY).as_posix().startswith(MAY_NAME_IT)
        and OF_THE_COUNTY.search(path.read_text("utf-8"))
    }
    assert naming == set(), "a county's words are settings or sample content"


def test_settings_name_no_county_of_themselves() -> None:
    assert {HubSettings().county_name, TerminalSettings().county_name} == {NEUTRAL.name}
    assert CountyWords() == NEUTRAL


def test_every_kind_of_record_has_a_sample() -> None:
    sampled = set(re.findall(r'"kind": ?"([a-z_]+)"', SAMPLE.read_text("utf-8")))
    for kind in KINDS:
        assert kind in sampled, (
            f"{SAMPLE.name} has no record of the kind {kind}: add one, for tests and demo show it"
        )
