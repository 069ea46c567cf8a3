"""Forms of a supply at the desk, one a part: each reads itself from a thing and makes a thing."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from flask import request
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from kiosk.consultation.supply import things
from kiosk.consultation.supply.desk import supply_words
from kiosk.consultation.supply.things import (
    BookingTerms,
    DayException,
    DayRule,
    ExceptionKind,
    OpeningRule,
    PlaceKind,
    ServicePoint,
    Supply,
    SupplyPart,
    Thing,
    Topic,
)
from kiosk.errors import RuleBroken
from kiosk.web.forms import TicksField
from kiosk.web.language.wording import gettext as _
from kiosk.web.language.wording import lazy_gettext as _l

ALL_PLACES = ""
WINDOWS = "windows-"
"""Begins the name of the field with a topic's windows."""
_LONG = Length(max=things.LONGEST_TEXT, message=_l("最多200个字。"))
_NEEDED = InputRequired(_l("请填写。"))


class ThingForm(FlaskForm):
    """What the forms of all parts share; refusals of the rules stand beside the field that caused them."""

    class Meta(FlaskForm.Meta):
        locales = False

    why = StringField(_l("为什么改"), validators=[_LONG])

    blamed: ClassVar[Mapping[str, str]] = {}
    """Field by the code of a refusal."""

    def offer(self, supply: Supply, townships: Mapping[str, str]) -> None:
        """Set the choices that depend on the supply."""

    def show(self, thing: Thing) -> None:
        """Fill the form in from a thing."""
        raise NotImplementedError

    def made(self, code: str) -> Thing:
        """Return the thing that the form describes. Raises RuleBroken."""
        raise NotImplementedError

    def blame(self, broken: RuleBroken) -> None:
        """Put the sentence of a refusal beside its field."""
        name = broken.detail if broken.code == "terms-wrong" else self.blamed.get(broken.code, "")
        field = self._fields.get(name)
        if field is None:
            self.form_errors.append(supply_words.sentence(broken))
        else:
            field.errors = [supply_words.sentence(broken)]


class PlaceForm(ThingForm):
    """A service point."""

    kind = RadioField(
        _l("怎样咨询"),
        choices=[SelectChoice(each.value, _l(words)) for each, words in supply_words.PLACE_KINDS.items()],
        validators=[_NEEDED],
    )
    name = StringField(
        _l("名称"), validators=[_NEEDED, Length(max=things.LONGEST_NAME, message=_l("最多40个字。"))]
    )
    address = StringField(_l("地址"), validators=[_LONG])
    way = StringField(_l("怎么走"), validators=[_LONG])
    telephone = StringField(_l("电话"), validators=[_LONG])
    link = StringField(_l("视频会议的网址或会议号"), validators=[_LONG])
    township = SelectField(_l("在哪个乡镇"), validate_choice=False)
    blamed: ClassVar[Mapping[str, str]] = {
        "name-missing": "name",
        "address-missing": "address",
        "telephone-missing": "telephone",
        "link-missing": "link",
    }

    def offer(self, supply: Supply, townships: Mapping[str, str]) -> None:
        """Set the townships."""
        self.township.choices = [
            SelectChoice("", _("县里")),
            *(SelectChoice(code, name) for code, name in townships.items()),
        ]

    def show(self, thing: Thing) -> None:
        """Fill the form in from a place."""
        assert isinstance(thing, ServicePoint)
        for name in ("name", "address", "way", "telephone", "link", "township"):
            self[name].data = getattr(thing, name)
        self.kind.data = thing.kind.value

    def made(self, code: str) -> ServicePoint:
        """Return the place."""
        return ServicePoint(
            code,
            PlaceKind(self.kind.data),
            _plain(self.name.data),
            _plain(self.address.data),
            _plain(self.way.data),
            _plain(self.telephone.data),
            _plain(self.link.data),
            _plain(self.township.data),
        )


class TopicForm(ThingForm):
    """A topic."""

    name = StringField(
        _l("事项名称"), validators=[_NEEDED, Length(max=things.LONGEST_NAME, message=_l("最多40个字。"))]
    )
    group = StringField(_l("人生大事"), validators=[_LONG])
    department = StringField(_l("由哪个部门答复"), validators=[_NEEDED, _LONG])
    bring = TextAreaField(_l("要带什么"))
    checklist = StringField(_l("服务指南的编号"), validators=[_LONG])
    place_in_list = IntegerField(_l("排在第几"), validators=[Optional(), NumberRange(0, 9_999)])
    blamed: ClassVar[Mapping[str, str]] = {"name-missing": "name", "department-missing": "department"}

    def show(self, thing: Thing) -> None:
        """Fill the form in from a topic."""
        assert isinstance(thing, Topic)
        for name in ("name", "group", "department", "checklist", "place_in_list"):
            self[name].data = getattr(thing, name)
        self.bring.data = "\n".join(thing.bring)

    def made(self, code: str) -> Topic:
        """Return the topic."""
        return Topic(
            code,
            _plain(self.name.data),
            _plain(self.group.data),
            _plain(self.department.data),
            _lines(self.bring.data),
            _plain(self.checklist.data),
            self.place_in_list.data or 0,
        )


class HoursForm(ThingForm):
    """What rules and dates share: a place, times, and how many windows each topic has."""

    place = SelectField(_l("地点"), validate_choice=False)
    spans = TextAreaField(_l("时间"))
    slot = IntegerField(_l("每次几分钟"), validators=[Optional()], default=20)
    windows: Mapping[str, int] = MappingProxyType({})
    """Windows by topic, as shown or typed."""

    def read_windows(self, supply: Supply) -> None:
        """Read the fields of the topics; what is no number counts as empty."""
        typed = {topic: request.form.get(WINDOWS + topic, "").strip() for topic in supply.topics}
        self.windows = {topic: int(said) for topic, said in typed.items() if said.isdecimal()}


class RuleForm(HoursForm):
    """Hours that repeat."""

    day_rule = RadioField(
        _l("哪些日子"),
        choices=[SelectChoice(each.value, _l(words)) for each, words in supply_words.DAY_RULES.items()],
        validators=[_NEEDED],
        default=DayRule.WORKDAYS.value,
    )
    weekdays = TicksField(
        _l("星期几"),
        coerce=int,
        choices=[SelectChoice(at, _l(day)) for at, day in enumerate(supply_words.WEEKDAYS)],
    )
    nth = TicksField(
        _l("每月第几个"),
        coerce=int,
        choices=[SelectChoice(at, _l(words)) for at, words in supply_words.NTHS.items()],
    )
    follows_holidays = BooleanField(_l("跟着放假和调休走"), default=True)
    valid_from = DateField(_l("从哪天起"), validators=[InputRequired(_l("请填写从哪天起。"))])
    valid_to = DateField(_l("到哪天止（可以不填）"), validators=[Optional()])
    blamed: ClassVar[Mapping[str, str]] = {
        "span-wrong": "spans",
        "spans-missing": "spans",
        "spans-many": "spans",
        "spans-overlap": "spans",
        "rules-overlap": "spans",
        "slot-wrong": "slot",
        "weekdays-missing": "weekdays",
        "nth-missing": "nth",
        "valid-wrong": "valid_to",
    }

    def offer(self, supply: Supply, townships: Mapping[str, str]) -> None:
        """Set the places."""
        self.place.choices = [SelectChoice(code, place.name) for code, place in supply.places.items()]

    def show(self, thing: Thing) -> None:
        """Fill the form in from a rule."""
        assert isinstance(thing, OpeningRule)
        for name in ("place", "slot", "follows_holidays", "valid_from", "valid_to"):
            self[name].data = getattr(thing, name)
        self.day_rule.data = thing.day_rule.value
        self.weekdays.data, self.nth.data = list(thing.weekdays), list(thing.nth)
        self.spans.data, self.windows = supply_words.span_texts(thing.spans), thing.windows

    def made(self, code: str) -> OpeningRule:
        """Return the rule."""
        day_rule = DayRule(self.day_rule.data)
        return OpeningRule(
            code,
            self.place.data or "",
            day_rule,
            supply_words.spans_of(self.spans.data or ""),
            self.slot.data or 0,
            {topic: many for topic, many in self.windows.items() if many},
            self.valid_from.data,
            self.valid_to.data,
            () if day_rule is DayRule.WORKDAYS else tuple(sorted(self.weekdays.data or ())),
            tuple(sorted(self.nth.data or ())) if day_rule is DayRule.NTH else (),
            bool(self.follows_holidays.data),
        )


class ExceptionForm(HoursForm):
    """Dates that differ."""

    kind = RadioField(
        _l("这些日子"),
        choices=[SelectChoice(each.value, _l(words)) for each, words in supply_words.EXCEPTION_KINDS.items()],
        validators=[_NEEDED],
    )
    first = DateField(_l("第一天"), validators=[InputRequired(_l("请填写第一天。"))])
    last = DateField(_l("最后一天（可以不填）"), validators=[Optional()])
    reason = StringField(_l("原因，群众会看到"), validators=[_LONG])
    as_weekday = SelectField(_l("按星期几办"), validate_choice=False)
    blamed: ClassVar[Mapping[str, str]] = {
        "span-wrong": "spans",
        "spans-missing": "spans",
        "spans-many": "spans",
        "spans-overlap": "spans",
        "slot-wrong": "slot",
        "reason-missing": "reason",
        "days-wrong": "last",
        "dates-overlap": "first",
        "rules-overlap": "spans",
        "weekdays-missing": "as_weekday",
    }

    def offer(self, supply: Supply, townships: Mapping[str, str]) -> None:
        """Set the places and weekdays."""
        places = [SelectChoice(code, place.name) for code, place in supply.places.items()]
        self.place.choices = [SelectChoice(ALL_PLACES, _(supply_words.ALL_PLACES)), *places]
        days = [SelectChoice(str(at), _(day)) for at, day in enumerate(supply_words.WEEKDAYS)]
        self.as_weekday.choices = [SelectChoice("", _("按星期几开的都不办")), *days]

    def show(self, thing: Thing) -> None:
        """Fill the form in from an exception."""
        assert isinstance(thing, DayException)
        for name in ("place", "first", "last", "reason"):
            self[name].data = getattr(thing, name)
        self.kind.data, self.slot.data = thing.kind.value, thing.slot or self.slot.data
        self.spans.data, self.windows = supply_words.span_texts(thing.spans), thing.windows
        self.as_weekday.data = "" if thing.as_weekday is None else str(thing.as_weekday)

    def made(self, code: str) -> DayException:
        """Return the exception; what its kind does not have is left out."""
        kind, weekday = ExceptionKind(self.kind.data), self.as_weekday.data or ""
        is_instead = kind is ExceptionKind.INSTEAD
        return DayException(
            code,
            self.place.data or ALL_PLACES,
            kind,
            self.first.data,
            self.last.data or self.first.data,
            _plain(self.reason.data),
            () if kind is ExceptionKind.MADE_UP else supply_words.spans_of(self.spans.data or ""),
            (self.slot.data or 0) if is_instead else 0,
            self.windows if is_instead else {},
            int(weekday) if kind is ExceptionKind.MADE_UP and weekday.isdecimal() else None,
        )


class TermsForm(ThingForm):
    """The terms of booking."""

    opens_unannounced = BooleanField(_l(supply_words.UNANNOUNCED))

    def show(self, thing: Thing) -> None:
        """Fill the form in from the terms."""
        for name in supply_words.TERM_WORDS:
            self[name].data = getattr(thing, name)

    def made(self, code: str) -> BookingTerms:
        """Return the terms."""
        values: dict[str, Any] = {name: self[name].data for name in supply_words.TERM_WORDS}
        return BookingTerms(**values)


for _name, _words in supply_words.TERM_WORDS.items():
    if _name != "opens_unannounced":
        setattr(TermsForm, _name, IntegerField(_l(_words), validators=[InputRequired(_l("请填一个整数。"))]))

FORMS: Mapping[SupplyPart, type[ThingForm]] = {
    SupplyPart.PLACE: PlaceForm,
    SupplyPart.TOPIC: TopicForm,
    SupplyPart.RULE: RuleForm,
    SupplyPart.EXCEPTION: ExceptionForm,
    SupplyPart.TERMS: TermsForm,
}


def _plain(typed: str | None) -> str:
    return " ".join((typed or "").split())


def _lines(typed: str | None) -> tuple[str, ...]:
    lines = (_plain(each)[: things.LONGEST_TEXT] for each in (typed or "").splitlines())
    return tuple(filter(None, lines))[:20]
