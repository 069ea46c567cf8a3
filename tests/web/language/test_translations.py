"""Every translation is complete, certain and compiled."""

import io
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from kiosk.web.language import languages
from kiosk.web.language.languages import Language

REPOSITORY = Path(__file__).resolve().parents[3]
QUOTED = re.compile("“[^”]*”")
"""What a Chinese notice says is quoted as it is written."""
PLACE = re.compile(r"%\(\w+\)s|\{\w+\}")
TRANSLATED = [language for language in languages.TABLE.values() if language.messages]
each_language = pytest.mark.parametrize("language", TRANSLATED, ids=lambda each: each.code)


def parts(words: object) -> tuple[str, ...]:
    return tuple(words) if isinstance(words, list | tuple) else (str(words),)


def texts(catalogue: Catalog) -> dict[tuple[str, ...], tuple[str, ...]]:
    return {parts(message.id): parts(message.string) for message in catalogue if message.id}


def stored(language: Language) -> Catalog:
    """The catalogue of a language as people write it."""
    assert language.messages is not None
    with language.messages.with_suffix(".po").open("rb") as text:
        return read_po(text, locale=language.locale)


def is_certain(message: Message) -> bool:
    return not message.fuzzy and all(parts(message.string))


@each_language
def test_every_text_has_its_translation(language: Language) -> None:
    assert [message.id for message in stored(language) if message.id and not is_certain(message)] == []


@pytest.fixture(scope="module")
def texts_of_the_code(tmp_path_factory: pytest.TempPathFactory) -> set[object]:
    collected = tmp_path_factory.mktemp("texts") / "messages.pot"
    given = f"-q extract -F {REPOSITORY}/pyproject.toml -k _l -k N_ -k lazy_gettext -o {collected}"
    CommandLineInterface().run(["pybabel", *given.split(), f"{REPOSITORY}/kiosk", f"{REPOSITORY}/tools"])
    with collected.open("rb") as found:
        return {message.id for message in read_po(found) if message.id}


@each_language
def test_the_catalogue_knows_exactly_the_texts_of_the_code(
    language: Language, texts_of_the_code: set[object]
) -> None:
    """Otherwise: ./run translate"""
    assert {message.id for message in stored(language) if message.id} == texts_of_the_code


@each_language
def test_what_is_compiled_is_what_is_written(language: Language) -> None:
    assert language.messages is not None
    assert texts(read_mo(io.BytesIO(language.messages.read_bytes()))) == texts(stored(language))


@each_language
def test_a_translation_keeps_every_named_place_and_no_chinese(language: Language) -> None:
    for message in stored(language):
        if not message.id:
            continue
        source = parts(message.id)[0]
        for words in parts(message.string):
            assert set(PLACE.findall(words)) == set(PLACE.findall(source)), source
            assert not re.search(r"[\u4e00-\u9fff，。；：！？（）《》]", QUOTED.sub("", words)), words
