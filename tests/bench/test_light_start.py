"""What makes a start slow is not imported before it is needed: said in modules, not in seconds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
HEAVY = (
    "rjieba",
    "opencc",
    "pypinyin",
    "tantivy",
    "escpos",
    "PIL",
    "requests",
    "http_message_signatures",
    "openpyxl",
)
"""The dictionary, the engines, the printer's world, the line to the hub: 0.3 s of CPU and 40 MB together."""


def test_a_terminals_application_is_made_without_the_heavy_modules() -> None:
    words = (
        "import sys; import kiosk.app.terminal, kiosk.commands;"
        f" print(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", words], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []
