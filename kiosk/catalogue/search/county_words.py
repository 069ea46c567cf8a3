"""
A county's decisions about the words of its search: stored at the hub, sent to terminals as the side list "words".

For each line of the product's lists the county has at most one of its own: reviewed, corrected or dropped. A
publisher
decides alone, and every decision is logged.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace

from peewee import fn

from kiosk import counters, db, side_lists
from kiosk.audit import Act
from kiosk.catalogue.records.hand import Hand
from kiosk.catalogue.records.models import CountyWord
from kiosk.catalogue.search.words import (
    DROPPED,
    LISTS,
    TERM,
    ListedWord,
    SearchWords,
    load,
    shipped,
    write_list,
)
from kiosk.clock import stamp
from kiosk.errors import RuleBroken
from kiosk.seen import UNSEEN, Seen

NEEDS_REVIEW, REVIEWED = "needs_review", "reviewed"
STATUSES = (NEEDS_REVIEW, REVIEWED, DROPPED)
MOST_MEANINGS = 6
HEAVIEST = 100
MOST_LINES = 20_000
_WORD = re.compile(r"[\u4e00-\u9fffA-Za-z0-9]{2,20}")
TURNS = "county-word"
"""The counter of decisions."""


@dataclass(frozen=True)
class WrongLine:
    """A refused line: its number (0: none), and the reason (a code of WHY)."""

    line: int
    code: str


def words_here() -> SearchWords:
    """Return the words that hold on this machine: at the hub by its table, at a terminal by what the hub sent."""
    return load(county=county_list() or b"")


def county_list() -> bytes | None:
    """Return the county's list as bytes; None when the county decided nothing yet."""
    if CountyWord.table_exists():  # at the hub
        decided = _decided()
        return write_list(iter(decided)) if decided else None
    return side_lists.read(db.store, side_lists.WORDS)


def mark() -> str:
    """Return a value that changes with every decision."""
    return str(CountyWord.select(fn.COALESCE(fn.MAX(CountyWord.turn), 0)).scalar())


_COLUMNS = (CountyWord.form, CountyWord.word, CountyWord.meaning, CountyWord.status)


def _decided() -> list[ListedWord]:
    return db.rows(CountyWord.select(*_COLUMNS), ListedWord)


def listed(form: str) -> list[tuple[ListedWord, bool]]:
    """Return every word of a form as it holds now, each with whether the county decided it; the county's own last."""
    found = {key: (each, False) for key, each in shipped().items() if key[0] == form}
    found.update({(each.form, each.word): (each, True) for each in _decided() if each.form == form})
    return list(found.values())


def one(form: str, word: str) -> ListedWord | None:
    """Return the line of a word as it holds now."""
    query = CountyWord.select(*_COLUMNS).where(CountyWord.form == form, CountyWord.word == word)
    return db.one(query, ListedWord) or shipped().get((form, word))


def last_decision(form: str = "", word: str = "") -> tuple[str, str]:
    """Return who decided last, about one word or any, and when; two empty texts: nobody of the county."""
    found = CountyWord.select(CountyWord.changed_by, CountyWord.changed_at).order_by(CountyWord.turn.desc())
    if word:
        found = found.where(CountyWord.form == form, CountyWord.word == word)
    by, at = next(iter(found.limit(1).tuples().execute()), ("", ""))
    return by, at


def tidy(form: str, word: str, meaning: str, status: str = REVIEWED) -> ListedWord:
    """
    Return a line as it is stored: one width of letters, official words once each, between bars.

    Raises:
        RuleBroken: word-form, word-itself, meanings-missing, meanings-many, weight-wrong or status-wrong.
    """
    word = plain(word)
    if not _WORD.fullmatch(word):
        raise RuleBroken("word-form")
    if status not in STATUSES:
        raise RuleBroken("status-wrong")
    if form == TERM:
        weight = plain(meaning)
        if not weight.isdecimal() or not 1 <= int(weight) <= HEAVIEST:
            raise RuleBroken("weight-wrong")
        return ListedWord(form, word, str(int(weight)), status)
    meanings = list(dict.fromkeys(filter(None, map(plain, re.split(r"[|｜、，,；;\n]", meaning)))))
    if not meanings:
        raise RuleBroken("meanings-missing")
    if len(meanings) > MOST_MEANINGS:
        raise RuleBroken("meanings-many")
    if word in meanings:
        raise RuleBroken("word-itself")
    if not all(_WORD.fullmatch(each) for each in meanings):
        raise RuleBroken("word-form")
    return ListedWord(form, word, "|".join(meanings), status)


def plain(text: str) -> str:
    """Return a text in one width of letters, without spaces."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def decide(words: Iterable[ListedWord], hand: Hand, seen: Seen = UNSEEN) -> int:
    """
    Store lines that differ from those in force; return how many.

    Raises:
        ChangedMeanwhile: see `Seen.hold`.
    """
    with db.writing(db.store):
        seen.hold()
        held = shipped() | {(each.form, each.word): each for each in _decided()}
        changed = [each for each in words if held.get((each.form, each.word)) != each]
        for each in changed:
            hand.tell(Act.CATALOGUE_WORD, each.word, form=each.form, status=each.status)
            _keep(each, hand)
    return len(changed)


def set_status(form: str, word: str, status: str, hand: Hand, seen: Seen = UNSEEN) -> ListedWord | None:
    """
    Give the line of a word another status (of STATUSES); return it as it was, None when there is no such word.

    Raises:
        ChangedMeanwhile: see `Seen.hold`.
    """
    with db.writing(db.store):
        seen.hold()
        found = one(form, word)
        if found is not None:
            decide([replace(found, status=status)], hand)
    return found


def _keep(word: ListedWord, hand: Hand) -> None:
    CountyWord.insert(
        **vars(word), changed_by=hand.actor, changed_at=stamp(hand.at), turn=counters.take(TURNS)
    ).on_conflict(
        conflict_target=[CountyWord.form, CountyWord.word],
        preserve=[
            CountyWord.meaning,
            CountyWord.status,
            CountyWord.changed_by,
            CountyWord.changed_at,
            CountyWord.turn,
        ],
    ).execute()


def export() -> bytes:
    """Return all words as they hold, as a table that `read_table` takes back."""
    every = [each for form in LISTS for each, _own in listed(form)]
    rows = ["\t".join((each.form, each.word, each.meaning, each.status)) for each in every]
    return ("\n".join(["form\tword\tmeaning\tstatus", *rows]) + "\n").encode()


def read_table(content: bytes) -> tuple[list[ListedWord], list[WrongLine]]:
    """Return the words of a table (form, word, meaning, status; tab-separated UTF-8), and its refused lines."""
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        return [], [WrongLine(0, "not-text")]
    if len(lines) > MOST_LINES:
        return [], [WrongLine(0, "too-many-lines")]
    words: dict[tuple[str, str], ListedWord] = {}
    wrong: list[WrongLine] = []
    for at, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith(("#", "form\t")):
            continue
        cells = [cell.strip() for cell in line.split("\t")]
        try:
            if len(cells) != 4 or cells[0] not in LISTS:
                raise RuleBroken("columns-wrong")
            each = tidy(*cells)
            if (each.form, each.word) in words:
                raise RuleBroken("word-twice")
            words[each.form, each.word] = each
        except RuleBroken as broken:
            wrong.append(WrongLine(at, broken.code))
    return list(words.values()), wrong
