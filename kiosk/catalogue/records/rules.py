"""The rules of an import record (DESIGN.md §3, LAW.md §8). Pure: no database, no request, no clock."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from kiosk.catalogue.records import attachment
from kiosk.catalogue.records.kinds import KINDS
from kiosk.catalogue.records.record import Unchecked
from kiosk.catalogue.records.schema import (
    CONTROL,
    N_,
    Field,
    RecordFault,
    code,
    day,
    faults_of,
    is_blank,
    read_day,
    ref,
    rows,
    text,
    texts,
)

TEXT_KEYS = (
    "id",
    "kind",
    "title",
    "body",
    "index_no",
    "doc_no",
    "validity",
    "validity_reason",
    "disclosure",
    "summary",
    "source",
    "source_url",
)
DATE_KEYS = ("drawn_on", "published_on", "effective_on", "valid_until")
LIST_KEYS = ("issuers", "topics", "audience")
KEYS = frozenset((*TEXT_KEYS, *DATE_KEYS, *LIST_KEYS, "links", "attachments", "fields"))
NEEDED = ("id", "kind", "title", "body")

VALIDITY = {
    "not_yet": N_("尚未施行"),
    "in_force": N_("现行有效"),
    "amended": N_("已修改"),
    "partly_repealed": N_("部分废止"),
    "repealed": N_("已废止"),
    "expired": N_("已失效"),
}
ENDED = ("repealed", "expired")
"""No longer in force: the page says so first."""
_WITHOUT_REASON = ("not_yet", "in_force")
DISCLOSURE = {"proactive": N_("主动公开"), "on_request": N_("依申请公开"), "withheld": N_("不予公开")}

GROUNDS = {
    "secret": N_("依法确定为国家秘密（条例第十四条）"),
    "law": N_("法律、行政法规禁止公开（条例第十四条）"),
    "safety": N_("公开后可能危及国家安全、公共安全、经济安全、社会稳定（条例第十四条）"),
    "third": N_("涉及商业秘密、个人隐私等，公开会损害第三方合法权益（条例第十五条）"),
    "internal": N_("人事管理、后勤管理、内部工作流程等内部事务信息（条例第十六条第一款）"),
    "process": N_("讨论记录、过程稿、磋商信函、请示报告等过程性信息（条例第十六条第二款）"),
    "casefile": N_("行政执法案卷信息（条例第十六条第二款）"),
}
"""Grounds for withholding an entry. Source: 政府信息公开条例 (2019 revision), art. 14 to 16."""

LINKS = {
    "replaced_by": "replaces",
    "amended_by": "amends",
    "repealed_by": "repeals",
    "interprets": "interpreted_by",
    "based_on": "basis_of",
    "published_in": "contains",
    "part_of": "has_part",
    "result_of": "led_to",
    "related": "related",
}
"""Each relation and its inverse; a record may state either."""
INVERSE = {**LINKS, **{back: there for there, back in LINKS.items()}}
SUCCESSORS = ("replaced_by", "repealed_by", "amended_by")

LIMITS = {
    "id": 200,
    "title": 500,
    "body": 2_000_000,
    "summary": 5_000,
    "validity_reason": 1_000,
    "source": 1_000,
    "source_url": 2_000,
}
"""Most characters by key; every other text may have SHORT_TEXT."""
SHORT_TEXT = 200
MOST_ITEMS = 200
LARGEST_RECORD = 8_000_000
"""Most bytes of one record; a longer line is not read."""
_SPLIT = r"[\t\r\n]*"
"""Characters that browsers drop from inside an address."""
_ID = re.compile(r"[\w][\w:.\-~+@]*(?:/[\w][\w:.\-~+@]*)*")
_ACTIVE = re.compile(
    r"<\s*/?\s*(?:script|i?frame|frameset|object|embed|applet|style|svg|math|link|meta|base|form|input|button"
    r"|textarea|select|img|video|audio|template|noscript)\b"
    r"|<[a-z][^<>]*?[\s/\"']on[a-z]{3,}\s*="
    rf"|(?:{_SPLIT.join('java')}|v{_SPLIT}b){_SPLIT}{_SPLIT.join('script')}{_SPLIT}:"
    r"|data:\s*text/html",
    re.I,
)
"""Active content of a page: elements, handlers, addresses that are programs."""

REASONS = {
    "not-a-record": N_("不是一条记录"),
    "not-text": N_("不是可读的文字"),
    "unknown-key": N_("没有这一项"),
    "missing": N_("缺少必填项"),
    "wrong-type": N_("类型不对"),
    "too-long": N_("内容过长"),
    "too-many": N_("条目过多"),
    "bad-id": N_("编号只能由文字、数字和 : . - ~ + @ / 组成"),
    "control-character": N_("含有控制字符"),
    "active-markup": N_("含有网页脚本或嵌入内容"),
    "unknown-kind": N_("没有这一类别"),
    "unknown-code": N_("不在可选范围内"),
    "bad-date": N_("日期不对，应为 年-月-日"),
    "drawn-after-published": N_("成文日期晚于发布日期"),
    "ends-before-it-starts": N_("有效期至早于施行日期"),
    "validity-missing": N_("政策文件必须标明有效性"),
    "reason-missing": N_("标明有效性变化时必须写明理由"),
    "bad-link": N_("关联写法不对"),
    "links-to-itself": N_("关联指向自己"),
    "bad-url": N_("网址不对"),
    "same-id-twice": N_("同一文件中编号重复"),
    "more-faults": N_("还有别的错误"),
    "cell-error": N_("单元格里是公式的出错提示"),
    "other-source": N_("索引号已被另一来源使用"),
    **attachment.REASONS,
}
"""Each code in the words of the clerk."""


def check(record: object) -> list[RecordFault]:
    """Return all faults of an import record; an empty list if it may be stored."""
    if not isinstance(record, dict):
        return [RecordFault("not-a-record", "")]
    return list(_check(record))


def _check(record: Unchecked) -> Iterator[RecordFault]:
    yield from (RecordFault("unknown-key", str(key)[:60]) for key in record if key not in KEYS)
    for key in NEEDED:
        value = record.get(key)
        if key not in record or (key != "body" and isinstance(value, str) and is_blank(value)):
            yield RecordFault("missing", key)
    yield from _text_faults(record)
    for key in LIST_KEYS:
        yield from _list_faults(record.get(key, []), key)
    yield from _date_faults(record)
    yield from _validity_faults(record)
    yield from _link_faults(record)
    yield from attachment.faults(record.get("attachments", []))
    yield from _kind_faults(record)


def _text_faults(record: Unchecked) -> Iterator[RecordFault]:
    for key in TEXT_KEYS:
        value = record.get(key, "")
        if not isinstance(value, str):
            yield RecordFault("wrong-type", key)
        elif len(value) > LIMITS.get(key, SHORT_TEXT):
            yield RecordFault("too-long", key)
        elif CONTROL.search(value):
            yield RecordFault("control-character", key)
        elif key != "source_url" and _ACTIVE.search(value):
            yield RecordFault("active-markup", key)
    if record.get("id") and isinstance(record["id"], str) and not is_id(record["id"]):
        yield RecordFault("bad-id", "id")
    disclosure = record.get("disclosure", "proactive")
    if isinstance(disclosure, str) and disclosure not in DISCLOSURE:
        yield RecordFault("unknown-code", "disclosure")
    if record.get("source_url") and not attachment.is_web_address(record["source_url"]):
        yield RecordFault("bad-url", "source_url")


def is_id(text: str) -> bool:
    """Return whether an id can be part of an address unchanged: no spaces, no empty or dotted path segments."""
    return len(text) <= LIMITS["id"] and _ID.fullmatch(text) is not None


def _list_faults(value: object, key: str) -> Iterator[RecordFault]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        yield RecordFault("wrong-type", key)
    elif len(value) > MOST_ITEMS:
        yield RecordFault("too-many", key)
    else:
        yield from (RecordFault(code, key) for code in dict.fromkeys(map(_item_fault, value)) if code)


def _item_fault(item: str) -> str:
    """Return the fault of one text of a list, or an empty string."""
    if len(item) > SHORT_TEXT:
        return "too-long"
    if is_blank(item):
        return "missing"
    if CONTROL.search(item):
        return "control-character"
    return "active-markup" if _ACTIVE.search(item) else ""


def _date_faults(record: Unchecked) -> Iterator[RecordFault]:
    days: dict[str, date] = {}
    for key in DATE_KEYS:
        value = record.get(key, "")
        if not isinstance(value, str):
            yield RecordFault("wrong-type", key)
        elif value:
            found = read_day(value)
            if found is None:
                yield RecordFault("bad-date", key)
            else:
                days[key] = found
    if "drawn_on" in days and "published_on" in days and days["drawn_on"] > days["published_on"]:
        yield RecordFault("drawn-after-published", "drawn_on")
    if "effective_on" in days and "valid_until" in days and days["valid_until"] < days["effective_on"]:
        yield RecordFault("ends-before-it-starts", "valid_until")


def _validity_faults(record: Unchecked) -> Iterator[RecordFault]:
    validity = record.get("validity", "")
    if not validity:
        if (kind := KINDS.get(str(record.get("kind")))) and kind.needs_validity:
            yield RecordFault("validity-missing", "validity")
    elif not isinstance(validity, str) or validity not in VALIDITY:
        yield RecordFault("unknown-code", "validity")
    elif validity not in _WITHOUT_REASON and is_blank(str(record.get("validity_reason", ""))):
        yield RecordFault("reason-missing", "validity_reason")


def _link_faults(record: Unchecked) -> Iterator[RecordFault]:
    links = record.get("links", [])
    if not isinstance(links, list):
        yield RecordFault("wrong-type", "links")
        return
    if len(links) > MOST_ITEMS * 5:
        yield RecordFault("too-many", "links")
        return
    for at, link in enumerate(links):
        if not isinstance(link, dict) or set(link) != {"rel", "id"} or not _is_link(link):
            yield RecordFault("bad-link", f"links[{at}]")
        elif link["id"] == record.get("id"):
            yield RecordFault("links-to-itself", f"links[{at}]")


def _is_link(link: Mapping[str, Any]) -> bool:
    return (
        isinstance(link["rel"], str)
        and isinstance(link["id"], str)
        and link["rel"] in INVERSE
        and is_id(link["id"])
    )


def _kind_faults(record: Unchecked) -> Iterator[RecordFault]:
    kind = record.get("kind")
    if not isinstance(kind, str) or not kind:
        return
    if kind not in KINDS:
        yield RecordFault("unknown-kind", "kind")
        return
    fields = record.get("fields", {})
    yield from faults_of(KINDS[kind].schema, fields, "fields")
    yield from (
        RecordFault("active-markup", place)
        for place, text in _texts(fields, "fields", 6)
        if _ACTIVE.search(text)
    )


def _texts(value: object, place: str, deep: int) -> Iterator[tuple[str, str]]:
    """Yield every text inside a value with its place, down to the depth that any schema reaches."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict) and deep:
        for key, each in value.items():
            yield from _texts(each, f"{place}.{key}", deep - 1)
    elif isinstance(value, list) and deep:
        for at, each in enumerate(value):
            yield from _texts(each, f"{place}[{at}]", deep - 1)


def plain(text: str, most: int = 120) -> str:
    """
    Return a text from an unknown file so that it can be stored and shown in one line, at most that long.

    Invisible characters and halves of surrogate pairs become escapes, so a refused line cannot imitate a second one.
    """
    shown = text if len(text) <= most else text[: most - 1] + "…"
    return "".join(
        each if each.isprintable() or each == "\u3000" else each.encode("unicode_escape").decode("ascii")
        for each in shown
    )


def canonical(record: Mapping[str, Any]) -> str:
    """
    Return the record as canonical JSON (RFC 8785), which has the same hash on every machine.

    Records hold texts, whole numbers, true, false and lists and objects of them, with ASCII keys or keys of one
    alphabet; for those json.dumps with sorted keys writes the same bytes as RFC 8785, ten times as fast.
    """
    return json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest(text: str) -> str:
    """Return the SHA-256 of a canonical record, in hex."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


RELATION_WORDS = {
    "related": N_("相关内容"),
    "interprets": N_("解读的文件"),
    "interpreted_by": N_("官方解读"),
    "based_on": N_("依据的文件"),
    "basis_of": N_("以它为依据"),
    "replaced_by": N_("被它代替"),
    "replaces": N_("代替了"),
    "amended_by": N_("被它修改"),
    "amends": N_("修改了"),
    "repealed_by": N_("被它废止"),
    "repeals": N_("废止了"),
    "published_in": N_("刊登在"),
    "contains": N_("本期刊登"),
    "part_of": N_("属于"),
    "has_part": N_("包括"),
    "result_of": N_("由它产生"),
    "led_to": N_("产生了"),
}


COMMON: tuple[Field, ...] = (
    text("title", N_("标题")),
    text("doc_no", N_("文号")),
    text("index_no", N_("索引号")),
    texts("issuers", N_("发文机关")),
    day("drawn_on", N_("成文日期")),
    day("published_on", N_("发布日期")),
    day("effective_on", N_("施行日期")),
    day("valid_until", N_("有效期至")),
    code("validity", N_("有效性"), **VALIDITY),
    text("validity_reason", N_("有效性变化的理由")),
    texts("topics", N_("主题")),
    texts("audience", N_("面向")),
    text("summary", N_("摘要")),
    text("body", N_("正文")),
    text("source", N_("来源")),
    text("source_url", N_("原文网址")),
    rows("links", N_("关联"), code("rel", N_("关系"), **RELATION_WORDS), ref("id", N_("编号"))),
)
"""Keys of every kind, in the order of the form; the disclosure attribute has a part of its own."""


"""Every relation, in the words of the desk."""
