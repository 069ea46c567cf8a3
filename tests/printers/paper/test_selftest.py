"""The self-test: an installer sees from one paper which profile fits."""

import urllib.parse
import urllib.request

import pytest

from printers.device import profiles
from printers.paper import selftest
from printers.spooler.spool import PrintJobState
from tests.printers.stations import Seconds, Station, printed, worker_for
from tools.virtual_printer import page as virtual_page
from tools.virtual_printer.printer import VirtualPrinter
from tools.virtual_printer.roll import PaperPiece

TABLE = profiles.load()


def widths_of_bars(paper: PaperPiece) -> set[int]:
    """Widths of bars that are whole: a black row of the bar ends before the edge or exactly at it."""
    found, image = set(), paper.image.convert("L")
    for y in range(image.height):
        row = image.crop((0, y, image.width, y + 1)).tobytes()
        if row[:8] == bytes(8):
            found.add(len(row) if 255 not in row else row.index(255))
    return found


@pytest.mark.parametrize("name", TABLE)
def test_each_profile_prints_its_test_whole(name: str) -> None:
    profile = TABLE[name]
    encoded = selftest.encoded(profile, TABLE)
    papers = printed(encoded.data, profile.width_dots)
    rows = sum(paper.height for paper in papers) or 1
    assert rows > 1000 or profile.cut is profiles.CutKind.NONE
    assert encoded.paper_mm > 100


@pytest.mark.parametrize("width", sorted({profile.width_dots for profile in TABLE.values()}))
def test_the_widest_whole_bar_is_the_width_of_the_paper(width: int) -> None:
    paper = printed(selftest.pages(TABLE["generic-80"], TABLE), width)[0]
    ladder = {profile.width_dots for profile in TABLE.values() if profile.width_dots <= width}
    assert ladder <= widths_of_bars(paper)


def test_the_probe_names_the_repertoire_in_the_printers_own_font() -> None:
    text = printed(selftest.pages(TABLE["generic-80"], TABLE), 576)[-1].text
    assert "gb2312 政务公开体验区" in text
    assert "gbk 镕喆堃昇" in text


def test_the_worker_prints_the_whole_test(
    station: Station, virtual: VirtualPrinter, seconds: Seconds
) -> None:
    job = station.enqueue(selftest.slip(TABLE["generic-80"]))
    assert worker_for(station, virtual, seconds, TABLE["generic-80"]).step()
    assert station.job(job).state is PrintJobState.PRINTED
    papers = virtual.wait_for(2)
    assert "gb18030" in papers[-1].text.read_text("utf-8")


def test_the_virtual_printers_page_prints_it_for_every_profile(virtual: VirtualPrinter) -> None:
    page = virtual_page.serve(virtual, "127.0.0.1", 0)
    try:
        with urllib.request.urlopen(page.url) as answer:
            shown = answer.read().decode()
        assert all(f'value="{name}"' in shown for name in TABLE)
        form = urllib.parse.urlencode({"name": "generic-58"}).encode()
        with urllib.request.urlopen(page.url + "self-test", form) as answer:
            assert answer.status == 200
        assert virtual.hanging() is not None, "a 58 mm printer has no cutter"
        bad = urllib.parse.urlencode({"name": "none-such"}).encode()
        with pytest.raises(urllib.error.HTTPError, match="400"):
            urllib.request.urlopen(page.url + "self-test", bad)
    finally:
        page.close()
