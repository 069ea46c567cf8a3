"""Text into the pieces the index keeps and the query looks for: words, bigrams and folded characters.

Index and query must cut alike, so both call this module with the same word list. It knows no files.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_RUN = re.compile(rf"[{HAN}]+|[a-z0-9]+")
_HAN_RUN = re.compile(rf"[{HAN}]+")
_ACCENTED = re.compile("[\u00c0-\u024f]")
_UMLAUT = re.compile("[üǖǘǚǜ]")
LONGEST_TOKEN = 64
"""Longer Latin or digit runs (hashes, garbage) are cut: no one types them."""
GAP = "·"
"""Holds a place among the pairs of a body at which the index keeps nothing."""

FUNCTION_WORDS = frozenset(
    """
    的 了 吗 呢 吧 啊 呀 么 是 我 你 您 他 她 们 我们
    你们 在 有 和 与 及 或 把 被 给 让 向 对 从 到 也
    都 就 还 又 很 请 请问 问 想 要 想要 怎么 怎样 如何 什么 哪里
    哪儿 哪些 哪个 谁 多少 几 为什么 为何 能 能否 能不能 可以 可否 是否 应该 应当
    需要 怎么办 一下 这 那 这个 那个 一个
    """.split()
)
"""Words that carry a question and say nothing about its subject."""


def fold(text: str) -> str:
    """One spelling for search: full width to half width, compatibility forms (NFKC), lower case."""
    return unicodedata.normalize("NFKC", text).lower()


def toneless(folded: str) -> str:
    """Pinyin without its tones: dībǎo as dibao, nǚ as nv."""
    if folded.isascii() or not _ACCENTED.search(folded):
        return folded
    apart = unicodedata.normalize("NFD", _UMLAUT.sub("v", folded))
    return unicodedata.normalize("NFC", "".join(each for each in apart if not unicodedata.combining(each)))


def simplify(text: str) -> str:
    """Traditional characters to simplified ones; text without Chinese comes back as it is."""
    return str(_converter().convert(text)) if _HAN_RUN.search(text) else text


@lru_cache(maxsize=1)
def _converter() -> Any:
    # Imported late: a web process that is never asked must not pay for it.
    from opencc import OpenCC

    return OpenCC("t2s")


def runs(folded: str) -> list[str]:
    """Unbroken runs of Chinese characters, or of Latin letters and digits."""
    return [run[:LONGEST_TOKEN] if run.isascii() else run for run in _RUN.findall(folded)]


def is_han(text: str) -> bool:
    """True when every character is Chinese (and there is one)."""
    return _HAN_RUN.fullmatch(text) is not None


def bigrams(folded: str) -> list[str]:
    """
    Overlapping pairs of each Chinese run, then its last character alone; Latin and digit runs whole.

    The closing single character keeps a phrase from reaching over punctuation, and makes every
    character the beginning of exactly one token, so that one character is found by prefix.
    """
    found: list[str] = []
    for run in runs(folded):
        if run.isascii():
            found.append(run)
        else:
            found.extend(run[at : at + 2] for at in range(len(run)))
    return found


def pairs(folded: str) -> list[str]:
    """
    The bigrams of a body: a closing character before punctuation is a GAP, for the pair before it holds it.

    Before letters or digits it stays: 年满60岁 must be found by 满60.
    """
    found: list[str] = []
    for match in _RUN.finditer(folded):
        run = match[0]
        if run.isascii():
            found.append(run[:LONGEST_TOKEN])
        else:
            found.extend(run[at : at + 2] for at in range(len(run) - 1))
            found.append(run[-1] if _RUN.match(folded, match.end()) else GAP)
    return found


def phrase(folded: str) -> list[tuple[int, str]]:
    """
    Tokens with their places: where a text has them so, `folded` occurs as it stands, wherever it stops.

    What closes a run is left out where a pair holds it, so the same tokens are right for titles and bodies.
    """
    tokens = pairs(folded)
    placed = enumerate(zip(["", *tokens], tokens, strict=False))
    return [
        (at, token)
        for at, (before, token) in placed
        if token != GAP and not (is_han(token) and before[1:] == token)
    ]


_taught: set[str] = set()
"""Words that the process's dictionary learnt."""


class Cutter:
    """
    Cuts Chinese into words with rjieba's dictionary and the terms of the administration.

    Loading takes 0.1 s and about 32 MB, so it happens at the first text, not at creation; the dictionary is
    the process's one. Only where that one already has terms that this cutter lacks (a county took one out)
    there is a dictionary of its own, until the process starts anew.
    """

    def __init__(self, extra_words: Iterable[str] = ()) -> None:
        self._extra = [word for word in extra_words if 2 <= len(word) <= 12 and is_han(word)]
        self._jieba: Any = None

    def _dictionary(self) -> Any:
        if self._jieba is None:
            import rjieba

            own = not _taught <= set(self._extra)
            jieba: Any = rjieba.Jieba() if own else rjieba
            for word in self._extra:
                if not jieba.has_word(word):
                    jieba.add_word(word, jieba.suggest_freq(word), "n")
                    if not own:
                        _taught.add(word)
            self._jieba = jieba
        return self._jieba

    def knows(self, word: str) -> bool:
        """True when the word stands in the dictionary or in the terms given."""
        return bool(self._dictionary().has_word(word))

    def longest(self, folded: str) -> list[str]:
        """The text in its longest words, none of them twice: what must stand in a text that says the same."""
        return [run for piece in self._dictionary().cut(folded) for run in runs(piece)]

    def words(self, folded: str) -> list[str]:
        """Words in search mode (long words and the words inside them), without punctuation."""
        return list(self._words(folded))

    def _words(self, folded: str) -> Iterator[str]:
        for piece in self._dictionary().cut_for_search(folded):
            yield from runs(piece)
