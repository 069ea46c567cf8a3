"""Every fixed text for citizens, collected from the product itself: what must be recorded."""

from __future__ import annotations

import re
from collections.abc import Iterator

from babel.messages.pofile import read_po

from kiosk.speech import bank, numerals, rules
from kiosk.web.language.languages import TRANSLATIONS

NOT_FOR_CITIZENS = (
    "/desk", "_desk.py", "staff", "reports.py", "catalogue/publishing", "catalogue/importing",
    "catalogue/attachments", "records/rules.py", "records/schema.py", "records/attachment.py",
    "feedback/empty_searches.py", "feedback/rules.py", "feedback/reasons.py", "feedback/outside",
    "catalogue/rounds", "catalogue/commands", "audit", "_hall", "hall/condition", "hall/forms.py",
    "hall/pages/views.py", "terminal/hall", "gallery", "/samples/", "_calls", "tools/", "kiosk/cli/",
    "readiness.py", "slips.py", "templates/writing", "templates/speech", "disclosure/sample.html",
    "disclosure/application.py", "web/paper", "_assist", "quality", "disclosure/letters", "disclosure/report",
    "templates/calendar", "queue/pages/window", "queue/_window", "queue/_overview", "queue/_locked", "queue/window",
    "queue/overview", "queue/screen",
)  # fmt: skip
"""Parts of the names of files whose texts are for clerks or for paper only."""
FIRST = ("layouts/", "components/", "terminal/", "disclosure/", "intake/", "papers/", "error.html", "writing/", "web/",
         "templates/catalogue")  # fmt: skip
CATALOGUE = "en/LC_MESSAGES/messages.po"
"""Every text of code and templates with the files that contain it."""
OF_THE_DAY = ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日")
LONGEST = 200


def fixed() -> dict[str, str]:
    """Return key → text of every piece to record, the most needed first: clips, pages, texts of tables."""
    said = {rules.key(each): each for each in [*numerals.vocabulary(), *OF_THE_DAY]}
    for text in _texts():
        for piece in bank.pieces_of(text):
            if len(piece) <= LONGEST:
                said.setdefault(rules.key(piece), re.sub(r"\s+", " ", piece).strip())
    return said


def patterns() -> list[str]:
    """Return texts with gaps."""
    return sorted({text for text in _texts() if bank.GAP.search(text)})


def _texts() -> Iterator[str]:
    """Yield the Chinese texts of the citizens' side, the most needed first."""
    found: list[tuple[int, str]] = []
    with (TRANSLATIONS / CATALOGUE).open("rb") as stored:
        messages = read_po(stored)
    for message in messages:
        places = [name for name, _ in message.locations if not any(part in name for part in NOT_FOR_CITIZENS)]
        if not message.id or not places:
            continue
        rank = min(next((at for at, part in enumerate(FIRST) if part in name), len(FIRST)) for name in places)
        for text in message.id if isinstance(message.id, tuple | list) else (message.id,):
            if re.search(r"[\u3400-\u9fff]", text):
                found.append((rank, text))
    yield from (text for _, text in sorted(found))
