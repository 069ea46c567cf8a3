"""
The application form on A4 to sign by hand, 政府信息公开申请表: two copies, one for the office, one for the applicant.

Contents: Regulation art. 29. It holds personal data, so it is made only from the citizen's own session or from a case
that a clerk has opened, and is never stored in clear.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from kiosk.disclosure import forms, slips
from kiosk.disclosure.rules import ApplicantType, ObtainWay
from kiosk.web.wording import gettext as _
from printers.document import Block, Cut, Feed, KeyValue, Mark, Para, Rule, Slip, Title

KIND = "application-form"
SIGNATURE_MM = 14
LINE = "＿＿＿＿＿＿＿＿＿＿"
"""Where somebody writes by hand."""


@dataclass(frozen=True)
class Origin:
    """
    Where and when the form was filled.

    number: of a request that was handed in at a terminal; empty before that.
    """

    organ_name: str
    station_name: str
    at: datetime
    number: str
    lang: str
    large: bool


def form(answers: Mapping[str, str], applicant: str, origin: Origin) -> Slip:
    """
    Both copies, a page each.

    Args:
        answers: By the names of the forms' fields; `supply`, `obtain` and `document` are codes.
        applicant: An ApplicantType.
    """
    office = _copy(answers, applicant, origin, _("第一联 交办理机关"))
    own = _copy(answers, applicant, origin, _("第二联 申请人留存"))
    title = _("政府信息公开申请表")
    return Slip(KIND, title, (*office, Cut(), *own), lang=origin.lang, large=origin.large)


def _copy(answers: Mapping[str, str], applicant: str, origin: Origin, whose: str) -> list[Block]:
    blocks: list[Block] = [Mark(whose), Title(_("政府信息公开申请表"), above=origin.organ_name)]
    blocks += [KeyValue(label, value) for label, value in _rows(answers, applicant, origin) if value]
    blocks += [
        Para(_("所需的政府信息"), strong=True),
        Para(answers.get("wanted", "")),
        Rule(),
        Feed(SIGNATURE_MM),
        KeyValue(_("申请人签名（盖章）"), LINE),
        KeyValue(_("日期"), LINE),
        Rule(),
    ]
    return [*blocks, *(Para(words, small=True) for words in _closing(origin))]


def _rows(answers: Mapping[str, str], applicant: str, origin: Origin) -> list[tuple[str, str]]:
    is_citizen = applicant == ApplicantType.CITIZEN
    document = _words("identity", "document", answers) if is_citizen else ""
    return [
        (_("编号"), origin.number),
        (_("申请人"), _applicant_words(applicant)),
        (_("姓名") if is_citizen else _("单位名称"), answers.get("name", "")),
        (document or _("统一社会信用代码"), answers.get("number", "")),
        (_("联系人"), answers.get("person", "")),
        (_("电话"), answers.get("phone", "")),
        (_("地址"), answers.get("address", "")),
        (_("电子邮箱"), answers.get("email", "")),
        (_("提供形式"), _words("supply", "supply", answers)),
        (
            _("获取方式"),
            slips.obtain_words(answers["obtain"]) if answers.get("obtain") in set(ObtainWay) else "",
        ),
    ]


def _words(step: str, name: str, answers: Mapping[str, str]) -> str:
    """The words of a choice, as its question shows them."""
    field = getattr(forms.BY_NAME[step].person(data=dict(answers)), name)
    return forms.chosen_words(field)


def _applicant_words(applicant: str) -> str:
    words = {
        ApplicantType.CITIZEN: _("公民"),
        ApplicantType.BUSINESS: _("商业企业"),
        ApplicantType.RESEARCH: _("科研机构"),
        ApplicantType.CHARITY: _("社会公益组织"),
        ApplicantType.LEGAL: _("法律服务机构"),
        ApplicantType.OTHER: _("其他组织"),
    }
    return words[ApplicantType(applicant)] if applicant in set(ApplicantType) else applicant


def _closing(origin: Origin) -> list[str]:
    at = slips.moment_words(origin.at)
    if origin.number:
        told = _("本表按终端提交的申请打印，编号见上。")
    else:
        told = _("签名后当面交给办理机关才算提出申请。已经在终端上提交的，不用再交。")
    return [told, _("%(station)s，%(at)s打印。表里有个人信息，请收好。", station=origin.station_name, at=at)]
