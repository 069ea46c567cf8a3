"""
Every fixed text for citizens, collected from the product itself: what must be recorded.

A text is a citizen's when a citizen's page says it: a module that a terminal loads, or a template that such a module
names, with all that it includes. Desks are not citizens', nor the pages of the hall's staff, nor what only these
include; a template that nobody names as a whole counts as a citizen's.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

from kiosk.queue import voice
from kiosk.speech import bank, numerals, rules
from kiosk.web.language.languages import TRANSLATIONS

REPOSITORY = Path(__file__).resolve().parents[1]
TEMPLATES = REPOSITORY / "kiosk/templates"
TERMINAL = "kiosk/app/terminal.py"
DESK = "layouts/desk.html"
OF_THE_HALL = ("kiosk/hall/", "kiosk/queue/pages/window", "kiosk/queue/pages/screen.py")
"""Modules of a terminal whose pages the hall's staff use, and the call screen, which has a voice of its own."""
NOT_SPOKEN = {
    "kiosk/app/reports.py": "the day's report on paper",
    "kiosk/catalogue/records/attachment.py": "refusals of an import, which a clerk reads",
    "kiosk/catalogue/records/rules.py": "refusals of an import, which a clerk reads",
    "kiosk/disclosure/application.py": "the paper form",
    "kiosk/disclosure/letters/": "words of letters, which arrive as records of their own",
    "kiosk/templates/components/gallery.html": "for those who make pages",
    "kiosk/templates/components/samples/": "for those who make pages",
    "kiosk/templates/disclosure/sample.html": "the paper form",
    "kiosk/templates/speech/": "labels of the voice's own controls",
    "kiosk/templates/terminal/_assist.html": "for the assistant, who is beside",
    "kiosk/templates/writing/": "keys",
    "slips.py": "paper",
}
"""What a terminal loads and never says, by part of its path, with the reason."""
FIRST = ("layouts/", "components/", "terminal/", "disclosure/", "intake/", "papers/", "error.html", "writing/", "web/",
         "templates/catalogue")  # fmt: skip
CATALOGUE = "en/LC_MESSAGES/messages.po"
"""Every text of code and templates with the files that contain it."""
OF_THE_DAY = ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日")
LONGEST = 200
_NAMED = re.compile(r"[\"']([\w/]+\.html)[\"']")
_EXTENDS = re.compile(r"\{%-? *extends \"([\w/]+\.html)\"")


def fixed() -> dict[str, str]:
    """Return key → text of every piece to record, the most needed first: clips, pages, texts of tables."""
    said = {rules.key(each): each for each in [*numerals.vocabulary(), *OF_THE_DAY, *voice.needed_clips()]}
    for text in _texts():
        for piece in bank.pieces_of(text):
            if len(piece) <= LONGEST:
                said.setdefault(rules.key(piece), re.sub(r"\s+", " ", piece).strip())
    return said


def patterns() -> list[str]:
    """Return texts with gaps."""
    return sorted({text for text in _texts() if bank.GAP.search(text)})


@cache
def of_citizens() -> frozenset[str]:
    """Return the paths of all modules and templates whose texts a citizen sees and may hear."""
    pages = {name for name in modules(TERMINAL) if not name.startswith(OF_THE_HALL)}
    others = {path for top in ("kiosk", "tools") for path in (REPOSITORY / top).rglob("*.py")}
    others -= {REPOSITORY / name for name in pages} | {Path(__file__)}
    desks = {name for name in _templates() if "desk/" in name or DESK in (name, *_layouts(name))}
    elsewhere = included(desks | named_in(others))
    shown = included(named_in(REPOSITORY / name for name in pages) - desks) | (_templates() - elsewhere)
    every = pages | {f"kiosk/templates/{name}" for name in shown - desks}
    return frozenset(path for path in every if not any(part in path for part in NOT_SPOKEN))


def modules(start: str) -> set[str]:
    """Return the path of each module that a program loads sooner or later."""
    found, waiting = {start}, [start]
    while waiting:
        for path in _imported(waiting.pop()) - found:
            found.add(path)
            waiting.append(path)
    return found


def _imported(path: str) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse((REPOSITORY / path).read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{each.name}" for each in node.names)}
    paths = {f"{name.replace('.', '/')}.py" for name in names if name.startswith("kiosk.")}
    return {path for path in paths if (REPOSITORY / path).is_file()}


def named_in(paths: Iterable[Path]) -> set[str]:
    """Return the templates that files name."""
    return {name for path in paths for name in _NAMED.findall(path.read_text("utf-8"))} & _templates()


@cache
def _templates() -> frozenset[str]:
    return frozenset(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))


def _layouts(name: str) -> list[str]:
    """Return the templates that a template extends, the nearest first."""
    above = _EXTENDS.search((TEMPLATES / name).read_text("utf-8"))
    return [above[1], *_layouts(above[1])] if above else []


def included(pages: set[str]) -> set[str]:
    """Return pages with all that they extend and include."""
    found: set[str] = set()
    waiting = list(pages)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += named_in([TEMPLATES / name])
    return found


def _texts() -> Iterator[str]:
    """Yield the Chinese texts of the citizens' side, the most needed first."""
    found: list[tuple[int, str]] = []
    with (TRANSLATIONS / CATALOGUE).open("rb") as stored:
        messages = read_po(stored)
    for message in messages:
        places = [name for name, _ in message.locations if name in of_citizens()]
        if not message.id or not places:
            continue
        rank = min(next((at for at, part in enumerate(FIRST) if part in name), len(FIRST)) for name in places)
        for text in message.id if isinstance(message.id, tuple | list) else (message.id,):
            if re.search(r"[\u3400-\u9fff]", text):
                found.append((rank, text))
    yield from (text for _, text in sorted(found))
