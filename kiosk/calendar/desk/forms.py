"""The forms in which a year comes in at the desk: a pasted notice, a file, or days written by hand."""

from __future__ import annotations

from dataclasses import dataclass

from flask_wtf import FlaskForm
from werkzeug.datastructures import FileStorage
from wtforms import DateField, FileField, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from kiosk.calendar import actions, day_tables, notices, rules
from kiosk.calendar.actions import Way
from kiosk.calendar.rules import NoticeWrong
from kiosk.web.language.i18n import date_words
from kiosk.web.language.wording import N_
from kiosk.web.language.wording import gettext as _
from kiosk.web.language.wording import lazy_gettext as _l
from kiosk.workdays import Source, Year

WHY = {
    "text-too-long": N_("粘贴的文字太长，请只粘贴通知本身。"),
    "year-missing": N_("没有看出是哪一年的通知，请把标题一起粘贴进来。"),
    "no-items": N_("没有看到“一、元旦：……”这样的条目，请粘贴通知全文。"),
    "not-understood": N_("这一句没有看懂：“%(quote)s”。请对照原文，或者改用手工填写。"),
    "no-such-day": N_("没有这一天：“%(quote)s”。"),
    "weekday-wrong": N_("“%(quote)s”的星期不对：那一天是%(fact)s。"),
    "count-wrong": N_("“%(quote)s”的天数不对：从头到尾是%(fact)s天。"),
    "order-wrong": N_("“%(quote)s”的先后不对，或者中间断开了。"),
    "worked-weekday": N_("“%(quote)s”说上班，可那一天不是周六、周日。"),
    "day-twice": N_("%(quote)s写了两次。"),
    "day-of-other-year": N_("%(quote)s不是这一年的日子，也不是上一年的12月。"),
    "holiday-missing": N_("没有“%(quote)s”。通知要全，少一个节日，那几天就会算成上班。"),
    "holiday-elsewhere": N_("“%(quote)s”没有放%(fact)s那一天。"),
    "nothing-to-change": N_("这是调整%(quote)s年安排的通知，可%(quote)s年的安排还没有导入，请先导入它。"),
    "not-announced": N_("%(quote)s年的放假安排还没有公布：里面一天也没有，不能导入。"),
    "no-source": N_("要写明依据哪一份通知：文号或者印发日期至少写一样。"),
    "year-wrong": N_("年份不对：%(quote)s。"),
    "not-json": N_("这个文件不是 holiday-cn 的 JSON 文件。"),
    "not-text": N_("这个文件不是 UTF-8 文本。"),
    "day-wrong": N_("这一天的写法不对：%(quote)s"),
    "line-wrong": N_("这一行没有看懂：“%(quote)s”。每行写一天或一段，再写节日的名称。"),
    "file-too-large": N_("文件太大：一年的文件只有几千个字节。"),
    "no-change": N_("和现在的日历一模一样，没有要改的。"),
    "already-proposed": N_("这一年别人已经提出了，请先看他提出的。"),
}
DATED = frozenset({"weekday-wrong", "holiday-elsewhere"})
"""Refusals whose fact is a day."""
WAYS = {
    Way.SHIPPED: N_("软件自带"),
    Way.FILE: N_("导入文件"),
    Way.NOTICE: N_("粘贴通知"),
    Way.HAND: N_("手工填写"),
}


def sentence(wrong: NoticeWrong) -> str:
    """Return why a year is refused, with the words that are wrong."""
    fact = date_words(wrong.fact, weekday=True) if wrong.code in DATED else wrong.fact
    return _(WHY[wrong.code], quote=wrong.quote, fact=fact)


class YearForm(FlaskForm):
    """A year as it was given, by one of three ways, and the notice that announced it."""

    way = HiddenField()
    text = TextAreaField(_l("通知全文，连标题和日期"))
    file = FileField(_l("holiday-cn 的 JSON 文件"))
    year = IntegerField(_l("哪一年"), validators=[Optional()])
    off = TextAreaField(_l("放假的日子"))
    work = TextAreaField(_l("调休上班的周六、周日"))
    name = StringField(_l("通知的名称"), validators=[Length(max=100)])
    number = StringField(_l("文号"), validators=[Length(max=60)])
    issued_on = DateField(_l("印发日期"), validators=[Optional()])
    url = StringField(_l("从哪里来（网址）"), validators=[Length(max=300)])

    def take_file(self) -> None:
        """Put the content of the file in the place of the text, so that the next page sends it again."""
        given = self.file.data
        if self.way.data == Way.FILE and isinstance(given, FileStorage) and given.filename:
            content = given.read(day_tables.LARGEST_FILE + 1)
            if len(content) > day_tables.LARGEST_FILE:
                raise NoticeWrong("file-too-large")
            try:
                self.text.data = content.decode("utf-8-sig")
            except UnicodeDecodeError as error:
                raise NoticeWrong("not-text") from error


@dataclass(frozen=True)
class YearGiven:
    """
    A year as a person gave it.

    Args:
        passed_over: Sentences of the notice with a date that set no day. missing: Statutory holidays without a day.
    """

    year: Year
    way: Way
    text: str
    passed_over: tuple[str, ...]
    missing: tuple[str, ...]


def read(form: YearForm) -> YearGiven:
    """
    Return the year in a form.

    Raises:
        NoticeWrong: see `WHY`.
    """
    way = Way(form.way.data) if form.way.data in (Way.FILE, Way.NOTICE) else Way.HAND
    text = form.text.data or ""
    passed_over: tuple[str, ...] = ()
    if way is Way.NOTICE:
        found = notices.read(text)
        passed_over = found.passed_over
        source = Source(
            form.name.data or found.name,
            form.number.data or found.number,
            form.issued_on.data or found.issued_on,
            form.url.data or "",
        )
        year = notices.year_read(found, _checked(source), actions.year_now(found.year))
    elif way is Way.FILE:
        year = day_tables.year_of_json(text.encode(), _given(form))
    else:
        year = _by_hand(form)
    return YearGiven(year, way, text if way is Way.NOTICE else "", passed_over, tuple(rules.missing(year)))


def _by_hand(form: YearForm) -> Year:
    number = form.year.data or 0
    before, given = actions.year_now(number), _given(form)
    sources = [*(before.sources if before else ()), *([given] if given else ())]
    return day_tables.year_of_lines(number, form.off.data or "", form.work.data or "", sources)


def _given(form: YearForm) -> Source | None:
    """Return the notice that a person named; None when nothing was written."""
    number, day, url = form.number.data or "", form.issued_on.data, form.url.data or ""
    if not (number or day):
        return None
    return Source(form.name.data or number, number, day, url)


def _checked(source: Source) -> Source:
    if not (source.number or source.issued_on):
        raise NoticeWrong("no-source")
    return source
