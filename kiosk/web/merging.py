"""Two changes of one visit put together, when two of its requests ran side by side; plain JSON values, no Flask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

COUNTED = "counted"
"""Key in a visit of counts that grow: two of them are added, never one forgotten."""
IDENTITIES = ("key", "page", "number")
"""Members that say which thing a mapping describes: two things are never mixed into one."""
_GONE: Any = object()


def merged(read: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    """
    Return what is stored now with the changes of one request.

    Args:
        read: The visit as this request read it. mine: As it left it. theirs: As another request stored it meanwhile.
    """
    names = dict.fromkeys([*theirs, *mine])
    found = {
        name: _member(name, read.get(name, _GONE), mine.get(name, _GONE), theirs.get(name, _GONE))
        for name in names
    }
    return {name: value for name, value in found.items() if value is not _GONE}


def _member(name: str, read: Any, mine: Any, theirs: Any) -> Any:
    """Return one member; where both changed the same value, the last one is kept, but what one removed stays away."""
    if name == COUNTED and isinstance(mine, dict) and isinstance(theirs, dict):
        return _counts(read if isinstance(read, dict) else {}, mine, theirs)
    if mine == read:
        return theirs
    if theirs in (read, mine):
        return mine
    if mine is _GONE or theirs is _GONE:
        return _GONE
    if isinstance(mine, dict) and isinstance(theirs, dict):
        return _thing(read if isinstance(read, dict) else {}, mine, theirs)
    if _is_list_of_words(mine) and _is_list_of_words(theirs):
        return _joined(read if isinstance(read, list) else [], mine, theirs)
    return mine


def _thing(read: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Any]:
    for identity in IDENTITIES:
        if mine.get(identity) != theirs.get(identity):
            return theirs if mine.get(identity) == read.get(identity) else mine
    return merged(read, mine, theirs)


def _counts(read: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Any]:
    return {each: _sum(each, read, mine, theirs) for each in dict.fromkeys([*theirs, *mine])}


def _sum(name: str, read: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any]) -> Any:
    counts = [side.get(name, 0) for side in (theirs, mine, read)]
    if all(isinstance(count, int) for count in counts):
        return counts[0] + counts[1] - counts[2]
    return _joined(*(side.get(name) or [] for side in (read, mine, theirs)))


def _joined(read: list[Any], mine: list[Any], theirs: list[Any]) -> list[Any]:
    """Return their list with what this request added, without what it took away."""
    kept = [each for each in theirs if each in mine or each not in read]
    return kept + [each for each in mine if each not in read and each not in theirs]


def _is_list_of_words(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)
