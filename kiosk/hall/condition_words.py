"""
Condition of this machine in words for the hall's staff: the state of each part, and what to do when it is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kiosk.clock import BEIJING
from kiosk.web.language.i18n import moment_words
from kiosk.web.language.wording import gettext as _

STALE_SYNC = timedelta(hours=24)
DEAD_PAGE = timedelta(minutes=5)
"""Time without a sign of life after which the page on the screen counts as dead; it sends one each minute."""
ENOUGH_DISK_MB = 500


@dataclass(frozen=True)
class PrinterCondition:
    """Last known state of a printer: "ok", "low", "bad" or "unknown", and a code for the reason."""

    state: str
    reason: str


@dataclass(frozen=True)
class ReaderCondition:
    """A reader of cards or codes: its name, "ready", "not" or "unknown", and a code for the reason."""

    name: str
    state: str
    reason: str


@dataclass(frozen=True)
class Today:
    """Counts of one Beijing calendar day, with no link to persons."""

    day: date
    visits: int
    requests: int
    papers: int
    calls: int


@dataclass(frozen=True)
class Machine:
    """
    Facts about one terminal.

    receipt, page: None where there is no such printer. synced_at: the last round in which everything worked.
    oldest_at: when the oldest waiting request was made. seen_at: when the page on the screen was last alive.
    """

    receipt: PrinterCondition | None
    page: PrinterCondition | None
    synced_at: datetime | None
    sync_error: str
    unsent: int
    oldest_at: datetime | None
    parked: int
    free_mb: int
    seen_at: datetime | None
    is_clock_right: bool
    days: tuple[Today, ...] = ()
    readers: tuple[ReaderCondition, ...] = ()


@dataclass(frozen=True)
class MachineCondition:
    """One part of the machine: its state, and what to do now; `advice` is empty where nothing is to be done."""

    name: str
    label: str
    words: str
    is_good: bool
    advice: str = ""


def lines(machine: Machine, now: datetime) -> list[MachineCondition]:
    """Return a line for each part of the machine, those that need a person first."""
    found = [
        *([_printer("printer", _("小票打印机"), machine.receipt)] if machine.receipt else []),
        *([_printer("page-printer", _("A4打印机"), machine.page)] if machine.page else []),
        *(_reader(each) for each in machine.readers),
        _sync(machine, now),
        _waiting(machine, now),
        _disk(machine),
        _screen(machine, now),
        _clock(machine),
    ]
    return sorted(found, key=lambda line: line.is_good)


def _printer(name: str, label: str, seen: PrinterCondition) -> MachineCondition:
    words = {
        "ok": _("能打印"),
        "low": _("能打印，纸快用完了"),
        "unknown": _("还没有回应"),
    }.get(seen.state) or _printer_faults().get(seen.reason, (_("不能打印"), ""))[0]
    if seen.state == "low":
        return MachineCondition(name, label, words, True, _("请备好一卷纸，用完了马上换。"))
    if seen.state == "ok":
        return MachineCondition(name, label, words, True)
    advice = _printer_faults().get(seen.reason, ("", ""))[1]
    return MachineCondition(
        name,
        label,
        words,
        False,
        advice or _("请看电源和连线；还不行，关掉打印机等十秒再开，或者请管理员来看。"),
    )


def _printer_faults() -> dict[str, tuple[str, str]]:
    return {
        "paper-out": (_("没有纸了"), _("请换一卷纸，盖好盖子。")),
        "paper-jam": (_("卡纸了"), _("请打开盖子，把卡住的纸慢慢拉出来，再盖好。")),
        "cover-open": (_("盖子开着"), _("请把盖子按紧，听到一声响。")),
        "cutter": (_("切刀卡住了"), _("请关掉打印机，打开盖子看看切刀那里有没有纸，再开机。")),
        "not-reached": (_("连不上"), _("请看打印机开了没有，线插好没有。")),
        "offline": (_("打印机没有准备好"), _("请看打印机面板上的灯，按一下联机键。")),
    }


def _reader(seen: ReaderCondition) -> MachineCondition:
    label = {"card-reader": _("读卡器"), "code-scanner": _("扫码器")}[seen.name]
    if seen.state == "ready":
        return MachineCondition(seen.name, label, _("能用"), True)
    words = _("连不上") if seen.reason == "gone" else _("出了毛病") if seen.state == "not" else _("没有回应")
    advice = _("请看连线插好没有，拔下来再插一次；还不行，请管理员来看。群众自己填写，办理照常。")
    return MachineCondition(seen.name, label, words, False, advice)


def _sync(machine: Machine, now: datetime) -> MachineCondition:
    label, today = _("与县里联系"), now.astimezone(BEIJING).date()
    if machine.synced_at is None:
        return MachineCondition(
            "sync", label, _("还没有联系上过"), False, _("请看网线和路由器；还不行，请管理员来看。")
        )
    words = _("上次联系上：%(moment)s", moment=moment_words(machine.synced_at, today))
    if now - machine.synced_at <= STALE_SYNC:
        advice = _("现在连不上，群众照样能办，连上以后自己送。") if machine.sync_error else ""
        return MachineCondition("sync", label, words, True, advice)
    return MachineCondition(
        "sync",
        label,
        words,
        False,
        _("超过一天没有联系上。请看网线和路由器；还不行，请打电话给县里的管理员。"),
    )


def _waiting(machine: Machine, now: datetime) -> MachineCondition:
    label, today = _("等着送到县里的申请"), now.astimezone(BEIJING).date()
    words = _("%(count)s件", count=machine.unsent)
    if machine.oldest_at:
        words += _("，最早一件%(moment)s交的", moment=moment_words(machine.oldest_at, today))
    if machine.parked:
        words += _("；另有%(count)s件中心不收", count=machine.parked)
        return MachineCondition(
            "outbox", label, words, False, _("这几件没有丢，请打电话给县里的管理员处理。")
        )
    return MachineCondition("outbox", label, words, True)


def _disk(machine: Machine) -> MachineCondition:
    is_enough = machine.free_mb >= ENOUGH_DISK_MB
    words = _("还有%(room)s GB空", room=f"{machine.free_mb / 1000:.1f}")
    return MachineCondition(
        "disk",
        _("存储"),
        words,
        is_enough,
        "" if is_enough else _("快满了，满了就收不了申请。请管理员来清理。"),
    )


def _screen(machine: Machine, now: datetime) -> MachineCondition:
    label, today = _("屏幕"), now.astimezone(BEIJING).date()
    if machine.seen_at is None:
        return MachineCondition("page", label, _("还没有开过"), True)
    if now - machine.seen_at < DEAD_PAGE:
        return MachineCondition("page", label, _("正常显示"), True)
    words = _("%(moment)s以后没有动静", moment=moment_words(machine.seen_at, today))
    return MachineCondition(
        "page", label, words, False, _("请去看看屏幕；不动了，就关掉这台机器的电源再开。")
    )


def _clock(machine: Machine) -> MachineCondition:
    if machine.is_clock_right:
        return MachineCondition("clock", _("时钟"), _("准"), True)
    words = _("对不上，回执上会写“时间待核对”")
    return MachineCondition("clock", _("时钟"), words, False, _("请管理员来校时；办理照常。"))
