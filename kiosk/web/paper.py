"""What the screen may say of a paper that was ordered, in words that never claim more than the printer said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask_babel import gettext as _

from kiosk import db
from kiosk.clock import Clock
from kiosk.errors import Refused
from printers import spool
from printers.errors import WrongStep
from printers.spool import Job, State


@dataclass(frozen=True)
class Paper:
    """One paper for a template; `is_settled` when nothing more will happen by itself."""

    title: str
    words: str
    tone: str
    icon: str
    is_settled: bool
    may_reprint: bool
    is_missing_possible: bool


def of(request_key: str, kind: str) -> Paper | None:
    """The newest paper of this kind for a request, or None when none was ordered."""
    connection = db.store.connection()
    jobs = [job for job in spool.jobs_of(connection, request_key) if job.kind == kind]
    return _words(jobs[-1], spool.device(connection).state) if jobs else None


def again(request_key: str, kind: str, clock: Clock, minutes: int, *, why: str) -> None:
    """
    Orders a reprint of the newest paper, marked as such and without the query code.

    Raises:
        Refused: "paper-on-its-way" while the printer still has it, "no-paper-ordered".
    """
    now = clock.now()
    with db.writing(db.store) as connection:
        jobs = [job for job in spool.jobs_of(connection, request_key) if job.kind == kind]
        if not jobs:
            raise Refused("no-paper-ordered")
        try:
            spool.reprint(
                connection,
                jobs[-1].id,
                by="citizen",
                why=why,
                now=now,
                expires_at=now + timedelta(minutes=minutes),
            )
        except WrongStep as step:
            raise Refused("paper-on-its-way") from step


def _words(job: Job, device: str) -> Paper:
    match job.state:
        case State.QUEUED if device in ("bad", "unknown"):
            return Paper(
                _("打印机现在打不了"),
                _("编号留在屏幕上，请抄下来或者拍下来。打印机修好后10分钟内会自动打印。"),
                "bad",
                "alert",
                False,
                False,
                False,
            )
        case State.QUEUED | State.SENDING | State.SENT:
            return Paper(
                _("正在打印……"),
                _("没出纸就点“没拿到”，编号留在屏幕上。"),
                "warn",
                "printer",
                False,
                False,
                job.state is State.SENT,
            )
        case State.PRINTED:
            return Paper(_("打印好了"), _("请从出纸口拿好。"), "good", "circle-check", True, True, True)
        case State.UNCERTAIN:
            return Paper(
                _("不知道打出来没有"),
                _("请看出纸口。没有，或者不完整，就点“没拿到”。"),
                "warn",
                "alert",
                True,
                True,
                True,
            )
        case _:
            return Paper(
                _("没有打印"),
                _("编号留在屏幕上，请抄下来或者拍下来，也可以再打一张。"),
                "bad",
                "alert",
                True,
                True,
                False,
            )
