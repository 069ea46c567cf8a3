"""County data is no code: nothing of the county it was first made for, outside samples, examples and tests."""

from __future__ import annotations

import re
from pathlib import Path

from kiosk.catalogue.records.kinds import KINDS
from kiosk.cli.catalogue import SAMPLE

REPOSITORY = Path(__file__).resolve().parents[2]
OF_THE_COUNTY = re.compile(r"冠县|冠城|清泉街道|桑阿|聊城|GX-|GX0\d|\"GX\"|0635-")
PRODUCT = ("config", "printers", "sync", "kiosk", "tools")
TEXTS = {".py", ".html", ".js", ".css", ".sql", ".po", ".typ", ".toml", ".tsv", ".txt", ".conf", ".service"}
MAY_NAME_IT = ("kiosk/catalogue/sample/", "tools/", "kiosk/templates/components/samples/")
STILL_NAMING_IT = {
    "config/nginx/public-pages.conf": "an example",
    "config/settings.py": "the defaults of the settings, which the demo and the tests live on",
    "kiosk/catalogue/search/words/terms.tsv": "organs and places as terms of the search",
    "kiosk/intake/pages/views.py": "a number as an example",
    "kiosk/speech/pronunciation.toml": "how its places are read aloud",
    "kiosk/staff/forms.py": "a terminal's name as an example",
    "kiosk/templates/components/gallery.html": "shown to developers only",
    "kiosk/templates/staff/devices.html": "a terminal's name as an example",
    "kiosk/templates/terminal/how.html": "a number as an example",
    "kiosk/translations/en/LC_MESSAGES/messages.po": "of the templates above",
    "kiosk/writing/names.tsv": "its places as words that one writes",
    "printers/paper/selftest.py": "a line of the self-test",
}
"""What is to become neutral, a setting or sample content; nothing may join this list."""


def test_nothing_more_of_the_county_is_in_the_product() -> None:
    naming = {
        path.relative_to(REPOSITORY).as_posix()
        for package in PRODUCT
        for path in (REPOSITORY / package).rglob("*")
        if path.suffix in TEXTS
        and ".example." not in path.name
        and not path.relative_to(REPOSITORY).as_posix().startswith(MAY_NAME_IT)
        and OF_THE_COUNTY.search(path.read_text("utf-8"))
    }
    assert naming - STILL_NAMING_IT.keys() == set(), "a county's words are settings or sample content"
    assert STILL_NAMING_IT.keys() - naming == set(), "take it off the list"


def test_every_kind_of_record_has_a_sample() -> None:
    sampled = set(re.findall(r'"kind": ?"([a-z_]+)"', SAMPLE.read_text("utf-8")))
    for kind in KINDS:
        assert kind in sampled, (
            f"{SAMPLE.name} has no record of the kind {kind}: add one, for tests and demo show it"
        )
