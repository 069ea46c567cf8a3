"""Two versions of a text side by side: which passages are unchanged, removed or added, and what changed inside one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from kiosk.catalogue.text.passages import Passage, split

VERSIONS = ("replaced_by", "replaces", "amended_by", "amends", "repealed_by", "repeals")
"""Relations between two documents one of which is a version of the other."""
OLDER = ("replaces", "amends", "repeals")
"""Relations seen from a document in which the other document is the older one."""
ALIKE = 0.35
"""Similarity (0 to 1) below which two passages are shown as one removed and one added."""
LONGEST_PASSAGE = 1_500
"""Characters up to which changes inside a passage are marked; a longer one is shown as changed."""
MOST_PASSAGES = 1_500
MOST_PAIRS = 900
"""Pairs of passages compared within a changed block; beyond it passages are paired in order."""
_PIECE = re.compile(r"[0-9０-９.,%]+|[A-Za-z]+|.", re.S)
_SHORT = 2
"""Characters: an unchanged run of at most this length between two changes is shown as changed too."""


@dataclass(frozen=True)
class TextRun:
    """A run of characters; a `changed` one is found in one of the two versions only."""

    text: str
    changed: bool = False


@dataclass(frozen=True)
class ComparedRow:
    """
    One row of the comparison: same, changed, gone (only before) or new (only now).

    count: How many passages a row of the kind `same` covers.
    """

    kind: str
    before: tuple[TextRun, ...] = ()
    now: tuple[TextRun, ...] = ()
    count: int = 1


def compare(before: str, now: str) -> list[ComparedRow] | None:
    """Return the rows in the order of the newer text; None if a text has more than MOST_PASSAGES passages."""
    old, new = split(before), split(now)
    if len(old) > MOST_PASSAGES or len(new) > MOST_PASSAGES:
        return None
    matcher = SequenceMatcher(
        None, [_plain(each) for each in old], [_plain(each) for each in new], autojunk=False
    )
    lines: list[ComparedRow] = []
    for step, first, last, start, stop in matcher.get_opcodes():
        if step == "equal":
            lines.append(ComparedRow("same", count=last - first))
        else:
            lines += _block(
                [_whole(each) for each in old[first:last]], [_whole(each) for each in new[start:stop]]
            )
    return lines


def _plain(passage: Passage) -> str:
    """Return the passage without its article number and spaces: a difference in these is no change."""
    return re.sub(r"\s+", "", passage.text)


def _whole(passage: Passage) -> str:
    return f"{passage.label}　{passage.text}" if passage.label else passage.text


def _block(old: Sequence[str], new: Sequence[str]) -> Iterator[ComparedRow]:
    """Yield the rows of a changed block: each new passage with the old one it came from, unmatched ones alone."""
    partners = _partners(old, new)
    at = 0
    for place, text in enumerate(new):
        partner = partners.get(place)
        if partner is None:
            yield ComparedRow("new", now=(TextRun(text, True),))
            continue
        yield from (ComparedRow("gone", before=(TextRun(each, True),)) for each in old[at:partner])
        at = partner + 1
        yield _changed(old[partner], text)
    yield from (ComparedRow("gone", before=(TextRun(each, True),)) for each in old[at:])


def _partners(old: Sequence[str], new: Sequence[str]) -> dict[int, int]:
    """Return, for each new passage, the old passage most like it, keeping the order of both."""
    if len(old) * len(new) > MOST_PAIRS:
        return {at: at for at in range(min(len(old), len(new)))}
    found: dict[int, int] = {}
    free = 0
    for place, text in enumerate(new):
        alike = [(_likeness(old[at], text), -at) for at in range(free, len(old))]
        best = max(alike, default=(0.0, 0))
        if best[0] >= ALIKE:
            found[place] = -best[1]
            free = found[place] + 1
    return found


def _likeness(one: str, other: str) -> float:
    matcher = SequenceMatcher(None, one[:LONGEST_PASSAGE], other[:LONGEST_PASSAGE], autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= ALIKE else 0.0


def _changed(before: str, now: str) -> ComparedRow:
    if max(len(before), len(now)) > LONGEST_PASSAGE:
        return ComparedRow("changed", (TextRun(before, True),), (TextRun(now, True),))
    old, new = _PIECE.findall(before), _PIECE.findall(now)
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    left: list[TextRun] = []
    right: list[TextRun] = []
    for at, (step, first, last, start, stop) in enumerate(steps):
        gone, came = "".join(old[first:last]), "".join(new[start:stop])
        is_island = step == "equal" and 0 < at < len(steps) - 1 and len(gone) <= _SHORT
        left.append(TextRun(gone, step != "equal" or is_island))
        right.append(TextRun(came, step != "equal" or is_island))
    return ComparedRow("changed", _joined(left), _joined(right))


def _joined(pieces: Sequence[TextRun]) -> tuple[TextRun, ...]:
    """Return the pieces with neighbours of one kind merged and empty ones left out."""
    joined: list[TextRun] = []
    for piece in pieces:
        if piece.text and joined and joined[-1].changed == piece.changed:
            joined[-1] = TextRun(joined[-1].text + piece.text, piece.changed)
        elif piece.text:
            joined.append(piece)
    return tuple(joined)


def counts(lines: Sequence[ComparedRow]) -> dict[str, int]:
    """Return how many passages are unchanged, changed, removed and added."""
    total = dict.fromkeys(("same", "changed", "gone", "new"), 0)
    for line in lines:
        total[line.kind] += line.count
    return total
