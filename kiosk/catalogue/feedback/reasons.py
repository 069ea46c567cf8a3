"""
The quality report: what in the catalogue needs a clerk, one list for each reason, with its count and where to fix it.

Nothing is changed here: a document whose day has passed is only listed, and a person decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from peewee import Expression

from kiosk.catalogue.feedback import empty_searches, problems, rules
from kiosk.catalogue.feedback.outside import GONE, NO_HOST
from kiosk.catalogue.feedback.outside_links import DEAD_AFTER
from kiosk.catalogue.feedback.rules import QualityLimits, RecordContext, Rule, months_before
from kiosk.catalogue.records import documents, listings
from kiosk.catalogue.records.documents import Document, DocumentHead
from kiosk.catalogue.records.kinds import DIRECTORY, KINDS, PAYMENTS
from kiosk.catalogue.records.models import DocumentLink, Entry, LinkLook, LinkUse
from kiosk.catalogue.records.schema import N_
from kiosk.db import JsonText, rows

VILLAGE_LISTS_FROM_MONTH = 10
"""Month from which villages without a list of the year are listed: lists are due before year-end (seed item 18)."""
MOST_SHOWN = 20


@dataclass(frozen=True)
class Due:
    """One entry of a list, and its state in words."""

    doc_id: str
    title: str
    detail: str


@dataclass(frozen=True)
class ToDo:
    """One question with its entries. act: The page of the desk that fixes an entry."""

    key: str
    title: str
    why: str
    act: str
    many: int
    shown: tuple[Due, ...]


Order = Callable[[Document, str], tuple[str, ...]]
"""The sort key of a document and its state."""


def _by_title(document: Document, _detail: str) -> tuple[str, ...]:
    return document.title, document.doc_id


def _by_detail(_document: Document, detail: str) -> tuple[str, ...]:
    return (detail,)


def _by_kind(document: Document, _detail: str) -> tuple[str, ...]:
    return document.kind, document.title


def _newest(document: Document, _detail: str) -> tuple[str, ...]:
    return (document.published_on,)


@dataclass(frozen=True)
class OfRecords:
    """A question answered record by record; `is_latest_first` reverses the order."""

    rule: Rule
    order: Order = _by_title
    is_latest_first: bool = False


OfTables = Callable[[QualityLimits, Mapping[str, DocumentHead]], list[Due]]
"""A question answered from tables of the desk; beside them all that is published, by id."""


@dataclass(frozen=True)
class Concern:
    """One question: its title, what to do about it, the page of the desk for that, and what answers it."""

    key: str
    title: str
    why: str
    act: str
    answer: OfRecords | OfTables


def _closed(asked: QualityLimits, _live: Mapping[str, DocumentHead]) -> list[Due]:
    looked_at = [
        Due(each.doc_id, each.title, max(each.decided_at[:10], each.reviewed_on))
        for each in _entries(Entry.state == "approved", Entry.disclosure != "proactive")
    ]
    before = months_before(asked.today, asked.closed_months)
    return sorted((each for each in looked_at if each.detail <= before), key=lambda each: each.detail)


def _entries(*conditions: Expression) -> Iterable[Entry]:
    columns = (Entry.doc_id, Entry.title, Entry.source, Entry.decided_at, Entry.reviewed_on)
    return Entry.select(*columns).where(*conditions).order_by(Entry.proposed_at, Entry.doc_id)


def _no_ground(_asked: QualityLimits, _live: Mapping[str, DocumentHead]) -> list[Due]:
    found = _entries(Entry.state == "approved", Entry.disclosure == "withheld", Entry.ground == "")
    return sorted((Due(each.doc_id, each.title, "") for each in found), key=lambda each: each.title)


def _unclassified(_asked: QualityLimits, _live: Mapping[str, DocumentHead]) -> list[Due]:
    is_open = JsonText(Entry.record, "disclosure").is_null()
    return [Due(each.doc_id, each.title, each.source) for each in _entries(Entry.state == "waiting", is_open)]


@dataclass(frozen=True)
class _VillageList:
    """The village and year of a published list."""

    doc_id: str
    township: str | None
    village: str | None
    item: str | None
    year: str | None


def _villages(asked: QualityLimits, live: Mapping[str, DocumentHead]) -> list[Due]:
    """Return towns without any list of the year, and earlier lists that have no successor this year."""
    if asked.today.month < VILLAGE_LISTS_FROM_MONTH:
        return []
    names = ("township", "village", "item", "year")
    published = listings.fields_of(PAYMENTS.id, names, _VillageList)
    year = asked.today.year
    sent = {each.township for each in published if each.year == str(year)}
    found = [
        Due(each.doc_id, f"{each.title}：今年一份也没有", "")
        for each in _towns(live)
        if each.short not in sent
    ]
    made: dict[str, list[_VillageList]] = {}
    for each in published:
        made.setdefault(f"{each.township or ''}{each.village or ''}：{each.item or ''}", []).append(each)
    for what, lists in made.items():
        last = max(int(each.year or 0) for each in lists)
        if last < year:
            found.append(Due(max(each.doc_id for each in lists), what, str(last or "")))
    return sorted(found, key=lambda each: each.title)


@dataclass(frozen=True)
class _Town:
    """A township's organ of the directory, and its name in lists."""

    doc_id: str
    title: str
    short: str | None


def _towns(live: Mapping[str, DocumentHead]) -> list[_Town]:
    @dataclass(frozen=True)
    class Names:
        doc_id: str
        short: str | None
        level: str | None

    organs = listings.fields_of(DIRECTORY.id, ("short", "level"), Names)
    return [
        _Town(each.doc_id, live[each.doc_id].title, each.short) for each in organs if each.level == "township"
    ]


@dataclass(frozen=True)
class _Address:
    """An address that did not answer, and a document that contains it."""

    doc_id: str
    url: str
    said: str


def _dead_addresses(_asked: QualityLimits, live: Mapping[str, DocumentHead]) -> list[Due]:
    query = (
        LinkUse.select(LinkUse.doc_id, LinkUse.url, LinkLook.said)
        .join(LinkLook, on=(LinkLook.url == LinkUse.url))
        .where(LinkLook.fails >= DEAD_AFTER)
        .order_by(LinkUse.doc_id, LinkUse.url)
    )
    how = {GONE: "已删除", NO_HOST: "网站不存在"}
    dead: dict[str, list[str]] = {}
    for each in rows(query, _Address):
        if each.doc_id in live:
            dead.setdefault(each.doc_id, []).append(f"{how.get(each.said, '没有回应')} {each.url}")
    found = [Due(doc_id, live[doc_id].title, " ".join(urls)) for doc_id, urls in dead.items()]
    return sorted(found, key=lambda each: (each.title, each.doc_id))


def _problems(_asked: QualityLimits, _live: Mapping[str, DocumentHead]) -> list[Due]:
    found = sorted(problems.open_reports(), key=lambda each: (-each.many, each.doc_id))
    return [Due(each.doc_id, each.title or each.doc_id, f"{each.many}条") for each in found]


def _silent(asked: QualityLimits, _live: Mapping[str, DocumentHead]) -> list[Due]:
    found = sorted(
        empty_searches.listed(asked.silent_least, asked.silent_days),
        key=lambda each: (-each.many, each.words),
    )
    return [Due("", each.words, f"{each.many}次，{each.days}天") for each in found]


_RULES = rules
LISTS: tuple[Concern, ...] = (
    Concern("past-validity", N_("有效期已过，等您确认"), N_("确认失效或者改有效期；不会自动改。"), "repeal",
             OfRecords(_RULES.past_validity, _by_detail)),
    Concern("answers-off", N_("答案的依据已经废止"), N_("公民看不到这些答案，请换依据或者改答案。"), "edit",
             OfRecords(_RULES.answers_off)),
    Concern("not-interpreted", N_("规范性文件还没有解读"), N_("解读和文件同步公开。"), "entry",
             OfRecords(_RULES.not_interpreted, _newest, is_latest_first=True)),
    Concern("problems", N_("公民反映有问题"), N_("核对以后记下怎么处理的。"), "problem", _problems),
    Concern("silent", N_("有人查、查不到的词"), N_("加同义词，或者写一条问答。"), "searches", _silent),
    Concern("unclassified", N_("还没有定公开属性"), N_("先定公开属性，再审核（工作要点第1项）。"), "entry",
             _unclassified),
    Concern("villages", N_("村级补贴名单还没有公开"), N_("每年年底前公开（工作要点第18项）。"), "entry", _villages),
    Concern("fees", N_("收费清单很久没有更新"), N_("核对一遍，把更新日期改成今天。"), "edit",
             OfRecords(_RULES.fees, _by_detail)),
    Concern("closed", N_("不主动公开的内容该复查了"), N_("情形变了就可以公开；没有变就记下已复查。"), "entry",
             _closed),
    Concern("no-ground", N_("不予公开没有写依据"), N_("写明是条例第十四条到第十六条的哪一种。"), "edit", _no_ground),
    Concern("short-comments", N_("征求意见不足30日，没有写理由"), N_("延长，或者写明理由（决策程序条例第十五条）。"),
             "edit", OfRecords(_RULES.short_comments)),
    Concern("no-reason", N_("没有采纳的意见没有写原因"), N_("向社会说明原因（工作要点第12项）。"), "edit",
             OfRecords(_RULES.silent_refusals)),
    Concern("work-overdue", N_("工作要点到期还没有完成"), N_("写明进展，或者改期限（工作要点第36项“回头看”）。"),
             "edit", OfRecords(_RULES.overdue_work, _by_detail)),
    Concern("standards", N_("标准目录的事项还没有链接到信息"), N_("填上信息的编号（工作要点第16项）。"), "edit",
             OfRecords(_RULES.unlinked_standards)),
    Concern("missing", N_("缺少该有的信息"), N_("补上以后查得到、看得懂。"), "edit",
             OfRecords(_RULES.missing, _by_kind)),
    Concern("no-file", N_("附件只有名称，没有文件"), N_("上传文件，公民在一体机上才看得到。"), "attachments",
             OfRecords(_RULES.no_file)),
    Concern("dead-links", N_("关联的内容已经不在了"), N_("改成现在的编号，或者删掉这条关联。"), "edit",
             OfRecords(_RULES.dead_links)),
    Concern("dead-addresses", N_("外面的网址打不开"), N_("在不同的日子看过三次都打不开。改成新网址，或者删掉。"),
             "edit", _dead_addresses),
)  # fmt: skip
"""The questions, in the order of the page."""


def to_do(asked: QualityLimits, only: str = "") -> list[ToDo]:
    """Return the questions with entries (with `only`, that one with all its entries)."""
    questions = [each for each in LISTS if not only or each.key == only]
    live = documents.all_heads()
    of_records = _looked_through(questions, asked, live)
    found = []
    for each in questions:
        due = of_records[each.key] if isinstance(each.answer, OfRecords) else each.answer(asked, live)
        if due or only:
            shown = tuple(due if only else due[:MOST_SHOWN])
            found.append(ToDo(each.key, each.title, each.why, each.act, len(due), shown))
    return found


def _looked_through(
    questions: Sequence[Concern], asked: QualityLimits, live: Mapping[str, DocumentHead]
) -> dict[str, list[Due]]:
    """Return the entries of each question, reading every published record once."""
    own = {each.key: each.answer for each in questions if isinstance(each.answer, OfRecords)}
    found: dict[str, list[tuple[tuple[str, ...], Due]]] = {key: [] for key in own}
    of_some = {key for kind in KINDS.values() for key in kind.reviewed}
    if not own:
        return {}
    around = _around(asked, live)
    for document in documents.stream(documents.live()):
        for key, question in own.items():
            if key in of_some and key not in document.described.reviewed:
                continue
            detail = question.rule(document, around)
            if detail:
                due = Due(document.doc_id, document.title, detail.strip())
                found[key].append((question.order(document, detail), due))
    for key, question in own.items():
        found[key].sort(key=lambda each: each[0], reverse=question.is_latest_first)
    return {key: [due for _order, due in each] for key, each in found.items()}


def _around(asked: QualityLimits, live: Mapping[str, DocumentHead]) -> RecordContext:
    links: dict[str, list[str]] = {}
    based_on: dict[str, list[str]] = {}
    interpreted: set[str] = set()
    for link in DocumentLink.select().order_by(DocumentLink.from_id, DocumentLink.to_id).iterator():
        links.setdefault(link.from_id, []).append(link.to_id)
        if link.rel == "based_on":
            based_on.setdefault(link.from_id, []).append(link.to_id)
        if link.rel == "interprets" and link.from_id in live:
            interpreted.add(link.to_id)
        if link.rel == "interpreted_by" and link.to_id in live:
            interpreted.add(link.from_id)
    return RecordContext(asked, live, links, based_on, frozenset(interpreted))
