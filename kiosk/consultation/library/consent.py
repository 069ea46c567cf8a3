"""Whether an answer may go to the library: asked in plain words, answered either way, never a condition."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kiosk.intake.form.blanks import Answers, Blank, Goes, Option, always
from kiosk.intake.questions import Question
from kiosk.web.language.wording import lazy_gettext as _l

MAY_PUBLISH = "may_publish"
YES, NO = "yes", "no"


def consent_question(when: Callable[[Answers], bool] = always) -> Question:
    """Return the question, for those who wrote what could be published."""
    return Question(
        name="publish",
        blanks=(
            Blank(
                name=MAY_PUBLISH,
                label=_l("答复好了，能不能让大家也看到？"),
                short=_l("让大家也看到"),
                goes=Goes.CLEAR,
                hint=_l("公开前去掉姓名、电话和能认出您的话，由两个人核对。"),
                needed=_l("请选一个。"),
                options=(
                    Option(YES, _l("可以，去掉个人信息再公开"), brief=_l("可以公开")),
                    Option(NO, _l("不要公开，只答复我"), brief=_l("不公开")),
                ),
                when=when,
            ),
        ),
    )


def agreed(envelope: Mapping[str, object]) -> bool:
    """Return whether the citizen agreed, by the part of a submission that is in clear."""
    return envelope.get(MAY_PUBLISH) == YES
