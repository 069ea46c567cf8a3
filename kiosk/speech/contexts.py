"""
How a character that is a word by itself is read by its neighbours, where dictionaries know one reading only: 种小麦
is zhòng, 未还 is huán, 慢慢地 is de, 必须得 is děi.

A word of several characters is settled in `pronunciation.toml`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

Kind = Callable[[str], str]
"""Returns the part of speech of a word in the letters of ICTCLAS (v, n, d, m …); empty for an unknown one."""

_COUNTED = tuple("几多数两各某此这那哪每")
_REPAID = tuple("款钱贷本清债账帐息给书借回齐完的了过吗，。")
_PAYING = ("先", "按期", "到期", "逾期", "分期", "提前", "尚未", "代")
_ADVERBIAL = ("d", "ad", "z", "a", "i", "l", "c", "b")
_NEEDED_BY = ("d", "r", "")


def apart(
    words: Iterable[str], is_word: Callable[[str], bool], cut: Callable[[str], list[str]]
) -> Iterator[str]:
    """Yield words, those that a guess has made of a character with a rule (地看) cut again by the dictionary alone."""
    for word in words:
        is_guess = len(word) > 1 and not is_word(word) and not _RULES.keys().isdisjoint(word)
        yield from cut(word) if is_guess else (word,)


def reading(word: str, *, before: str, after: str, kind: Kind) -> str:
    """
    Return the syllable with its tone number by which a single character is read here.

    Args:
        before: The word before it in the sentence; empty at its beginning or behind a mark.
        after: The word after it; empty at the end or before a mark.
    Returns: "de5" for 地 behind an adverb; empty where the dictionary's reading holds.
    """
    rule = _RULES.get(word)
    return rule(before, after, kind) if rule else ""


def _to_plant(before: str, _after: str, _kind: Kind) -> str:
    return "" if before.endswith(_COUNTED) else "zhong4"


def _to_pay_back(before: str, after: str, _kind: Kind) -> str:
    is_repaid = not after or after.startswith(_REPAID) or before in _PAYING
    return "huan2" if is_repaid else ""


def _adverb(before: str, after: str, kind: Kind) -> str:
    if not before:
        return ""
    is_doubled = len(set(before)) * 2 == len(before) or (len(before) == 3 and before[1] == before[2])
    is_how = is_doubled or kind(before) in _ADVERBIAL or (kind(before)[:1] in "nv" and kind(after)[:1] == "v")
    return "de5" if is_how else ""


def _to_have_to(before: str, after: str, kind: Kind) -> str:
    if after[:1] in ("了", "的", "过"):
        return "de2"
    if before and kind(before)[:1] in ("v", "a"):
        return "de5"
    return "dei3" if kind(before)[:1] in _NEEDED_BY or kind(after)[:1] == "v" else ""


def _to_win(before: str, after: str, _kind: Kind) -> str:
    return "zhong4" if after in ("了", "过") or (before in ("没", "未") and not after) else ""


_RULES: dict[str, Callable[[str, str, Kind], str]] = {
    "种": _to_plant,
    "还": _to_pay_back,
    "地": _adverb,
    "得": _to_have_to,
    "中": _to_win,
}
