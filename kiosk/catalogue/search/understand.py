"""
Step 1 of a search, understand: the query as parts with their readings, and document numbers.

A query is cut at spaces, folded and simplified; pinyin and initials are read as terms, everyday words as official
ones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kiosk.catalogue.search.terms import INITIALS, Terms
from kiosk.catalogue.search.words import LONGEST_WORD, SearchWords
from kiosk.catalogue.text.document_numbers import find_number
from kiosk.catalogue.text.tokens import HAN, fold, runs, simplify, toneless

LONGEST_QUERY = 200
"""Characters; the rest is not read."""
SHORT = 10
"""Characters up to which a query is taken as a name and first searched verbatim (SEARCH.md, Decided 4)."""
MOST_PARTS = 8
LONGEST_LATIN = 60
_LATIN = re.compile(rf"[a-z']{{1,{LONGEST_LATIN}}}")
_MIXED = re.compile(rf"[{HAN}][a-z]{{2}}|[a-z]{{2}}[{HAN}]")
_SEPARATORS = re.compile(r"[\s,，、。;；!！?？:：\"“”‘’《》<>（）()【】\[\]|/\\]+")
_HEAD = re.compile(r"^(?:请问一下|请问|我想问|想问|我要|我想|咨询|怎么|怎样|如何|哪里能|哪里可以)+")
_TAIL = re.compile(
    r"(?:(?:应该|应当|需要|要)?(?:怎么|怎样|如何|在哪里|在哪儿|在哪|去哪里|去哪|到哪里|到哪)(?:办理|申请|领取|办|领|交|查|弄)?"
    r"|(?:都)?(?:需要|要)(?:带)?(?:什么|哪些)(?:材料|条件|手续|证件)|是什么(?:意思)?|有哪些|有什么|多少钱|吗|呢|啊)+$"
)
_CARD = re.compile(
    r"(?:的|在)?(?:(?:咨询|联系|办公|值班|投诉|服务|举报)?(?:电话|号码|电话号码|传真|邮编|邮箱)|联系方式|联系人|办公?地[址点]|地址|位置"
    r"|(?:上班|办公|工作|开门)时间|几点(?:上班|下班|开门|关门)|负责人|领导|[局县区市镇乡院所站]长|主任|书记|管什么|职责)"
    r"(?:是|叫)?(?:多少|几号|什么|谁|哪个|哪位)?$"
)
"""What people want to know of an organ, which its card in the directory says."""
_HEAD_OF = re.compile(r"(?:我们|咱们|俺们)?([县区市])长(?:是|叫|电话|联系|$)")
_ORGAN = re.compile(
    r"(?:局|委|委员会|办|办公室|镇|乡|街道|办事处|政府|中心|大厅|所|院|法院|馆|站|联合会|残联|妇联|工会|支队|大队)$"
)
SYNONYM_WEIGHT = 0.5
"""A verbatim match ranks before a match of its official word."""
PINYIN_WEIGHT, NEXT_WEIGHT = 1.0, 0.3
"""Of several Chinese readings of one pinyin the commonest counts most."""


@dataclass(frozen=True)
class QueryPart:
    """
    One piece of a query, cut at spaces, folded and simplified.

    readings: Alternatives for the whole piece, each with its weight (1: as typed): official words for an everyday
        one, Chinese for pinyin.
    inner: Everyday words inside a longer piece, each with its official words.
    """

    text: str
    readings: tuple[tuple[str, float], ...] = ()
    inner: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True)
class ParsedQuery:
    """
    An understood query.

    numbers: The keys of a document number in it, the exact one first.
    organ: The organ whose card answers it (民政局 of 民政局电话); empty for others.
    """

    parts: tuple[QueryPart, ...]
    numbers: tuple[str, ...] = ()
    organ: str = ""

    @property
    def typed(self) -> str:
        """Return the folded query without spaces."""
        return "".join(part.text for part in self.parts)

    @property
    def is_name(self) -> bool:
        """Return whether it is short enough to be the name of a document rather than a question."""
        return bool(self.parts or self.numbers) and (len(self.typed) <= SHORT or self.typed.isascii())


def understand(typed: str, words: SearchWords, terms: Terms | None) -> ParsedQuery:
    """Return the query with all readings that the term table and the word list give."""
    folded = simplify(toneless(fold(typed[:LONGEST_QUERY])))
    number = find_number(simplify(typed[:LONGEST_QUERY]))
    pieces = _joined([piece for piece in _SEPARATORS.split(folded) if runs(piece)][:MOST_PARTS], words, terms)
    organ = "" if number else _organ("".join(pieces))
    parts = [part for piece in ([organ] if organ else pieces) for part in _parts(piece, words, terms)]
    return ParsedQuery(tuple(parts), number.keys if number else (), organ)


def _organ(typed: str) -> str:
    """Return the organ that was asked for by its name or for what its card says; empty if it was none."""
    subject = _subject(typed)
    if head := _HEAD_OF.match(subject):
        return f"{head[1]}政府"
    name = _CARD.sub("", subject)
    return name if len(name) > 1 and _ORGAN.search(name) else ""


def _joined(pieces: list[str], words: SearchWords, terms: Terms | None) -> list[str]:
    """Return spaced syllables as one piece (di bao), and several English words as one (id card)."""
    spaced = " ".join(pieces)
    if len(pieces) < 2 or not all(_LATIN.fullmatch(piece) for piece in pieces):
        return pieces
    if words.official(spaced):
        return [spaced]
    if phrases := _english(pieces, words):
        return phrases
    whole = "".join(pieces)
    known = (
        terms is not None and len(whole) <= LONGEST_LATIN and (terms.exactly(whole) or terms.spelled(whole))
    )
    return [whole] if known else pieces


def _english(pieces: list[str], words: SearchWords) -> list[str]:
    """Return the known phrases of an English sentence, the longest at each place (subsistence allowance)."""
    found: list[str] = []
    at = 0
    while at < len(pieces):
        ends = (end for end in range(len(pieces), at, -1) if words.official(" ".join(pieces[at:end])))
        end = next(ends, at)
        found += [" ".join(pieces[at:end])] if end > at else []
        at = max(end, at + 1)
    return found


def _parts(piece: str, words: SearchWords, terms: Terms | None) -> list[QueryPart]:
    if words.official(piece):
        return [_part(piece, words)]
    if terms is not None and _LATIN.fullmatch(piece):
        return _from_latin(piece, words, terms)
    subject = _subject(piece)
    meant = terms.half_spelled(subject) if terms is not None and _MIXED.search(subject) else ""
    if meant and meant != subject:
        known = _part(meant, words)
        return [QueryPart(subject, ((meant, PINYIN_WEIGHT), *known.readings), known.inner)]
    return [_part(subject, words)]


def _part(text: str, words: SearchWords) -> QueryPart:
    """Return a piece of Chinese as a part: an everyday word as a whole, or the everyday words inside it."""
    whole = tuple((official, SYNONYM_WEIGHT) for official in words.official(text))
    if whole:
        return QueryPart(text, whole, _inner(text, words, len(text) - 1))
    inner = _inner(text, words)
    return QueryPart(text, tuple((each, SYNONYM_WEIGHT) for each in _said_officially(text, inner)), inner)


def _inner(
    text: str, words: SearchWords, longest: int = LONGEST_WORD
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((word, words.official(word)) for word in words.inside(text, longest))


def _said_officially(text: str, inner: tuple[tuple[str, tuple[str, ...]], ...]) -> list[str]:
    """Return the piece with its first everyday word replaced by official ones: 农村低保 as 农村最低生活保障."""
    return [text.replace(word, official) for word, officials in inner[:1] for official in officials[:3]]


def _subject(piece: str) -> str:
    """Return the subject of a short question: 高龄津贴 of 高龄津贴怎么领."""
    trimmed = _HEAD.sub("", _TAIL.sub("", piece))
    return trimmed if len(trimmed) > 1 else piece


def _from_latin(piece: str, words: SearchWords, terms: Terms) -> list[QueryPart]:
    """Return pinyin or initials as terms; the letters themselves stay a reading, for there are words like ATA."""
    if len(piece) < 2:
        return [QueryPart(piece)]
    found = terms.exactly(piece) or terms.beginning(piece, limit=3)
    if not found and (spelled := terms.spelled(piece)):
        return [_part(term, words) for term in spelled]
    readings: dict[str, float] = {}
    for at, term in enumerate(found):
        weight = PINYIN_WEIGHT if at == 0 else NEXT_WEIGHT
        readings.setdefault(term.text, weight)
        if at == 0 or term.form != INITIALS:
            for official in words.official(term.text):
                readings.setdefault(official, weight)
    return [QueryPart(piece, tuple(readings.items()))]
