"""The words of a window: reasons and results to choose from, what a press did or why it was refused."""

from __future__ import annotations

from collections.abc import Mapping

from kiosk.queue.pressing import DONE, NOBODY_WAITS, PressAnswer
from kiosk.queue.ticket_states import Press, TicketResult
from kiosk.web.language.wording import LazyText
from kiosk.web.language.wording import gettext as _
from kiosk.web.language.wording import lazy_gettext as _l

REASONS: Mapping[str, LazyText] = {
    "urgent": _l("急事，不能等"),
    "unwell": _l("身体不舒服"),
    "law": _l("依法优先"),
    "mistake": _l("刚才办漏了，补办"),
    "called": _l("刚才叫过，没听到"),
}
"""Reasons for which somebody is called out of turn."""
RESULTS: Mapping[TicketResult, LazyText] = {
    TicketResult.SETTLED: _l("办结了"),
    TicketResult.FOLLOWS: _l("还有后续"),
    TicketResult.ELSEWHERE: _l("转到别处办"),
}
_REFUSED: Mapping[str, LazyText] = {
    "queue-changed": _l("刚才已经变了，没有做。请看现在的情况再按。"),
    "queue-epoch": _l("叫号已经换了一台机器管。请看现在的情况再按。"),
    "queue-not-owner": _l("叫号不归这台机器管，请打开管叫号的那台机器的网页。"),
    "queue-owner-away": _l("管叫号的机器连不上，没有叫号。请口头叫号，过后补记。"),
    "queue-starting": _l("这台机器刚开机，正在问别的机器，请等15秒再按。"),
    "queue-window-closed": _l("这个窗口还没有开。"),
    "queue-window-taken": _l("这个窗口有别的同事在用。"),
    "queue-window-works": _l("那个窗口还在办，没有收回。"),
    "queue-no-window": _l("没有这个窗口。"),
    "queue-no-ticket": _l("窗口没有正在办的号。"),
    "queue-just-called": _l("刚叫了号，两下当一下。"),
    "queue-recall-locked": _l("刚叫过，请等10秒再叫。"),
    "queue-no-reason": _l("点名叫号要选一个理由。"),
    "queue-still-serving": _l("先把手上的号办结，再关窗口。"),
    "queue-too-late": _l("过了10秒，或者后来又变了，不能撤回。"),
    "queue-topic": _l("没有这个事项。"),
    "queue-closed": _l("现在不在取号时间。"),
    "queue-full": _l("这个事项今天的号取完了。"),
    "queue-owner-here": _l("叫号已经归这台机器管。"),
    "queue-no-standby": _l("这台机器没有设置成可以接管。"),
    "queue-owner-answers": _l("管叫号的机器还有回应，不能接管。"),
}


def answer_words(press: Press, answer: PressAnswer) -> str:
    """Return what a press did, or why it did nothing."""
    if answer.code == "queue-call-again":
        return _("叫满3次才能过号，还差%(times)s次。", times=answer.number)
    if answer.code == NOBODY_WAITS:
        return _("现在没有人等。")
    if answer.code != DONE:
        return str(_REFUSED.get(answer.code, _("没有做成，请再试一次。")))
    return str(_DONE[press]) % {"number": answer.number} if press in _DONE else ""


_DONE: Mapping[Press, LazyText] = {
    Press.NEXT: _l("叫了%(number)s。"),
    Press.RECALL: _l("又叫了一次%(number)s。"),
    Press.MISSED: _l("%(number)s过号了，10秒内可以撤回。"),
    Press.PARK: _l("%(number)s挂起了，10秒内可以撤回。"),
    Press.UNPARK: _l("叫回了%(number)s。"),
    Press.TRANSFER: _l("%(number)s转过去了，10秒内可以撤回。"),
    Press.FINISH: _l("%(number)s办结了，10秒内可以撤回。"),
    Press.UNDO: _l("撤回了，还是%(number)s。"),
    Press.PICK: _l("点名叫了%(number)s。"),
    Press.BACK: _l("%(number)s回来了，再叫两个就叫这个号。"),
    Press.RELEASE: _l("%(number)s放回去接着排。"),
    Press.CARE: _l("%(number)s优先了。"),
    Press.HELP: _l("已经通知同事。"),
}
