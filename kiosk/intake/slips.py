"""The paper of a submission's progress: its number, where it stands and until when; no code and no name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kiosk.web.i18n import date_words, time_words
from kiosk.web.wording import gettext as _
from printers.document import Big, Block, KeyValue, Para, Rule, Slip, Title

KIND = "progress"


@dataclass(frozen=True)
class Place:
    """Where the paper comes from; `as_told` is the moment in words at which this was so."""

    place_name: str
    station_name: str
    as_told: str
    lang: str
    large: bool


def progress(seen: Mapping[str, Any], place: Place) -> Slip:
    """The slip of what the page shows; `seen` as `views` keeps it in the session."""
    blocks: list[Block] = [
        Title(_("办理进度"), above=place.place_name),
        Big(_("编号"), seen["number"]),
        KeyValue(_("办到哪一步"), state_words(seen)),
        KeyValue(_("办理机关"), seen["organ_name"]),
        KeyValue(_("最近变化"), f"{date_words(seen['changed_at'])} {time_words(seen['changed_at'])}"),
    ]
    if seen.get("due_on"):
        blocks.append(KeyValue(_("答复期限"), _due_words(seen)))
    told = (
        _("办理中需要补正、延期或者征求别人意见的，期限依法相应变化。"),
        _(
            "%(at)s在%(station)s查询。再查用回执上的编号和查询码。",
            at=place.as_told,
            station=place.station_name,
        ),
    )
    blocks += [Rule(), *(Para(words, small=True) for words in told)]
    return Slip(KIND, _("办理进度"), tuple(blocks), lang=place.lang, large=place.large)


def state_words(seen: Mapping[str, Any]) -> str:
    """The state in words; one that this version does not know is "being handled"."""
    if seen["state"] == "submitted":
        return _("已经送到县里，还没有登记") if seen.get("has_arrived") else _("已提交，联网后自动送达")
    words = {"received": _("已收到，正在登记"), "registered": _("已登记，正在办理")}
    return words.get(seen["state"], _("办理中"))


def _due_words(seen: Mapping[str, Any]) -> str:
    day = date_words(date.fromisoformat(seen["due_on"]))
    told = _("不晚于%(day)s", day=day) if seen.get("is_due_settled") else _("预计不晚于%(day)s", day=day)
    return told + (_("（下一年放假安排公布前为暂定）") if seen.get("due_provisional") else "")
