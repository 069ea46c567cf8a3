"""The words that printers put on a paper when they print it: that it is a reprint, that the piece above is void."""

from __future__ import annotations

from kiosk.web.language import languages
from kiosk.web.language.wording import gettext as _
from kiosk.web.language.wording import speaking
from printers.paper.encode import Marks


def in_every_language() -> dict[str, Marks]:
    """Return the marks by the tag of their language, as a slip carries it."""
    marks = {}
    for each in languages.TABLE.values():
        with speaking(each):
            marks[each.tag] = Marks(reprint=_("补打 第{n}次"), void=_("以上若未印完，作废"))
    return marks
