"""What the hub's desk asks of a clerk who decides about an entry."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import DataRequired, Length


class NoteForm(FlaskForm):
    """Why an entry is sent back or a document taken down; those who brought it read this."""

    note = StringField(_l("理由"), validators=[DataRequired(_l("请写明理由。")), Length(max=500)])
