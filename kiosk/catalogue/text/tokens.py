"""
Text as the tokens of index and query: words, bigrams and folded characters.

Index and query must be cut alike, so both call this module with the same word list. It reads no files.
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
"""Keeps a position among the pairs of a body for which the index stores nothing."""

FUNCTION_WORDS = frozenset(
    """
    的 了 吗 呢 吧 啊 呀 么 是 我 你 您 他 她 们 我们
    你们 在 有 和 与 及 或 把 被 给 让 向 对 从 到 也
    都 就 还 又 很 请 请问 问 想 要 想要 怎么 怎样 如何 什么 哪里
    哪儿 哪些 哪个 谁 多少 几 为什么 为何 能 能否 能不能 可以 可否 是否 应该 应当
    需要 怎么办 一下 这 那 这个 那个 一个
    """.split()
)
"""Words that make a question and say nothing about its subject."""


def fold(text: str) -> str:
    """Return the text in one spelling for search: half width, compatibility forms (NFKC), lower case."""
    return unicodedata.normalize("NFKC", text).lower()


def toneless(folded: str) -> str:
    """Return pinyin without its tones: dībǎo as dibao, nǚ as nv."""
    if folded.isascii() or not _ACCENTED.search(folded):
        return folded
    apart = unicodedata.normalize("NFD", _UMLAUT.sub("v", folded))
    return unicodedata.normalize("NFC", "".join(each for each in apart if not unicodedata.combining(each)))


def simplify(text: str) -> str:
    """Return traditional characters as simplified ones; text without Chinese is returned unchanged."""
    return str(_converter().convert(text)) if _HAN_RUN.search(text) else text


@lru_cache(maxsize=1)
def _converter() -> Any:
    # Imported late: a web process that is never asked must not pay for it.
    from opencc import OpenCC

    return OpenCC("t2s")


def runs(folded: str) -> list[str]:
    """Return unbroken runs of Chinese characters, or of Latin letters and digits."""
    return [run[:LONGEST_TOKEN] if run.isascii() else run for run in _RUN.findall(folded)]


def is_han(text: str) -> bool:
    """Return whether the text is not empty and every character is Chinese."""
    return _HAN_RUN.fullmatch(text) is not None


def bigrams(folded: str) -> list[str]:
    """
    Return overlapping pairs of each Chinese run, then its last character alone; Latin and digit runs whole.

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
    Return the bigrams of a body: a closing character before punctuation becomes a GAP, since the pair before holds
    it.

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
    Return tokens with positions: a text with these tokens at these positions contains `folded` verbatim.

    The closing character of a run is left out if a pair holds it, so the same tokens fit titles and bodies.
    """
    tokens = pairs(folded)
    placed = enumerate(zip(["", *tokens], tokens, strict=False))
    return [
        (at, token)
        for at, (before, token) in placed
        if token != GAP and not (is_han(token) and before[1:] == token)
    ]


_taught: set[str] = set()
"""Terms added to the process's shared dictionary."""


class Cutter:
    """
    A cutter of Chinese into words, with rjieba's dictionary and the terms of the administration.

    Loading takes 0.1 s and about 32 MB, so it happens at the first text. The process shares one dictionary; a cutter
    whose county removed a term that the shared one has learnt loads its own until the process restarts.
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
        """Return whether the word is in the dictionary or in the given terms."""
        return bool(self._dictionary().has_word(word))

    def longest(self, folded: str) -> list[str]:
        """Return the longest words of the text, each once: a text that says the same must contain them."""
        return [run for piece in self._dictionary().cut(folded) for run in runs(piece)]

    def words(self, folded: str) -> list[str]:
        """Return the words in search mode (long words and the words inside them), without punctuation."""
        return list(self._words(folded))

    def _words(self, folded: str) -> Iterator[str]:
        for piece in self._dictionary().cut_for_search(folded):
            yield from runs(piece)
