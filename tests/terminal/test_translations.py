"""Every translation is complete, certain and compiled."""

import io
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo

from kiosk.web.language.collected import texts_of_the_code
from kiosk.web.language.languages import Language
from tools import translate

PLACE = re.compile(r"%\(\w+\)s|\{\w+\}")
each_language = pytest.mark.parametrize(
    ("language", "compiled"), list(translate.translated()), ids=lambda each: getattr(each, "code", "")
)


def parts(words: object) -> tuple[str, ...]:
    return tuple(words) if isinstance(words, list | tuple) else (str(words),)


def texts(catalogue: Catalog) -> dict[tuple[str, ...], tuple[str, ...]]:
    return {parts(message.id): parts(message.string) for message in catalogue if message.id}


@each_language
def test_every_text_has_its_translation(language: Language, compiled: Path) -> None:
    assert [message.id for message in translate.untranslated(translate.stored(language, compiled))] == []


@each_language
def test_the_catalogue_knows_exactly_the_texts_of_the_code(language: Language, compiled: Path) -> None:
    """Otherwise: python -m tools.translate"""
    stored = {message.id for message in translate.stored(language, compiled) if message.id}
    assert stored == {message.id for message in texts_of_the_code() if message.id}


@each_language
def test_what_is_compiled_is_what_is_written(language: Language, compiled: Path) -> None:
    read = read_mo(io.BytesIO(compiled.read_bytes()))
    assert texts(read) == texts(translate.stored(language, compiled))


@each_language
def test_a_translation_keeps_every_named_place_and_no_chinese(language: Language, compiled: Path) -> None:
    for message in translate.stored(language, compiled):
        if not message.id:
            continue
        source = parts(message.id)[0]
        for words in parts(message.string):
            assert set(PLACE.findall(words)) == set(PLACE.findall(source)), source
            assert not re.search(r"[\u4e00-\u9fff，。；：！？（）《》]", words), words
