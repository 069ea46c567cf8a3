"""Statistics of the queues of halls: how long people waited and were served, by place and hour; small groups hidden."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from functools import partial
from itertools import pairwise

from kiosk.consultation.booking.desk.views import place_name, topic_name
from kiosk.figures import pictured
from kiosk.figures.count_tables import tabled
from kiosk.figures.pictured import Pictured
from kiosk.queue.counted import hub_counts
from kiosk.queue.counted.hub_counts import SERVICE, WAIT, TimedHour, TopicPeople
from kiosk.web.language.wording import gettext as _

PEOPLE = ("in_turn", "picked", "missed", "never_called")


def of_days(first: date, final: date) -> list[Pictured]:
    """Return for each hall the waits and the services of these days; with none, one table that says so."""
    found = hub_counts.timed_hours(first, final)
    places = sorted({each.place for each in found}) or [""]
    times = [_of_hall(found, place, name) for place in places for name in (WAIT, SERVICE)]
    people = hub_counts.people(first, final)
    return [*times, *(_of_people(people, place) for place in sorted({each.place for each in people}))]


def _of_people(found: Sequence[TopicPeople], place: str) -> Pictured:
    """Return what became of those who took a number in a hall, by topic."""
    many = Counter({
        (each.topic, column): getattr(each, column)
        for each in found
        if each.place == place
        for column in PEOPLE
    })  # fmt: skip
    title = _("大厅排队：怎么叫的")
    titled = _("%(title)s（%(place)s）", title=title, place=place_name(place)) if place else title
    return pictured.of(titled, _("问什么事"), tabled(many, PEOPLE), topic_name, _people_words, by_row=False)


def _people_words(code: str) -> str:
    return {
        "in_turn": _("按顺序叫的"),
        "picked": _("点名叫的"),
        "missed": _("过号没回来"),
        "never_called": _("没有叫到"),
    }[code]


def _of_hall(found: Sequence[TimedHour], place: str, name: str) -> Pictured:
    many = Counter({
        (f"{each.hour:02d}", each.step): each.many
        for each in found
        if (each.place, each.name) == (place, name)
    })  # fmt: skip
    table = tabled(many, hub_counts.steps(name))
    words = partial(_step_words, name)
    return pictured.of(_title(place, name), _("取号的时间"), table, hour_words, words, by_row=False)


def _title(place: str, name: str) -> str:
    title = _("大厅排队：等了多久") if name == WAIT else _("大厅排队：办了多久")
    return _("%(title)s（%(place)s）", title=title, place=place_name(place)) if place else title


def hour_words(code: str) -> str:
    """Return the words of an hour of the day."""
    return _("%(start)s到%(end)s点", start=int(code), end=int(code) + 1)


def _step_words(name: str, code: str) -> str:
    ends = hub_counts.steps(name)[:-1]
    if code == ends[0]:
        return _("不到%(end)s分钟", end=int(code))
    if code not in ends:
        return _("%(start)s分钟以上", start=int(ends[-1]))
    start = next(before for before, end in pairwise(ends) if end == code)
    return _("%(start)s到%(end)s分钟", start=int(start), end=int(code))
