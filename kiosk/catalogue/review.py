"""
What in the catalogue asks for a clerk: a list for each reason, with how many there are and where to put it right.

Nothing here changes anything: a document whose day has passed is only shown, and a person decides.
"""

from __future__ import annotations

import calendar
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from kiosk.catalogue.kinds import KINDS
from kiosk.catalogue.links import DEAD_AFTER
from kiosk.catalogue.outside import GONE, NO_HOST
from kiosk.catalogue.rules import ENDED
from kiosk.catalogue.schema import N_, Type

VILLAGE_LISTS_FROM_MONTH = 10
"""From October on the villages without a list of the year are named: they are due before year-end (seed item 18)."""
MOST_SHOWN = 20
COMMENT_DAYS = 29
"""From the first to the last of 30 days."""

_LIVE = "d.deleted = 0"
_IN_FORCE = f"d.validity NOT IN ({', '.join(repr(each) for each in ENDED)})"


@dataclass(frozen=True)
class Due:
    """One entry of a list, and how it stands."""

    doc_id: str
    title: str
    detail: str


@dataclass(frozen=True)
class ToDo:
    """One question. act: the page of the desk that puts an entry right."""

    key: str
    title: str
    why: str
    act: str
    many: int
    shown: tuple[Due, ...]


@dataclass(frozen=True)
class Asked:
    """Of which day, after how many months what is stale, and how often words are told that found nothing."""

    today: date
    fee_months: int
    closed_months: int
    silent_least: int = 5
    silent_days: int = 3


Query = Callable[[Asked], tuple[str, tuple[object, ...]]]


def months_before(day: date, months: int) -> str:
    """The day so many months earlier, as YYYY-MM-DD; the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last)).isoformat()


def _past_validity(asked: Asked) -> tuple[str, tuple[object, ...]]:
    return (
        "SELECT d.doc_id, d.title, json_extract(d.record, '$.valid_until') AS detail FROM document d"
        f" WHERE {_LIVE} AND {_IN_FORCE} AND json_extract(d.record, '$.valid_until') <> ''"
        " AND json_extract(d.record, '$.valid_until') < ? ORDER BY detail",
        (asked.today.isoformat(),),
    )


def _not_interpreted(_asked: Asked) -> tuple[str, tuple[object, ...]]:
    return (
        "SELECT d.doc_id, d.title, d.doc_no FROM document d"
        f" WHERE {_LIVE} AND {_IN_FORCE} AND d.kind = 'policy'"
        " AND json_extract(d.record, '$.fields.category') = '行政规范性文件'"
        " AND NOT EXISTS (SELECT 1 FROM document_link l JOIN document i ON i.doc_id = l.from_id"
        " WHERE l.to_id = d.doc_id AND l.rel = 'interprets' AND i.deleted = 0)"
        " AND NOT EXISTS (SELECT 1 FROM document_link l JOIN document i ON i.doc_id = l.to_id"
        " WHERE l.from_id = d.doc_id AND l.rel = 'interpreted_by' AND i.deleted = 0)"
        " ORDER BY d.published_on DESC",
        (),
    )


def _answers_off(_asked: Asked) -> tuple[str, tuple[object, ...]]:
    ended = ", ".join(repr(each) for each in ENDED)
    return (
        "SELECT d.doc_id, d.title, max(s.title) FROM document d"
        " JOIN document_link l ON l.from_id = d.doc_id AND l.rel = 'based_on'"
        f" JOIN document s ON s.doc_id = l.to_id AND s.deleted = 0 AND s.validity IN ({ended})"
        f" WHERE {_LIVE} AND d.kind IN ('question', 'guide') GROUP BY d.doc_id, d.title ORDER BY d.title",
        (),
    )


def _closed(asked: Asked) -> tuple[str, tuple[object, ...]]:
    return (
        "SELECT doc_id, title, max(substr(decided_at, 1, 10), reviewed_on) AS detail FROM entry"
        " WHERE state = 'approved' AND disclosure <> 'proactive' AND detail <= ? ORDER BY detail",
        (months_before(asked.today, asked.closed_months),),
    )


def _no_ground(_asked: Asked) -> tuple[str, tuple[object, ...]]:
    return (
        "SELECT doc_id, title, '' FROM entry WHERE state = 'approved' AND disclosure = 'withheld'"
        " AND ground = '' ORDER BY title",
        (),
    )


def _villages(asked: Asked) -> tuple[str, tuple[object, ...]]:
    """Towns without any list of the year, and lists of years before that nobody made for this one."""
    year = asked.today.year if asked.today.month >= VILLAGE_LISTS_FROM_MONTH else 0
    place = "json_extract(d.record, '$.fields.township') || json_extract(d.record, '$.fields.village')"
    return (
        "SELECT o.doc_id, o.title || '：今年一份也没有' AS what, 0 AS last FROM document o"
        " WHERE o.deleted = 0 AND o.kind = 'organ' AND json_extract(o.record, '$.fields.level') = 'township'"
        " AND ? > 0 AND json_extract(o.record, '$.fields.short') NOT IN (SELECT"
        " coalesce(json_extract(v.record, '$.fields.township'), '') FROM document v WHERE v.deleted = 0"
        " AND v.kind = 'village' AND json_extract(v.record, '$.fields.year') = ?)"
        f" UNION ALL SELECT max(d.doc_id), {place} || '：' || json_extract(d.record, '$.fields.item') AS what,"
        " max(json_extract(d.record, '$.fields.year')) AS last FROM document d"
        f" WHERE {_LIVE} AND d.kind = 'village' GROUP BY what HAVING last < ? ORDER BY what",
        (year, year, year),
    )


def _fees(asked: Asked) -> tuple[str, tuple[object, ...]]:
    return (
        "SELECT d.doc_id, d.title, coalesce(nullif(json_extract(d.record, '$.fields.updated_on'), ''),"
        f" d.published_on) AS detail FROM document d WHERE {_LIVE} AND d.kind = 'fee' AND detail < ?"
        " ORDER BY detail",
        (months_before(asked.today, asked.fee_months),),
    )


def _lacks(condition: str, words: str) -> str:
    return f"CASE WHEN {condition} THEN '{words} ' ELSE '' END"


def _missing(_asked: Asked) -> tuple[str, tuple[object, ...]]:
    lacks = [
        _lacks("d.published_on = ''", "发布日期"),
        _lacks("d.kind = 'policy' AND d.doc_no = ''", "文号"),
        _lacks("d.kind = 'policy' AND d.issuers = '[]'", "发文机关"),
        _lacks("d.kind = 'policy' AND coalesce(json_extract(d.record, '$.drawn_on'), '') = ''", "成文日期"),
        _lacks("coalesce(json_array_length(d.record, '$.topics'), 0) = 0", "主题"),
    ]
    for kind in KINDS.values():
        for name in kind.needed:
            empty = f"coalesce(json_extract(d.record, '$.fields.{name}'), '') IN ('', '[]', '{{}}')"
            lacks.append(_lacks(f"d.kind = '{kind.id}' AND {empty}", kind.schema[name].label))
    return (
        f"SELECT d.doc_id, d.title, trim({' || '.join(lacks)}) AS detail FROM document d"
        f" WHERE {_LIVE} AND detail <> '' ORDER BY d.kind, d.title",
        (),
    )


def _references() -> str:
    """Every id that a published record names: its relations, and the columns of its tables that hold one."""
    parts = ["SELECT from_id, to_id FROM document_link"]
    for kind in KINDS.values():
        for field in kind.fields:
            for column in field.columns if field.type is Type.ROWS else ():
                if column.type is Type.REF:
                    parts.append(
                        f"SELECT r.doc_id, json_extract(e.value, '$.{column.name}') FROM document r,"
                        f" json_each(r.record, '$.fields.{field.name}') e"
                        f" WHERE r.deleted = 0 AND r.kind = '{kind.id}'"
                    )
    return " UNION ".join(parts)


def _dead_links(_asked: Asked) -> tuple[str, tuple[object, ...]]:
    return (
        "SELECT d.doc_id, d.title, group_concat(l.to_id, ' ') AS detail"
        f" FROM ({_references()}) l JOIN document d ON d.doc_id = l.from_id"
        f" WHERE {_LIVE} AND l.to_id <> ''"
        " AND NOT EXISTS (SELECT 1 FROM document t WHERE t.doc_id = l.to_id AND t.deleted = 0)"
        " GROUP BY d.doc_id, d.title ORDER BY d.title, d.doc_id",
        (),
    )


def _no_file(_asked: Asked) -> tuple[str, tuple[object, ...]]:
    return (
        "SELECT d.doc_id, d.title, group_concat(coalesce(nullif(json_extract(a.value, '$.name'), ''),"
        " json_extract(a.value, '$.url')), '；') AS detail FROM document d, json_each(d.record, '$.attachments') a"
        f" WHERE {_LIVE} AND coalesce(json_extract(a.value, '$.sha256'), '') = ''"
        " GROUP BY d.doc_id, d.title ORDER BY d.title, d.doc_id",
        (),
    )


def _dead_addresses(_asked: Asked) -> tuple[str, tuple[object, ...]]:
    return (
        "SELECT d.doc_id, d.title, group_concat(CASE l.said WHEN ? THEN '已删除 ' WHEN ? THEN '网站不存在 '"
        " ELSE '没有回应 ' END || l.url, ' ') AS detail FROM link_look l JOIN link_use u ON u.url = l.url"
        f" JOIN document d ON d.doc_id = u.doc_id WHERE {_LIVE} AND l.fails >= ?"
        " GROUP BY d.doc_id, d.title ORDER BY d.title, d.doc_id",
        (GONE, NO_HOST, DEAD_AFTER),
    )


def _problems(_asked: Asked) -> tuple[str, tuple[object, ...]]:
    return (
        "SELECT p.doc_id, coalesce(max(e.title), p.doc_id), sum(p.many) || '条' AS detail FROM problem p"
        " LEFT JOIN entry e ON e.doc_id = p.doc_id WHERE p.settled_at = '' GROUP BY p.doc_id"
        " ORDER BY sum(p.many) DESC, p.doc_id",
        (),
    )


def _silent(asked: Asked) -> tuple[str, tuple[object, ...]]:
    return (
        "SELECT '', s.words, sum(s.many) || '次，' || count(*) || '天' FROM silent_search s"
        " LEFT JOIN silent_settled d ON d.words = s.words WHERE d.words IS NULL OR s.day > d.through"
        " GROUP BY s.words HAVING sum(s.many) >= ? OR count(*) >= ? ORDER BY sum(s.many) DESC, s.words",
        (asked.silent_least, asked.silent_days),
    )


def _short_comments(_asked: Asked) -> tuple[str, tuple[object, ...]]:
    """Less than 30 days for comments without a reason (重大行政决策程序暂行条例, art. 15)."""
    start, end = (f"json_extract(d.record, '$.fields.comments_open.{name}')" for name in ("from", "until"))
    return (
        f"SELECT d.doc_id, d.title, {start} || ' — ' || {end} FROM document d WHERE {_LIVE} AND d.kind = 'decision'"
        f" AND {start} <> '' AND {end} <> '' AND julianday({end}) - julianday({start}) < ?"
        " AND coalesce(json_extract(d.record, '$.fields.comments_open.shorter_reason'), '') = '' ORDER BY d.title",
        (COMMENT_DAYS,),
    )


def _silent_refusals(_asked: Asked) -> tuple[str, tuple[object, ...]]:
    """Opinions that were not adopted, or only in part, without the reason that item 12 asks for."""
    return (
        "SELECT d.doc_id, d.title, count(*) || '条' FROM document d, json_each(d.record, '$.fields.comments') c"
        f" WHERE {_LIVE} AND d.kind = 'decision' AND json_extract(c.value, '$.adopted') IN ('no', 'partly')"
        " AND coalesce(json_extract(c.value, '$.reason'), '') = '' GROUP BY d.doc_id, d.title ORDER BY d.title",
        (),
    )


def _overdue_work(asked: Asked) -> tuple[str, tuple[object, ...]]:
    return (
        "SELECT d.doc_id, d.title, json_extract(d.record, '$.fields.due') AS due FROM document d"
        f" WHERE {_LIVE} AND d.kind = 'work_plan' AND due <> '' AND due < ?"
        " AND coalesce(json_extract(d.record, '$.fields.state'), '') <> 'done' ORDER BY due, d.doc_id",
        (asked.today.isoformat(),),
    )


def _unlinked_standards(_asked: Asked) -> tuple[str, tuple[object, ...]]:
    return (
        "SELECT d.doc_id, d.title, count(*) || '项' FROM document d, json_each(d.record, '$.fields.rows') r"
        f" WHERE {_LIVE} AND d.kind = 'standard' AND coalesce(json_extract(r.value, '$.id'), '') = ''"
        " AND coalesce(json_extract(r.value, '$.method'), '') NOT LIKE '%依申请%'"
        " GROUP BY d.doc_id, d.title ORDER BY d.title",
        (),
    )


def _unclassified(_asked: Asked) -> tuple[str, tuple[object, ...]]:
    return (
        "SELECT doc_id, title, source FROM entry WHERE state = 'waiting'"
        " AND json_extract(record, '$.disclosure') IS NULL ORDER BY proposed_at, doc_id",
        (),
    )


LISTS: tuple[tuple[str, str, str, str, Query], ...] = (
    ("past-validity", N_("有效期已过，等您确认"), N_("确认失效或者改有效期；不会自动改。"), "repeal", _past_validity),
    ("answers-off", N_("答案的依据已经废止"), N_("公民看不到这些答案，请换依据或者改答案。"), "edit", _answers_off),
    ("not-interpreted", N_("规范性文件还没有解读"), N_("解读和文件同步公开。"), "entry", _not_interpreted),
    ("problems", N_("公民反映有问题"), N_("核对以后记下怎么处理的。"), "problem", _problems),
    ("silent", N_("有人查、查不到的词"), N_("加同义词，或者写一条问答。"), "searches", _silent),
    ("unclassified", N_("还没有定公开属性"), N_("先定公开属性，再审核（工作要点第1项）。"), "entry", _unclassified),
    ("villages", N_("村级补贴名单还没有公开"), N_("每年年底前公开（工作要点第18项）。"), "entry", _villages),
    ("fees", N_("收费清单很久没有更新"), N_("核对一遍，把更新日期改成今天。"), "edit", _fees),
    ("closed", N_("不主动公开的内容该复查了"), N_("情形变了就可以公开；没有变就记下已复查。"), "entry", _closed),
    ("no-ground", N_("不予公开没有写依据"), N_("写明是条例第十四条到第十六条的哪一种。"), "edit", _no_ground),
    ("short-comments", N_("征求意见不足30日，没有写理由"), N_("延长，或者写明理由（决策程序条例第十五条）。"), "edit",
     _short_comments),
    ("no-reason", N_("没有采纳的意见没有写原因"), N_("向社会说明原因（工作要点第12项）。"), "edit",
     _silent_refusals),
    ("work-overdue", N_("工作要点到期还没有完成"), N_("写明进展，或者改期限（工作要点第36项“回头看”）。"), "edit",
     _overdue_work),
    ("standards", N_("标准目录的事项还没有链接到信息"), N_("填上信息的编号（工作要点第16项）。"), "edit",
     _unlinked_standards),
    ("missing", N_("缺少该有的信息"), N_("补上以后查得到、看得懂。"), "edit", _missing),
    ("no-file", N_("附件只有名称，没有文件"), N_("上传文件，公民在一体机上才看得到。"), "attachments", _no_file),
    ("dead-links", N_("关联的内容已经不在了"), N_("改成现在的编号，或者删掉这条关联。"), "edit", _dead_links),
    ("dead-addresses", N_("外面的网址打不开"), N_("在不同的日子看过三次都打不开。改成新网址，或者删掉。"), "edit",
     _dead_addresses),
)  # fmt: skip
"""Key, question, what to do, page, query: the questions in the order of the page."""


def to_do(connection: sqlite3.Connection, asked: Asked, only: str = "") -> list[ToDo]:
    """The questions that somebody must look at (with `only`, that one with all its entries)."""
    found = []
    for key, title, why, act, query in LISTS:
        if only and key != only:
            continue
        sql, values = query(asked)
        rows = connection.execute(sql, values).fetchall()
        shown = rows if only else rows[:MOST_SHOWN]
        if rows or only:
            told = tuple(Due(str(row[0]), str(row[1]), str(row[2] or "")) for row in shown)
            found.append(ToDo(key, title, why, act, len(rows), told))
    return found


def count(connection: sqlite3.Connection, asked: Asked) -> int:
    """How many entries all lists hold together."""
    return sum(each.many for each in to_do(connection, asked))
