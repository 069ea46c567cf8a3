"""What makes a start slow is not imported before it is needed: said in modules, not in seconds."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from kiosk.catalogue.search.search import Search
from kiosk.catalogue.search.words import SearchWords

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
    "ctypes",
)
"""The dictionary, the engines, the printer's world, the line to the hub: 0.3 s of CPU and 40 MB together."""

HUBS_OWN = (
    "kiosk.app.hub",
    "kiosk.staff",
    "kiosk.app.replication",
    "kiosk.catalogue.commands",
    "kiosk.catalogue.importing",
    "kiosk.disclosure.letters",
    "kiosk.disclosure.office",
    "kiosk.disclosure.report",
)
OF_A_HALLS_LINE = {"kiosk.app.replication"} | {
    f"kiosk.app.replication.{name}" for name in ("device_keys", "signed_http", "waits")
}
"""What a machine answers the others of its hall with; the library of signatures comes with the first message."""
TERMINALS_OWN = (
    "kiosk.app.terminal",
    "kiosk.terminal",
    "kiosk.writing",
    "kiosk.speech.views",
    "kiosk.intake.pages.views",
    "kiosk.intake.pages.walk",
)


def loaded(statement: str) -> set[str]:
    """Return the modules that a fresh process has loaded after this statement."""
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; {statement}; print(*sys.modules)"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


def below(packages: tuple[str, ...], modules: set[str]) -> set[str]:
    return {each for each in modules for package in packages if f"{each}.".startswith(f"{package}.")}


def test_a_terminals_application_is_made_without_the_heavy_modules_and_the_hubs() -> None:
    there = loaded("import kiosk.app.terminal, kiosk.cli.terminal")
    assert there & set(HEAVY) == set()
    assert below(HUBS_OWN, there) <= OF_A_HALLS_LINE
    assert {each for each in there if each.startswith("kiosk.") and each.endswith("desk")} == set()


def test_search_words_are_read_at_the_first_search(tmp_path: Path) -> None:
    read: list[bool] = []

    def words() -> SearchWords:
        read.append(True)
        return SearchWords({}, {}, "none")

    search = Search(tmp_path, words)
    assert read == []
    search.suggest("低保")
    assert read == [True]


def test_every_way_to_run_the_code_compiles_it_first() -> None:
    """A service cannot write beside the code: what is not compiled by then is compiled at each start, 0.4 s of CPU."""
    arms = dict(
        re.findall(r"^  (\w+)\)\n(.*?)^    ;;$", (REPOSITORY / "run").read_text("utf-8"), re.M | re.S)
    )
    assert {name for name, does in arms.items() if "compile_ours\n" in does} == {
        "demo",
        "install",
        "test",
        "bench",
    }


def test_a_hubs_application_is_made_without_a_terminals_pages() -> None:
    assert below(TERMINALS_OWN, loaded("import kiosk.app.hub, kiosk.cli.hub")) == set()
