"""Forms of one question: WTForms with our words for its errors, and the key that makes a double tap harmless."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from kiosk.web import half_written


class QuestionForm(FlaskForm):
    """A form of one question; its errors are values that the page shows, never exceptions."""

    class Meta(FlaskForm.Meta):
        locales = False

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """
            Return the submitted fields, or on a GET those that wait for this page: half-written or refused ones.
            """
            sent = super().wrap_formdata(form, formdata)
            return half_written.here() if sent is None else sent

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        if request.method == "GET" and "formdata" not in named:
            self._take_errors()

    def _take_errors(self) -> None:
        for name, errors in half_written.errors().items():
            if name in self:
                self[name].errors = list(errors)

    def sent_back(self, *, but: Container[str] = (), **how: Any) -> Response:
        """
        Redirect to the form's page, where what was typed comes back with the errors.

        Args:
            but: Names of fields that are typed again, such as a PIN. how: As `half_written.refuse`.
        """
        typed = [
            (name, value)
            for name in self._fields
            if name not in but
            for value in request.form.getlist(self[name].name)
        ]
        errors = {name: [str(each) for each in found] for name, found in self.errors.items() if name}
        return half_written.refuse(typed, errors=errors, **how)


class TicksField(SelectMultipleField):
    """Any of `choices`, each with a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()
