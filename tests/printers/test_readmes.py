"""What the READMEs of the three rooms show to another project really runs."""

import re
import textwrap
from pathlib import Path
from typing import Any

import pytest

from printers.spooler.spool import PrintJobState
from tools.virtual_printer.printer import VirtualPrinter

PRINTERS = Path(__file__).parents[2] / "printers"


def ran(room: str, port: int = 9100) -> dict[str, Any]:
    """The names that the example of a room leaves behind, run against the printer on this port."""
    (example,) = re.findall(r"```python\n(.*?)```", (PRINTERS / room / "README.md").read_text("utf-8"), re.S)
    names: dict[str, Any] = {}
    exec(compile(textwrap.dedent(example).replace(":9100", f":{port}"), room, "exec"), names)
    return names


@pytest.fixture
def virtual(tmp_path: Path) -> Any:
    printer = VirtualPrinter(tmp_path / "papers").start()
    yield printer
    printer.close()


def test_a_slip_becomes_text_html_picture_and_bytes(capsys: pytest.CaptureFixture[str]) -> None:
    names = ran("paper")
    assert "0530-0000000" in capsys.readouterr().out
    assert "0530-0000000" in names["html"]
    assert names["picture"].width == names["profile"].width_dots
    assert names["encoded"].paper_mm > 20


def test_a_printer_is_asked_and_prints(virtual: VirtualPrinter) -> None:
    names = ran("device", virtual.address[1])
    assert names["status"].may_print
    (paper,) = virtual.wait_for(1)
    assert "你好" in paper.text.read_text("utf-8")


def test_a_job_is_printed_from_the_spool(
    virtual: VirtualPrinter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert ran("spooler", virtual.address[1])["state"] is PrintJobState.PRINTED
    assert len(virtual.wait_for(1)) == 1
