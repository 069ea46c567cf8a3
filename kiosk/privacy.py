"""Masking of personal data for screen summaries, paper and lists. Source: LAW.md §6.3."""

from __future__ import annotations

DOUBLE_SURNAMES = frozenset(
    "欧阳 上官 司马 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 长孙 宇文 司徒 夏侯 轩辕 端木 百里 南宫 东郭 西门 独孤 "
    "完颜 申屠 呼延 澹台 公羊 赫连 闻人 太史 淳于 单于 仲孙 钟离 万俟 拓跋 濮阳 公冶 宗政".split()
)
STAR = "*"


def masked_name(name: str) -> str:
    """Return a masked name: 张三 → 张*, 欧阳样例 → 欧阳**, a name in Latin letters → its first letter and stars."""
    name = name.strip()
    keep = 2 if name[:2] in DOUBLE_SURNAMES and len(name) > 2 else 1
    return name[:keep] + STAR * min(max(len(name) - keep, 1), 4) if name else ""


def masked_id(number: str) -> str:
    """Return an identity document's number of which only the last four places remain."""
    return STAR * max(len(number) - 4, 0) + number[-4:] if len(number) > 4 else STAR * len(number)


def masked_phone(number: str) -> str:
    """Return a masked telephone: 13800001234 → 138****1234; short numbers keep their last two places."""
    if len(number) >= 7:
        return number[:3] + STAR * (len(number) - 7) + number[-4:]
    return STAR * max(len(number) - 2, 0) + number[-2:]


def masked_email(address: str) -> str:
    """Return a masked address: a***@example.cn."""
    user, at, host = address.partition("@")
    return f"{user[:1]}***{at}{host}" if at else STAR * 3


def masked_address(address: str) -> str:
    """Return the address as far as the village or street, without house and room."""
    for end in ("村", "社区", "街道", "路", "镇", "乡", "县"):
        cut = address.find(end)
        if cut >= 0:
            return address[: cut + len(end)] + STAR * 3
    return address[:3] + STAR * 3
