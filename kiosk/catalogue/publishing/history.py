"""The history of an entry from the audit chain, and the ledger of a list of entries."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from kiosk.audit import Act, AuditLine
from kiosk.catalogue.records.kinds import KINDS
from kiosk.catalogue.records.models import Entry
from kiosk.catalogue.records.record import Record
from kiosk.catalogue.records.rules import DISCLOSURE, GROUNDS, VALIDITY
from kiosk.catalogue.records.schema import N_
from kiosk.clock import BEIJING, from_stamp
from kiosk.csv_cells import safe_cell

ACTS = {
    Act.CATALOGUE_IMPORT: N_("随一批导入"),
    Act.CATALOGUE_NEW: N_("新增"),
    Act.CATALOGUE_EDIT: N_("更正"),
    Act.CATALOGUE_AMEND: N_("修订，保留旧版"),
    Act.CATALOGUE_REPEAL: N_("废止或失效"),
    Act.CATALOGUE_ATTACHMENTS: N_("改了附件"),
    Act.CATALOGUE_APPROVE: N_("审核通过"),
    Act.CATALOGUE_APPROVE_ALONE: N_("审核通过（本单位只有一位发布员）"),
    Act.CATALOGUE_APPROVE_BATCH: N_("随一批审核通过"),
    Act.CATALOGUE_PUBLISH_DUE: N_("到定好的日期自动发布"),
    Act.CATALOGUE_UNSCHEDULE: N_("取消定时"),
    Act.CATALOGUE_REFUSE: N_("退回"),
    Act.CATALOGUE_WITHDRAW: N_("撤下"),
    Act.CATALOGUE_REVIEWED: N_("复查，不变"),
    Act.CATALOGUE_NAMES_ERASED: N_("公示期满，删除名单"),
    Act.CATALOGUE_PROBLEM_SETTLED: N_("处理公民反映"),
}
"""Acts of the audit chain, in the words of the desk."""
_OF_A_BATCH = (Act.CATALOGUE_IMPORT, Act.CATALOGUE_APPROVE_BATCH)


@dataclass(frozen=True)
class Step:
    """One act: when, by whom, a key of ACTS, and the day it was planned for."""

    at: str
    actor: str
    act: str
    publish_on: str


def of_entry(entry: Entry) -> list[Step]:
    """
    Return all acts on an entry, oldest first; also its last import, and the approval of that batch if it decided
    about the entry.
    """
    brought, approved = _OF_A_BATCH
    own = (AuditLine.subject == entry.doc_id) & AuditLine.act.not_in(_OF_A_BATCH)
    decided = (AuditLine.act == approved) & (AuditLine.at == entry.decided_at)
    of_batch = (AuditLine.subject == str(entry.batch_id or "")) & ((AuditLine.act == brought) | decided)
    lines = AuditLine.select().where(own | of_batch).order_by(AuditLine.seq)
    return [
        Step(each.at, each.actor, each.act, str(json.loads(each.detail).get("publish_on", "")))
        for each in lines
        if each.act in ACTS
    ]


def _moment(at: str) -> str:
    return from_stamp(at).astimezone(BEIJING).strftime("%Y-%m-%d %H:%M") if at else ""


LEDGER: dict[str, Callable[[Entry, Record], str]] = {
    "编号": lambda entry, record: entry.doc_id,
    "标题": lambda entry, record: entry.title,
    "类别": lambda entry, record: KINDS[entry.kind].name,
    "文号": lambda entry, record: record.get("doc_no", ""),
    "索引号": lambda entry, record: record.get("index_no", ""),
    "发文机关": lambda entry, record: "、".join(record.get("issuers", [])),
    "成文日期": lambda entry, record: record.get("drawn_on", ""),
    "发布日期": lambda entry, record: record.get("published_on", ""),
    "有效期至": lambda entry, record: record.get("valid_until", ""),
    "有效性": lambda entry, record: VALIDITY.get(record.get("validity", ""), ""),
    "公开属性": lambda entry, record: DISCLOSURE.get(record.get("disclosure", ""), "未定"),
    "不予公开的依据": lambda entry, record: GROUNDS.get(entry.ground, ""),
    "来源": lambda entry, record: entry.source,
    "原文网址": lambda entry, record: record.get("source_url", ""),
    "附件数": lambda entry, record: str(len(record.get("attachments", []))),
    "提交人": lambda entry, record: entry.proposed_by,
    "提交时间": lambda entry, record: _moment(entry.proposed_at),
    "审核人": lambda entry, record: entry.decided_by,
    "审核时间": lambda entry, record: _moment(entry.decided_at),
    "定时发布": lambda entry, record: entry.publish_on,
    "理由": lambda entry, record: entry.note or entry.reason,
}
"""Columns of the ledger that an office keeps of its entries. No names of persons."""


def ledger(entries: Iterable[Entry]) -> Iterator[str]:
    """Yield the ledger as lines of CSV, safe for a spreadsheet: no cell is read as a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    out.write("\ufeff")
    writer.writerow(["序号", *LEDGER])
    for number, entry in enumerate(entries, 1):
        record = entry.content
        writer.writerow([str(number), *(safe_cell(cell(entry, record)) for cell in LEDGER.values())])
        yield out.getvalue()
        out.seek(0)
        out.truncate()
    yield out.getvalue()
