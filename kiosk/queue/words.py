"""The queue in words: people ahead, the wait as a range, opening hours."""

from __future__ import annotations

from collections.abc import Iterable

from kiosk.queue.estimate import WaitRange
from kiosk.web.language.wording import gettext as _
from kiosk.web.language.wording import ngettext


def ahead_words(said: WaitRange) -> str:
    """Return how many people are called before."""
    return ngettext("%(num)s人", "%(num)s人", said.ahead)


def wait_words(said: WaitRange) -> str:
    """Return the wait as a range, or that it is not known."""
    if said.least is None or said.most is None:
        return _("暂时估不出来")
    if said.is_over_an_hour:
        return _("一小时以上")
    return _("%(least)s到%(most)s分钟", least=said.least, most=said.most)


def hours_words(hours: Iterable[tuple[int, int]]) -> str:
    """Return opening hours such as 8:30–12:00，13:30–17:30."""
    return _("，").join(f"{_clock(start)}–{_clock(end)}" for start, end in hours)


def _clock(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02d}"
