"""
A program that takes in one request per order, each in a fresh child that waits to be traced.

Orders come as JSON lines on standard input; the answers are the child's process number, once it stands still, and
then how it ended and what it said. It is started once, so that its imports are paid once.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kiosk import db
from kiosk.errors import StoreFull
from kiosk.intake.actions import Desk, Handover, take_in
from kiosk.intake.codes import BootKey, QueryCode
from kiosk.intake.organs import Organ
from kiosk.intake.promises import Promise, PromisedTerms
from printers.paper.document import Big, Slip
from tests.clocks import CLOCK

REFUSED, UNHEARD = 3, 5
"""How the child ends when the store is full, and when nobody could hear the number."""
KEY = "01935f3a-0000-7000-8000-000000000001"


def take(home: Path, say: Callable[[str], None], *, too_early: bool = False) -> None:
    """Takes in the one request of this program at `home` and says its number; wrongly, before it is stored."""
    database = db.open_sqlite(home / "station.sqlite3")
    db.store.initialize(database)

    def slip(promise: Promise) -> Slip:
        if too_early:
            say(promise.number)
        return Slip("receipt", "回执", (Big("编号", promise.number),))

    handover = Handover(
        key=KEY,
        kind="disclosure",
        organ=Organ("GX-ZFB", "冠县人民政府办公室"),
        clear={"entry_mode": "self", "applicant_type": "citizen"},
        personal={"name": "张样例", "wanted": "示例镇2025年道路维修的招标结果" * 20},
        masked={"name": "张**"},
        terms=PromisedTerms(None, "art31_pending"),
        code=QueryCode("123456789012", "a hash"),
        slip=slip,
    )
    number = take_in(handover, Desk(CLOCK, BootKey(home / "memory"), 10)).number
    if not too_early:
        say(number)
    database.close()


def say_aloud(number: str) -> None:
    """What the screen would show."""
    try:
        os.write(1, f"{number}\n".encode())
    except OSError:
        os._exit(UNHEARD)


def _child(order: dict[str, Any], said: int) -> None:
    os.dup2(said, 1)
    os.kill(os.getpid(), signal.SIGSTOP)
    try:
        take(Path(order["home"]), say_aloud, too_early=order["too_early"])
    except StoreFull:
        os._exit(REFUSED)


def _obey(order: dict[str, Any]) -> None:
    hears, says = os.pipe()
    pid = os.fork()
    if pid == 0:
        _child(order, says)
        os._exit(0)
    os.close(says)
    os.waitpid(pid, os.WUNTRACED)
    print(pid, flush=True)
    with open(hears, encoding="utf-8") as listener:
        words = listener.read()
    _, status = os.waitpid(pid, 0)
    print(json.dumps({"ended": os.waitstatus_to_exitcode(status), "said": words.split()}), flush=True)


if __name__ == "__main__":
    for line in sys.stdin:
        _obey(json.loads(line))
