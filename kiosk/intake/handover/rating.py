"""One tap on how a submission was handled: the question that every kind asks alike."""

from __future__ import annotations

from enum import StrEnum

from kiosk.intake.form.blanks import Blank, Goes, Option
from kiosk.intake.questions import Question
from kiosk.web.language.wording import lazy_gettext as _l

RATING = "rating"
"""Name of the answer to how satisfied a citizen is, in the envelope."""


class Rating(StrEnum):
    """How satisfied a citizen is with the handling, in three steps."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


SATISFIED = Question(
    name=RATING,
    blanks=(
        Blank(
            name=RATING,
            label=_l("这件事办得怎么样？"),
            short=_l("满意程度"),
            goes=Goes.CLEAR,
            needed=_l("请选一个。"),
            options=(
                Option(Rating.GOOD, _l("满意")),
                Option(Rating.FAIR, _l("一般")),
                Option(Rating.POOR, _l("不满意")),
            ),
        ),
    ),
)
