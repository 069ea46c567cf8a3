"""Letters of every kind with made-up facts, for tests that set and read them."""

from __future__ import annotations

from datetime import date

from kiosk.disclosure.letters import filling, kinds, remedies
from kiosk.disclosure.letters.kinds import KindRow, Shape, To
from kiosk.disclosure.letters.page.letter_text import LetterText
from kiosk.disclosure.letters.remedies import RemedyPlaces

ORGAN = "冠县人民政府办公室"
DAY = date(2026, 11, 30)
PLACES = RemedyPlaces(
    "冠县人民政府", "冠县冠宜春路1号县司法局", "https://fy.example.gov.cn", "冠县人民法院", "冠县振兴路9号"
)
COMMON = {
    "您": "您",
    "申请人": "王秀英",
    "申请人类型": "公民",
    "编号": "GX-2026-000123-4",
    "收到日期": "2026年11月23日",
    "收到依据": "双方确认（条例第三十一条第三项）",
    "收到经过": "本机关于2026年11月23日收到您提出的政府信息公开申请（编号：GX-2026-000123-4）。",
    "申请内容": "䶮㛃𠅤村2025年低保补助发放情况",
    "申请渠道": "自助终端",
    "提供方式": "纸面，当面领取",
    "答复期限": "2026年12月21日",
    "机关": ORGAN,
    "联系": "联系单位：冠县人民政府办公室；联系电话：0635-5231234；地址：冠县建设北路1号。",
    "经办人": "李明",
    "办理经过": "2026年11月23日收到；2026年11月24日登记。",
    "收件人": "王秀英",
    "文号": "冠政办公开征〔2026〕7号",
}


def facts_of(row: KindRow) -> dict[str, str]:
    """Return something for every fact of a kind."""
    shown = {Shape.DATE: "2026-12-14"}
    return {
        fact.name: fact.choices[0] if fact.choices else shown.get(fact.shape, f"（{fact.label}的具体情况）。")
        for fact in row.facts
    }


def a_letter(name: str, **changes: str) -> LetterText:
    """Return a letter of this kind, with `changes` of what the case says."""
    row = kinds.KINDS[name]
    facts = facts_of(row)
    block = remedies.block(kinds.remedies(row, facts), PLACES, to=row.to)
    values = {**COMMON, "救济": block, **filling.fact_values(row, facts), **changes}
    to = {To.FILE: "", To.ORGAN: "冠县民政局"}.get(row.to, values["申请人"])
    return LetterText(
        organ=ORGAN,
        number=f"冠政办公开{row.word}〔2026〕7号" if row.word else "",
        title=row.title,
        addressee=to,
        body=filling.fill(kinds.text(name), values),
        signed_by="" if row.to is To.FILE else ORGAN,
        signed_on=DAY,
        enclosure=filling.fill(kinds.text(row.enclosure), values) if row.enclosure else "",
    )
