"""
The application form on A4 to sign by hand, 政府信息公开申请表: two copies, one for the office, one for the applicant.

Contents: Regulation art. 29. It holds personal data, so it is made only from the citizen's own session or from a case
that a clerk has opened, and is never stored in clear.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kiosk.disclosure.questions import SECTIONS
from kiosk.intake import slips
from kiosk.intake.form.blanks import Answers
from kiosk.intake.questions import Question, rows
from kiosk.web.language.wording import gettext as _
from printers.paper.document import Block, Cut, Feed, KeyValue, Mark, Para, Rule, Slip, Title

KIND = "application-form"
SIGNATURE_MM = 14
LINE = "＿＿＿＿＿＿＿＿＿＿"
"""A blank line for handwriting."""


@dataclass(frozen=True)
class Origin:
    """
    The place and time at which the form was filled in.

    number: Of a request handed in at a terminal; empty before that.
    """

    organ_name: str
    station_name: str
    at: datetime
    number: str
    lang: str
    large: bool


def form(questions: Sequence[Question], answers: Answers, origin: Origin) -> Slip:
    """
    Return both copies, one page each.

    Args:
        answers: By the names of the blanks, as given.
    """
    office = _copy(questions, answers, origin, _("第一联 交办理机关"))
    own = _copy(questions, answers, origin, _("第二联 申请人留存"))
    title = _("政府信息公开申请表")
    return Slip(KIND, title, (*office, Cut(), *own), lang=origin.lang, large=origin.large)


def _copy(questions: Sequence[Question], answers: Answers, origin: Origin, whose: str) -> list[Block]:
    lines = [question for question in questions if not question.is_long]
    long = [question for question in questions if question.is_long and question.section]
    blocks: list[Block] = [Mark(whose), Title(_("政府信息公开申请表"), above=origin.organ_name)]
    if origin.number:
        blocks.append(KeyValue(_("编号"), origin.number))
    for section in SECTIONS:
        asked = [question for question in lines if question.section == section]
        blocks += [KeyValue(label, value) for label, value in rows(asked, answers, formal=True)]
    for label, value in rows(long, answers, formal=True):
        blocks += [Para(label, strong=True), Para(value)]
    blocks += [
        Rule(),
        Feed(SIGNATURE_MM),
        KeyValue(_("申请人签名（盖章）"), LINE),
        KeyValue(_("日期"), LINE),
        Rule(),
    ]
    return [*blocks, *(Para(words, small=True) for words in _closing(origin))]


def _closing(origin: Origin) -> list[str]:
    at = slips.moment_words(origin.at)
    if origin.number:
        advice = _("本表按终端提交的申请打印，编号见上。")
    else:
        advice = _("签名后当面交给办理机关才算提出申请。已经在终端上提交的，不用再交。")
    return [
        advice,
        _("%(station)s，%(at)s打印。表里有个人信息，请收好。", station=origin.station_name, at=at),
    ]
