"""The table of printers: complete, and refused with every fault at once."""

from pathlib import Path

import pytest

from printers.device import profiles
from printers.device.profiles import JobEnd, StatusKind
from printers.errors import ProfileFault


def test_the_shipped_table_holds_the_printers_that_counties_have() -> None:
    table = profiles.load()
    assert {"generic-80", "generic-58", "epson-gb", "xprinter-gb", "gainscha-gb", "kiosk-80"} <= table.keys()
    for profile in table.values():
        assert profile.columns * 12 <= profile.width_dots
        assert (profile.status is StatusKind.NONE) <= (profile.job_end is JobEnd.NONE), profile.name


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "printers.toml"
    path.write_text(
        """
        [a]
        title = ""
        width_dots = 577
        cut = "slowly"
        speed = 5
        [b]
        title = "b"
        width_dots = "wide"
        columns = 3
        [c]
        band_rows = true
        """,
        "utf-8",
    )
    with pytest.raises(ProfileFault) as refused:
        profiles.load(path)
    faults = "\n".join(refused.value.faults)
    for part in (
        "a.speed",
        "a.columns",
        "a.cut",
        "a.title",
        "a.width_dots",
        "b.width_dots",
        "b.columns",
        "c.band_rows",
    ):
        assert part in faults


@pytest.mark.parametrize("content", ["", "= broken", 'x = "not a table"'])
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "printers.toml"
    path.write_text(content)
    with pytest.raises(ProfileFault):
        profiles.load(path)


def test_an_unknown_printer_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(ProfileFault, match="generic-80"):
        profiles.named("laser")
