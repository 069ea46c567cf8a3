"""Acts of the audit have one name each: a member of `Act`, written somewhere, with its words where a desk shows it."""

from __future__ import annotations

import ast
from functools import cache

import pytest
from babel.messages.pofile import read_po

from kiosk.audit import OLD_NAMES, Act
from kiosk.catalogue.publishing.history import ACTS
from kiosk.disclosure import cases, course, lawful
from kiosk.disclosure.events import FACTS, CaseAct
from tests.structure.test_imports import REPOSITORY, files, relative, tree

OF_NO_ENTRY = {
    Act.CATALOGUE_MAPPING,
    Act.CATALOGUE_WATCHED_TAKEN,
    Act.CATALOGUE_WATCHED_REFUSED,
    Act.CATALOGUE_SEARCH_SETTLED,
    Act.CATALOGUE_WORD,
}
"""Acts of the catalogue that happen to no entry: no page of an entry tells them."""


@cache
def english() -> dict[str, str]:
    with (REPOSITORY / "kiosk/translations/en/LC_MESSAGES/messages.po").open("rb") as file:
        return {str(each.id): str(each.string) for each in read_po(file) if each.id}


def test_every_act_is_written_somewhere() -> None:
    named = {
        node.attr
        for path in files()
        if relative(path) != "kiosk/audit.py"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) in ("Act", "audit.Act")
    }
    assert {act.name for act in Act} - named == set()


def test_no_act_is_written_as_a_string() -> None:
    names = {*Act, *OLD_NAMES}
    breaches = [
        f"{relative(path)}:{node.lineno} {node.value!r}"
        for path in files()
        if relative(path) != "kiosk/audit.py"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and node.value in names
    ]
    assert breaches == []


def test_old_names_are_written_no_longer() -> None:
    assert set(OLD_NAMES).isdisjoint(Act.__members__.values())
    assert {Act(name) for name in OLD_NAMES} <= set(Act)


def test_every_act_that_happens_to_an_entry_has_words_at_the_desk() -> None:
    assert set(ACTS) == {act for act in Act if act.name.startswith("CATALOGUE_")} - OF_NO_ENTRY


def test_every_step_of_a_case_has_its_act_and_its_words() -> None:
    assert set(cases.AUDITED) == set(CaseAct)
    assert set(FACTS) == set(course.FOLLOWS) == {*lawful.RULES, CaseAct.TAKEN_IN}


@pytest.mark.parametrize("words", ACTS.values())
def test_the_words_of_acts_are_there_in_english(words: str) -> None:
    assert english().get(words)
