"""The form to report a problem with a page: one choice, and an optional sentence."""

from __future__ import annotations

import secrets
from typing import Any

from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.validators import Length, ValidationError

from kiosk.catalogue.feedback.problems import LONGEST_WORDS, WHATS
from kiosk.web.forms import QuestionForm
from kiosk.web.language.wording import gettext as _
from kiosk.web.language.wording import lazy_gettext as _l


class ProblemForm(QuestionForm):
    """A report without name or telephone; numbers that look like one become stars (problems.py)."""

    key = HiddenField()
    """Of this form, so that a repeated press is counted once."""
    what = RadioField(_l("哪里有问题？"), validate_choice=False)
    words = TextAreaField(
        _l("想多说一句，写在这里（不写也行）"),
        validators=[Length(max=LONGEST_WORDS, message=_l("最多100个字。"))],
        filters=[lambda typed: (typed or "").strip()],
    )

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.what.choices = [(key, _(words)) for key, words in WHATS.items()]

    @property
    def key_of_form(self) -> str:
        """Return the key that the form was shown with, else a new one; kept for this request."""
        if not self.key.data:
            self.key.data = secrets.token_hex(16)
        return str(self.key.data)

    def validate_what(self, field: RadioField) -> None:
        """Refuse anything that is not one of the choices."""
        if field.data not in WHATS:
            raise ValidationError(_("请选一样。"))
