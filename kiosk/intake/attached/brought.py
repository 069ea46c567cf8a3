"""
The question of what goes with a form: photographs or files handed in here, or papers for the window.

It is asked of those who must bring a paper; others reach it from the check of their answers.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from enum import StrEnum
from typing import Any

from kiosk.intake.attached.clean_files import FILES, AttachedFile
from kiosk.intake.begun import Begun
from kiosk.intake.form.blanks import Asking, Blank, Goes, Masks, Option, Words, never
from kiosk.intake.questions import Question
from kiosk.web.language.wording import lazy_gettext as _l

NAME = "papers"


class PapersWay(StrEnum):
    """How papers come to the organ."""

    NONE = "none"
    HERE = "here"
    WINDOW = "window"


OPTIONS = (
    Option(PapersWay.NONE, _l("没有")),
    Option(
        PapersWay.HERE,
        _l("现在就交：拍照，或者选文件"),
        listed=_l("拍照或者文件"),
        brief=_l("已经随申请交了照片或者文件"),
        hint=_l("交上去就加密，只有办理机关能看。"),
    ),
    Option(
        PapersWay.WINDOW,
        _l("把纸质的交到窗口"),
        listed=_l("纸质的交到窗口"),
        brief=_l("请拿着这张回执，把纸质材料交到窗口"),
        hint=_l("回执上会写明，工作人员按编号收。"),
    ),
)


def question(must_bring: Callable[[Mapping[str, str]], bool] = never, *, paper: Words = "") -> Question:
    """
    Return the question.

    Args:
        must_bring: Whether the form lacks something without a paper, by the answers so far.
        paper: The question to those who must bring one.
    """

    def need_not(answers: Mapping[str, str]) -> bool:
        return not must_bring(answers)

    def offered(asking: Asking) -> Container[str]:
        left_out = {PapersWay.NONE} if must_bring(asking.answers) else set()
        if not asking.takes_files:
            left_out.add(PapersWay.HERE)
        return set(PapersWay) - left_out

    return Question(
        name=NAME,
        optional=need_not,
        blanks=(
            Blank(
                name=NAME,
                label=paper,
                short=_l("委托书和材料"),
                slip=_l("一起交的材料"),
                goes=Goes.CLEAR,
                hint=_l("委托书要写明委托谁、办什么事，由委托人签名。别的材料也可以一起交。"),
                needed=_l("请选一种。"),
                options=OPTIONS,
                offers=offered,
                masks=Masks(slip=_brought),
                when=must_bring,
            ),
            Blank(
                name=NAME,
                label=_l("有材料要一起交吗？"),
                short=_l("一起交的材料"),
                slip=_l("一起交的材料"),
                goes=Goes.CLEAR,
                hint=_l("没有也行。身份证的照片不用交。"),
                needed=_l("请选一种。"),
                options=OPTIONS,
                offers=offered,
                masks=Masks(slip=_brought),
                when=need_not,
            ),
            Blank(
                name=FILES,
                label=_l("附件个数"),
                short=_l("附件个数"),
                slip=_l("附件个数"),
                goes=Goes.CLEAR,
                when=never,
            ),
        ),
    )


def in_clear(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an envelope says in clear of the papers that come with a submission."""
    return {name: said[name] for name in (NAME, FILES) if isinstance(said.get(name), str)}


def _brought(way: str) -> str:
    """Return the way as slips show it; empty for none."""
    return "" if way == PapersWay.NONE else way


def going(form: Begun) -> tuple[AttachedFile, ...]:
    """Return the files that go with a form: those kept for it, while it says that they are handed in here."""
    return form.files if form.answers.get(NAME) == PapersWay.HERE else ()


def counted(form: Begun) -> dict[str, str]:
    """Return the number of files as envelope and receipt say it; empty: none."""
    return {FILES: str(len(found))} if (found := going(form)) else {}


def lacks_files(form: Begun) -> bool:
    """Return whether a form says that papers are handed in here, and none was."""
    return form.answers.get(NAME) == PapersWay.HERE and not form.files
