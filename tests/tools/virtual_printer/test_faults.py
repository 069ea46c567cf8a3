"""The virtual printer plays the faults of real ones and shows what it printed."""

import json
import socket
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from tests.printers.stations import wait_until
from tools.virtual_printer import page as virtual_page
from tools.virtual_printer.page import PrinterPage
from tools.virtual_printer.printer import FAULTS, VirtualPrinter

SHORT = "回执".encode("gb18030") + b"\n\x1dVB\x00"


def connect(virtual: VirtualPrinter) -> socket.socket:
    return socket.create_connection(virtual.address, 5)


@pytest.fixture
def page(virtual: VirtualPrinter) -> Iterator[PrinterPage]:
    shown = virtual_page.serve(virtual, "127.0.0.1", 0)
    yield shown
    shown.close()


def fetch(url: str, form: dict[str, str] | None = None, **headers: str) -> bytes:
    data = urllib.parse.urlencode(form).encode() if form is not None else None
    with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=60) as answer:
        body: bytes = answer.read()
    return body


def test_a_paper_is_kept_as_picture_text_and_bytes(virtual: VirtualPrinter) -> None:
    with connect(virtual) as link:
        link.sendall(SHORT)
        (paper,) = virtual.wait_for(1)
    assert paper.text.read_text("utf-8") == "回执\n"
    assert paper.data.read_bytes() == SHORT
    with Image.open(paper.png) as picture:
        assert picture.size == (576, 30)


def test_papers_of_an_earlier_run_stay_and_are_counted_on(tmp_path: Path) -> None:
    for count in (1, 2):
        with VirtualPrinter(tmp_path) as virtual, connect(virtual) as link:
            link.sendall(SHORT)
            assert [paper.number for paper in virtual.wait_for(count)] == list(range(1, count + 1))


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("none", "12121212"),
        ("low", "1212121e"),
        ("out", "1a32127e"),
        ("cover", "1a161212"),
        ("offline", "1a1a1212"),
        ("cutter", "1a521a12"),
    ],
)
def test_each_fault_answers_as_real_printers_do(virtual: VirtualPrinter, fault: str, expected: str) -> None:
    virtual.set_fault(fault)
    with connect(virtual) as link:
        link.sendall(b"".join(b"\x10\x04" + bytes([n]) for n in (1, 2, 3, 4)))
        got = b""
        while len(got) < 4:
            got += link.recv(4)
    assert got.hex() == expected


def test_what_is_sent_while_paper_is_out_comes_out_when_it_is_loaded(virtual: VirtualPrinter) -> None:
    virtual.set_fault("out")
    with connect(virtual) as link:
        link.sendall(SHORT + b"\x1dr\x01")
        wait_until(lambda: virtual.received() == len(SHORT) + 3)
        assert virtual.papers() == []
        virtual.set_fault("none")
        assert len(virtual.wait_for(1)) == 1
        assert link.recv(1) == b"\x00", "the proof comes only now"


def test_automatic_status_is_told_when_it_changes(virtual: VirtualPrinter) -> None:
    with connect(virtual) as link:
        link.sendall(b"\x1da\xff")
        assert link.recv(4).hex() == "10000000"
        virtual.set_fault("cover")
        assert link.recv(4).hex() == "38000000"


def test_a_power_cut_resets_the_link_and_leaves_a_stub(virtual: VirtualPrinter) -> None:
    virtual.set_fault("reset", after=6)
    with connect(virtual) as link:
        link.sendall("回执回".encode("gb18030") + b"\n" + SHORT)
        with pytest.raises(ConnectionResetError):
            link.recv(10)
    assert virtual.papers() == []
    assert virtual.fault == "none"


def test_the_page_shows_papers_newest_first_and_sets_faults(
    virtual: VirtualPrinter, page: PrinterPage
) -> None:
    with connect(virtual) as link:
        link.sendall(SHORT + SHORT)
        virtual.wait_for(2)
    shown = fetch(page.url).decode()
    assert shown.index("/paper/2.png") < shown.index("/paper/1.png")
    listed = json.loads(fetch(page.url + "papers.json"))
    assert [one["number"] for one in listed] == [1, 2]
    assert fetch(page.url + listed[0]["png"].lstrip("/")).startswith(b"\x89PNG")
    assert fetch(page.url + "paper/1.txt").decode() == "回执\n"
    fetch(page.url + "fault", {"name": "out"})
    assert virtual.fault == "out"
    assert 'value="out" aria-pressed="true"' in fetch(page.url).decode()
    assert json.loads(fetch(page.url + "state.json"))["fault"] == "out"
    assert all(f'value="{name}"' in shown for name in FAULTS)


def test_paper_that_hangs_uncut_is_shown_as_such(virtual: VirtualPrinter, page: PrinterPage) -> None:
    with connect(virtual) as link:
        link.sendall("没切".encode("gb18030") + b"\n")
        wait_until(lambda: virtual.hanging() is not None)
    assert "还没切下" in fetch(page.url).decode()
    assert fetch(page.url + "hanging.png").startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("path", "form", "headers", "status"),
    [
        ("paper/9.png", None, {}, 404),
        ("paper/../../etc/passwd", None, {}, 404),
        ("fault", {"name": "fire"}, {}, 400),
        ("fault", {"name": "out"}, {"Origin": "http://elsewhere.example"}, 403),
        ("nothing", {}, {}, 400),
    ],
)
def test_what_the_page_does_not_know_is_refused(
    virtual: VirtualPrinter,
    page: PrinterPage,
    path: str,
    form: dict[str, str] | None,
    headers: dict[str, str],
    status: int,
) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        fetch(page.url + path, form, **headers)
    assert refused.value.code == status
    refused.value.close()
    assert virtual.fault == "none"


def test_it_runs_as_a_program_and_names_a_port_in_use(tmp_path: Path, virtual: VirtualPrinter) -> None:
    base = [
        sys.executable,
        "-m",
        "tools.virtual_printer",
        "--http-port",
        "0",
        "--dir",
        str(tmp_path / "more"),
    ]
    with subprocess.Popen([*base, "--port", "0"], stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        assert program.stdout.readline().startswith("printing on tcp://127.0.0.1:")
        program.terminate()
        assert program.wait(60) == 0
    taken = subprocess.run(
        [*base, "--port", str(virtual.address[1])], capture_output=True, text=True, check=False
    )
    assert taken.returncode == 1
    assert "cannot listen" in taken.stderr
    assert "Traceback" not in taken.stderr


def test_it_starts_without_the_heavy_library() -> None:
    heavy = ("escpos", "yaml", "flask", "numpy")
    asked = f"import sys, tools.virtual_printer.printer; print([m for m in {heavy} if m in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
