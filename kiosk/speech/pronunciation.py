"""The pronunciation lexicon: words with a fixed reading, the product's and the county's."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

HOUSE = Path(__file__).with_name("pronunciation.toml")
_SYLLABLE = re.compile(r"[a-zü]{1,6}[1-5]")
_LETTERS = {
    "A": "ˈA", "B": "bˈi", "C": "sˈi", "D": "dˈi", "E": "ˈi", "F": "ˈɛf", "G": "ʤˈi", "H": "ˈAʧ", "I": "ˈI",
    "J": "ʤˈA", "K": "kˈA", "L": "ˈɛl", "M": "ˈɛm", "N": "ˈɛn", "O": "ˈO", "P": "pˈi", "Q": "kjˈu", "R": "ˈɑɹ",
    "S": "ˈɛs", "T": "tˈi", "U": "jˈu", "V": "vˈi", "W": "dˈʌbəlju", "X": "ˈɛks", "Y": "wˈI", "Z": "zˈi",
}  # fmt: skip
"""The names of the letters in the phonemes that the voice was trained with."""


def letter(one: str) -> str:
    """Return the phonemes of a Latin letter's name; empty for anything else."""
    return _LETTERS.get(one.upper(), "")


def load(county: Mapping[str, str] | None = None) -> dict[str, tuple[str, ...]]:
    """
    Return word → its syllables with tone numbers; the county's words override the product's.

    Raises:
        ValueError: an entry has not one syllable a character; the message gives it.
    """
    with HOUSE.open("rb") as stored:
        tables = tomllib.load(stored)
    entries = {word: said for table in tables.values() for word, said in table.items()}
    return {word: _syllables(word, said) for word, said in {**entries, **(county or {})}.items()}


def _syllables(word: str, said: str) -> tuple[str, ...]:
    syllables = tuple(said.lower().replace("u:", "ü").replace("v", "ü").split())
    if len(syllables) != len(word) or not all(_SYLLABLE.fullmatch(each) for each in syllables):
        raise ValueError(f"{word} = {said!r}: one syllable with its tone number for each character")
    return syllables
