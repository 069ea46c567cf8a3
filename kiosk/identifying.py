"""
What in a text may identify a person, before it is published: found by rules, decided by people.

No rule finds every name (PARTICIPATION.md §6: cue words and words that no dictionary has find 9 of 10 in letters of our
own making, half in harder ones): whatever is found is shown, and a person reads the rest.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from kiosk.privacy import DOUBLE_SURNAMES


class TraceKind(StrEnum):
    """The kinds of what may identify a person."""

    OWN = "own"
    """What the applicant wrote about themselves: never published."""
    ID_NUMBER = "id-number"
    CARD = "card"
    MOBILE = "mobile"
    LANDLINE = "landline"
    EMAIL = "email"
    ACCOUNT = "net-account"
    PLATE = "plate"
    ADDRESS = "address"
    NAME = "name"
    VERBATIM = "verbatim"
    """Words as the applicant wrote them: a habit of speech identifies, and they did not agree to be quoted."""


NEVER = frozenset({TraceKind.OWN, TraceKind.ID_NUMBER, TraceKind.CARD, TraceKind.MOBILE})
"""Kinds that no confirmation lets through; the others may be an office's telephone, or a word."""
VERBATIM_FROM = 16
"""Characters in a row that count as quoted."""
SHORTEST_OWN = 2
SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许吕施张孔曹严华魏陶姜戚谢邹喻柏窦章苏潘葛范彭郎鲁韦昌马苗凤俞柳"
    "袁柳鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬乐傅皮卞齐康伍余元卜顾孟黄穆萧尹姚邵汪祁毛狄米贝臧戴宋庞熊纪舒屈项祝"
    "董梁杜阮蓝闵席季贾江童颜郭梅盛林刁钟徐邱骆蔡田樊胡凌霍虞柯咎管卢莫房缪丁邓洪包石崔吉龚程邢裴陆荣翁荀羊甄曲"
    "封芮储靳段富巫焦牧山谷车侯班仰秋仲伊宫宁仇栾甘厉武符刘景詹束龙叶黎薄印宿怀蒲邰鄂索赖卓蔺屠蒙池乔阴胥闻莘党翟谭"
    "贡劳姬申扶堵冉宰郦雍桑桂牛寿边扈燕冀浦尚农温别庄晏柴瞿阎充慕连茹习艾容古易慎戈廖终居衡步都耿满弘匡寇广禄阙"
    "东欧沃利蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾毋沙乜养鞠须丰巢关蒯相查后荆红游竺权逯盖益桓公肖闫佟岳"
    "付代孔方高何常任金白夏"
) - frozenset("都那查步相居终广要后从空养公别农常何方")
"""The first characters of names; those that are mostly other words (于 和 都 那 方) count only after a cue."""
RARE_FIRST = frozenset("老小阿于和时向成安水全方何常查那农")
"""First characters of names that count only after a cue."""
OF_PLACES = frozenset("镇乡村县市省区路街庄寺庙桥河湖山岛局院校站厂")
"""What is called by a name and ends so is a place, not a person."""
CUES = (
    "姓名|我叫|本人|申请人|联系人|户主|村民|居民|同志|名叫|原告|被告|法定代表人|经办人|代理人|当事人|负责人"
)
AFTER = "先生|女士|同志|大爷|大娘|老师|师傅|某"
_GAP = r"[\s\-·.,，()（）]{0,2}"
_RULES: tuple[tuple[TraceKind, re.Pattern[str]], ...] = (
    (TraceKind.ID_NUMBER, re.compile(rf"(?<!\d)\d(?:{_GAP}\d){{16}}{_GAP}[\dXx](?!\d)")),
    (TraceKind.ID_NUMBER, re.compile(r"(?<!\d)\d{6}[12]9?\d{2}[01]\d[0-3]\d[*＊xX]{2,6}")),
    (TraceKind.CARD, re.compile(rf"(?<!\d)[3-6]\d(?:{_GAP}\d){{13,17}}(?!\d)")),
    (TraceKind.MOBILE, re.compile(rf"(?<!\d)(?:\+?86{_GAP})?1{_GAP}[3-9](?:{_GAP}\d){{9}}(?!\d)")),
    (TraceKind.MOBILE, re.compile(r"[一幺][三四五六七八九](?:[\s\-]?[〇零幺一二三四五六七八九]){9}")),
    (TraceKind.LANDLINE, re.compile(rf"(?<!\d)(?:0\d{{2,3}}{_GAP})?[2-9]\d{{6,7}}(?!\d)")),
    (TraceKind.EMAIL, re.compile(r"[\w.+-]+\s?@\s?[\w-]+(?:\.[\w-]+)+")),
    (TraceKind.ACCOUNT, re.compile(r"(?:QQ|微信|wechat|抖音)号?\s*[:：是]?\s*[A-Za-z0-9_\-]{5,20}", re.I)),
    (
        TraceKind.PLATE,
        re.compile(
            r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][·\s]?[A-Z0-9]{5,6}"
        ),
    ),
    (
        TraceKind.ADDRESS,
        re.compile(
            r"[\u4e00-\u9fff]{1,12}(?:路|街|巷|胡同|小区|花园|村|庄|屯|社区)[\u4e00-\u9fffA-Za-z0-9]{0,8}?"
            r"(?:\d+|[一二三四五六七八九十百]+)(?:号楼?|栋|幢|单元|室|户|组|排|家)"
            r"(?:[\dA-Za-z一二三四五六七八九十]+(?:单元|室|号|户|层|楼))*"
        ),
    ),
    (
        TraceKind.ADDRESS,
        re.compile(
            r"[\u4e00-\u9fff]{2,6}(?:往[东西南北]|[东西南北](?:边|侧|头))[\u4e00-\u9fff\d]{1,10}(?:家|户|院)"
        ),
    ),
    (TraceKind.NAME, re.compile(rf"(?:{CUES})(?:[是为叫：:\s]{{0,2}})(?P<part>[\u4e00-\u9fff·]{{2,4}})")),
    (TraceKind.NAME, re.compile(rf"(?P<part>[\u4e00-\u9fff]{{1,3}})(?:{AFTER})")),
    (TraceKind.NAME, re.compile(r"(?P<part>[\u4e00-\u9fff]{2,6}·[\u4e00-\u9fff]{2,6})")),
    (TraceKind.NAME, re.compile(r"(?P<part>[老小][\u4e00-\u9fff])(?:头|家|哥|姐)")),
)
"""The rules of one kind each; `part`: what of the match identifies."""


@dataclass(frozen=True)
class Trace:
    """A place in a text that may identify a person, and what is written there."""

    start: int
    end: int
    kind: TraceKind
    text: str

    @property
    def is_barred(self) -> bool:
        """Return whether no confirmation lets it through."""
        return self.kind in NEVER


Words = Callable[[str], list[tuple[str, bool]]]
"""Cuts a text into the words of a dictionary, all of it; each with whether it has the word as a name of persons."""


def traces(text: str, own: Mapping[str, str], cut: Words, quoted: str = "") -> list[Trace]:
    """
    Return what in a text may identify a person, in its order, without those inside a longer one of the same weight.

    Args:
        own: What the applicant wrote about themselves, by any name: searched for exactly, whatever separates it.
        quoted: The applicant's own description, which is not to be published word for word.
    """
    plain, places = _plain(text)
    found = [*_own(plain, own), *_by_rule(plain), *_names(plain, cut), *_quoted(plain, quoted)]
    there = [
        Trace(places[start], places[end - 1] + 1, kind, text[places[start] : places[end - 1] + 1])
        for start, end, kind in found
    ]
    return _outermost(there)


Spot = tuple[int, int, TraceKind]


def _plain(text: str) -> tuple[str, list[int]]:
    """Return the text in half width, and of each of its characters the place in `text`."""
    pieces: list[str] = []
    places: list[int] = []
    for at, character in enumerate(text):
        plain = unicodedata.normalize("NFKC", character)
        pieces.append(plain)
        places += [at] * len(plain)
    return "".join(pieces), places


def _own(plain: str, own: Mapping[str, str]) -> Iterator[Spot]:
    for value in own.values():
        characters = [re.escape(each) for each in re.sub(r"[\s\-·]", "", _plain(value)[0])]
        if len(characters) >= SHORTEST_OWN:
            for match in re.finditer(r"[\s\-·]*".join(characters), plain, re.I):
                yield match.start(), match.end(), TraceKind.OWN


def _by_rule(plain: str) -> Iterator[Spot]:
    for kind, rule in _RULES:
        part = "part" if "part" in rule.groupindex else 0
        for match in rule.finditer(plain):
            if kind is not TraceKind.NAME or _may_be_name(match[part]):
                yield match.start(part), match.end(part), kind


def _may_be_name(part: str) -> bool:
    return part[0] in SURNAMES or part[:2] in DOUBLE_SURNAMES or part[0] in RARE_FIRST or "·" in part


def _names(plain: str, cut: Words) -> Iterator[Spot]:
    """Yield a surname followed by one or two characters that no word of the dictionary joins with it."""
    words, at = cut(plain), 0
    for place, (word, is_name) in enumerate(words):
        following = [each for each, _ in words[place + 1 : place + 3]]
        length = _length_of_name(word, following, is_name=is_name)
        if length:
            yield at, at + length, TraceKind.NAME
        at += len(word)


def _length_of_name(word: str, following: list[str], *, is_name: bool) -> int:
    if word not in SURNAMES and word not in DOUBLE_SURNAMES:
        if len(word) > 1 and ((is_name and word[0] in SURNAMES) or word[:2] in DOUBLE_SURNAMES):
            return 0 if word[-1] in OF_PLACES else len(word)
        return 0
    given = ""
    for each in following:
        if not re.fullmatch(r"[\u4e00-\u9fff]{1,2}", each) or len(given + each) > 2:
            break
        given += each
    return len(word + given) if given and given[-1] not in OF_PLACES else 0


def _quoted(plain: str, quoted: str) -> Iterator[Spot]:
    """Yield each stretch of at least VERBATIM_FROM characters that the applicant wrote word for word."""
    source, at = _plain(quoted)[0], 0
    while at + VERBATIM_FROM <= len(plain):
        length = VERBATIM_FROM
        if plain[at : at + length] not in source:
            at += 1
            continue
        while at + length < len(plain) and plain[at : at + length + 1] in source:
            length += 1
        yield at, at + length, TraceKind.VERBATIM
        at += length


def _weight(found: Trace) -> tuple[int, bool, int, int]:
    return found.start, not found.is_barred, -found.end, list(TraceKind).index(found.kind)


def _outermost(found: list[Trace]) -> list[Trace]:
    """Return them in order; one inside another is left out, unless it is barred and the other is not."""
    kept: list[Trace] = []
    for each in sorted(set(found), key=_weight):
        around = [one for one in kept if one.start <= each.start and each.end <= one.end]
        if not any(one.is_barred or not each.is_barred for one in around):
            kept.append(each)
    return kept
