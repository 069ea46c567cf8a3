"""
Line breaking for Chinese text.

Atoms are the pieces that stay whole: a number with its measure word, a date, a telephone, a document number, a
Latin word, one Han character with the marks that may not leave it. Lines are filled with atoms, so that no line
starts with a closing mark or ends with an opening one (避头尾).

Source: GB/T 15834-2011 标点符号用法, 5.1 (placing of marks at line ends).
"""

import re
from collections.abc import Callable
from functools import lru_cache
from unicodedata import category, east_asian_width

NO_START = frozenset("，。、；：？！）》〉」』】〕〗〞’”·,.;:?!)]}%％℃°‰々ー～~／")
NO_END = frozenset("（《〈「『【〔〖‘“([{￥¥$＄№#")
_MARKS = "".join(NO_START)
_HAN_NUMBER = "一二三四五六七八九十百千零〇两"
_MEASURES = "个工作日|个月|工作日|[元万亿个件份页次年月日号条款项人时分秒天周岁米斤亩户村%％]"
_ATOM = re.compile(
    rf"""
    [〔\[（(]\d{{4}}[〕\]）)](?:第?\d+号?)?                               # 〔2022〕8号
    | \d{{2,4}}年\d{{1,2}}月(?:\d{{1,2}}日)? | \d{{1,2}}月\d{{1,2}}日      # dates
    | \d{{1,2}}[ ](?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sep|Oct|Nov|Dec)[a-z]*[ ]\d{{4}}
    | \d{{1,2}}[:：]\d{{2}}(?:\s?[-–—~至]\s?\d{{1,2}}[:：]\d{{2}})?        # hours
    | \d+(?:[ ]\d+)+                                                      # digits in groups
    | \d[\d,.]*(?:{_MEASURES})+                                           # 20个工作日
    | 第[{_HAN_NUMBER}\d]+[条款项章节号次]
    | [A-Za-z0-9À-ɏ_*@&+%'’./:\\?=~#-]+                                   # words, numbers, addresses
    | —— | ……
    | \s+
    | .[\u0300-\u036f]*                                                   # one character, its marks
    """,
    re.VERBOSE | re.DOTALL,
)
_PIECE = re.compile(r"[^/?&=_.-]*[/?&=_.-]+|[^/?&=_.-]+")

_UNSAFE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\ufff9-\uffff\ud800-\udfff\U000e0000-\U000e01ef]"
)

Measure = Callable[[str], float]


def tidy(text: str) -> str:
    """Return the text that is safe on paper: no control, direction or variation characters; line ends stay."""
    return _UNSAFE.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))


def cells(text: str) -> int:
    """Return the columns of `text` on a printer or terminal grid: a Han character is two, ambiguous ones too."""
    return sum(map(_width, text))


@lru_cache(maxsize=4096)
def _width(char: str) -> int:
    if " " <= char <= "~":
        return 1
    if category(char) in ("Mn", "Me"):
        return 0
    return 2 if east_asian_width(char) in "WFA" else 1


def atoms(line: str) -> list[str]:
    """Return the unbreakable pieces of one line, in order; a run of blanks is a piece of its own."""
    pieces: list[str] = []
    glue_next = False
    for match in _ATOM.finditer(line):
        piece = match.group()
        if piece.isspace():
            pieces.append(piece)
            glue_next = False
            continue
        if pieces and not pieces[-1].isspace() and (glue_next or piece[0] in NO_START):
            pieces[-1] += piece
        else:
            pieces.append(piece)
        glue_next = piece[-1] in NO_END
    return pieces


def wrap(text: str, width: float, measure: Measure, em: float) -> list[str]:
    """
    Return the lines of `text`.

    Args:
        width: Longest line, in the unit of `measure`.
        em: Width of one Han character. A last line shorter than two of them is avoided where that costs no line.
    """
    lines: list[str] = []
    for paragraph in tidy(text).split("\n"):
        lines += _without_orphan(paragraph, width, measure, em)
    return lines


def balanced(text: str, width: float, measure: Measure, em: float) -> list[str]:
    """Return the lines of a heading, as even as the same number of lines allows."""
    best = wrap(text, width, measure, em)
    trial = width - em
    while len(best) > 1 and trial > em * 2:
        lines = wrap(text, trial, measure, em)
        if len(lines) != len(best) or max(map(measure, lines)) > trial:
            break
        best, trial = lines, trial - em
    return best


def _without_orphan(paragraph: str, width: float, measure: Measure, em: float) -> list[str]:
    """Return the lines, with atoms moved down to a last line that would hold only one or two characters."""
    lines = _filled(paragraph, width, measure)
    while len(lines) > 1 and measure(lines[-1].rstrip(_MARKS)) < 2 * em:
        *kept, moved = atoms(lines[-2])
        if not kept or measure(moved) > 2 * em or measure(moved + lines[-1]) > width:
            break
        lines[-2:] = ["".join(kept).rstrip(), moved + lines[-1]]
    return lines


def _filled(paragraph: str, width: float, measure: Measure) -> list[str]:
    lines, line, used = [], "", 0.0
    for atom in atoms(paragraph):
        size = measure(atom)
        if line and used + size > width and not atom.isspace():
            lines.append(line.rstrip())
            line, used = "", 0.0
        if size > width:
            *full, atom = _broken(atom, width, measure)
            lines += full
            size = measure(atom)
        if line or not atom.isspace():
            line, used = line + atom, used + size
    return [*lines, line.rstrip()]


def _broken(atom: str, width: float, measure: Measure) -> list[str]:
    """
    Return the pieces of an atom wider than the line: broken behind the marks of an address or number, else anywhere.
    """
    lines = [""]
    for piece in _PIECE.findall(atom):
        for part in [piece] if measure(piece) <= width else list(piece):
            if lines[-1] and measure(lines[-1] + part) > width:
                lines.append("")
            lines[-1] += part
    return lines
