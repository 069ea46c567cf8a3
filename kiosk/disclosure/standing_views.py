"""Where an unfinished request stands, for whoever assists: every question in a word, its answer masked, a way to it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import session, url_for

from kiosk.disclosure import forms
from kiosk.disclosure.form_views import DRAFT
from kiosk.disclosure.forms import Answers
from kiosk.privacy import masked_address, masked_email, masked_name, masked_phone
from kiosk.web.wording import gettext as _

SHORT = 20
"""Characters of an answer in the overview."""
ID_END = 4
"""Places of an identity number that may be seen (LAW.md §6.3)."""


@dataclass(frozen=True)
class Part:
    """One question in the overview: its name, its answer in short and masked, its page."""

    label: str
    value: str
    href: str
    is_done: bool


@dataclass(frozen=True)
class Standing:
    """Where an unfinished request stands; `go_on` is what comes next."""

    parts: list[Part]
    go_on: str
    is_whole: bool


def contact_words(answers: Answers, *, masked: bool = False) -> str:
    """The ways in which the applicant is reached, in one line."""
    hidden = {"phone": masked_phone, "address": masked_address, "email": masked_email} if masked else {}
    return "，".join(
        hidden.get(name, str)(answers[name])
        for name in ("person", "phone", "address", "email")
        if answers.get(name)
    )


def form_standing() -> Standing | None:
    """Where the unfinished request of this visit stands, for whoever assists; None when none was begun."""
    draft = session.get(DRAFT)
    if draft is None:
        return None
    answers: Answers = draft["answers"]
    shown = _in_short(answers)
    pending = forms.first_unanswered(answers)
    parts = [
        Part(label, shown.get(name, ""), url_for("disclosure.question", name=name), f"done:{name}" in answers)
        for name, label in _labels(answers).items()
    ]
    return Standing(
        parts,
        url_for("disclosure.question", name=pending.name) if pending else url_for("disclosure.check"),
        pending is None,
    )


def _labels(answers: Answers) -> dict[str, str]:
    """The questions by a word or two, in their order."""
    return {
        "what": _("想要的信息"),
        "organ": _("办理机关"),
        "supply": _("提供形式"),
        "obtain": _("获取方式"),
        "who": _("申请人"),
        "name": _("姓名") if forms.is_person(answers) else _("单位名称"),
        "identity": _("证件"),
        "contact": _("联系方式"),
        "paper": _("回执"),
    }


def _in_short(answers: Answers) -> dict[str, str]:
    """The answers so far as others may see them over a shoulder: names, numbers and contacts masked."""
    chosen = {
        name: forms.chosen_words(getattr(forms.BY_NAME[name].form(answers)(data=answers), field))
        for name, field in (
            ("supply", "supply"),
            ("obtain", "obtain"),
            ("who", "applicant"),
            ("paper", "paper"),
        )
        if f"done:{name}" in answers
    }
    name, number = answers.get("name", ""), answers.get("number", "")
    return {
        **chosen,
        "what": answers.get("wanted", "")[:SHORT],
        "name": masked_name(name) if forms.is_person(answers) else name[:SHORT],
        "identity": _("尾号%(end)s", end=number[-ID_END:]) if len(number) > ID_END else "",
        "contact": contact_words(answers, masked=True),
    }
