"""Forms of one question: WTForms with our words for its errors, and the key that makes a double tap harmless."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from kiosk.web import half_written


class QuestionForm(FlaskForm):
    """A form of one question; its errors are values that the page shows, never exceptions."""

    class Meta(FlaskForm.Meta):
        locales = False

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """
            Return the submitted fields, or on a GET the half-written ones from before the page's language changed.
            """
            sent = super().wrap_formdata(form, formdata)
            return half_written.here() if sent is None else sent


class TicksField(SelectMultipleField):
    """Any of `choices`, each with a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()
