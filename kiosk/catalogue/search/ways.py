"""
Ways to browse without typing: life events, topics, audiences, issuers, years.

Events, audiences and topic classes are reviewed data (`words/*.tsv`, described in words/README.md). The documents of
a
way come from the index, or from the records themselves while there is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kiosk.catalogue.search.words import DROPPED, FOLDER, rows_of


@dataclass(frozen=True)
class BrowseChoice:
    """One value of a way in words; `english` is empty if the record's own word is shown."""

    name: str
    icon: str = ""


@dataclass(frozen=True)
class LifeEvent(BrowseChoice):
    """A life event: records with one of `topics`, or with one of `words` in their title."""

    topics: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scope:
    """
    A set of documents: all facets match (any of the values of each), and one of topics or title words.

    facets: (field of the index, values).
    """

    facets: tuple[tuple[str, tuple[str, ...]], ...] = ()
    topics: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    def within(self, field: str, *values: str) -> Scope:
        """Return the scope restricted to documents with one of these values."""
        return Scope((*self.facets, (field, values)), self.topics, self.words)


@cache
def events(folder: Path = FOLDER) -> tuple[LifeEvent, ...]:
    """Return the life events, in the order of the table."""
    table = rows_of(folder / "life_events.tsv", 5)
    return tuple(
        LifeEvent(name, icon, _several(topics), _several(words))
        for name, icon, topics, words, status in table
        if status != DROPPED
    )


@cache
def audiences(folder: Path = FOLDER) -> tuple[BrowseChoice, ...]:
    """Return the choices of "I am ...", in the order of the table."""
    table = rows_of(folder / "audiences.tsv", 3)
    return tuple(BrowseChoice(name, icon) for name, icon, status in table if status != DROPPED)


@cache
def topic_classes(folder: Path = FOLDER) -> dict[str, tuple[str, ...]]:
    """Return the 22 classes of the State Council's library with the items of each."""
    classes: dict[str, list[str]] = {}
    for name, item in rows_of(folder / "topic_classes.tsv", 2):
        classes.setdefault(name, []).extend([item] if item else [])
    return {name: tuple(items) for name, items in classes.items()}


@cache
def names_in(language: str, folder: Path = FOLDER) -> dict[tuple[str, str], str]:
    """Return the words of a language for values: (way, value) → words; nothing where it has no list."""
    table = folder / f"names_{language}.tsv"
    return {(way, name): words for way, name, words in rows_of(table, 3)} if table.exists() else {}


def named(way: str, value: str) -> BrowseChoice:
    """Return a value of a way with its words."""
    known: Sequence[BrowseChoice] = events() if way == "event" else audiences() if way == "audience" else ()
    return next((each for each in known if each.name == value), BrowseChoice(value))


def in_words(way: str, value: str, language: str) -> str:
    """Return the words of a value in a language."""
    return names_in(language).get((way, value), value)


def _several(cell: str) -> tuple[str, ...]:
    return tuple(filter(None, (each.strip() for each in cell.split("|"))))


def scope(way: str, value: str) -> Scope | None:
    """Return the documents that a value of a way selects; None for an event that the table does not have."""
    if way == "event":
        found = next((each for each in events() if each.name == value), None)
        return Scope(topics=found.topics, words=found.words) if found else None
    if way == "topic":
        # 其他 is an item of most classes: only the class itself tells which.
        items = [item for item in topic_classes().get(value, ()) if item != "其他"]
        return Scope((("topic", (value, *items)),))
    return Scope(((way, (value,)),))


def others(counted: Sequence[str]) -> list[str]:
    """Return topics that belong to no class and are no life event: a county's own."""
    known = {each for event in events() for each in (event.name, *event.topics)}
    known |= {each for name, items in topic_classes().items() for each in (name, *items)}
    return [topic for topic in counted if topic not in known]
