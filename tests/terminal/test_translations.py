"""English is complete, certain and compiled."""

import io
import re

from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo

from kiosk.web.language.collected import texts_of_the_code
from tools import translate

PLACE = re.compile(r"%\(\w+\)s")


def parts(words: object) -> tuple[str, ...]:
    return tuple(words) if isinstance(words, list | tuple) else (str(words),)


def texts(catalogue: Catalog) -> dict[tuple[str, ...], tuple[str, ...]]:
    return {parts(message.id): parts(message.string) for message in catalogue if message.id}


def test_every_text_has_its_english() -> None:
    assert [message.id for message in translate.untranslated(translate.english())] == []


def test_the_catalogue_knows_exactly_the_texts_of_the_code() -> None:
    """Otherwise: python -m tools.translate"""
    stored = {message.id for message in translate.english() if message.id}
    assert stored == {message.id for message in texts_of_the_code() if message.id}


def test_what_is_compiled_is_what_is_written() -> None:
    compiled = read_mo(io.BytesIO(translate.MO.read_bytes()))
    assert texts(compiled) == texts(translate.english())


def test_english_keeps_every_named_place_and_no_chinese() -> None:
    for message in translate.english():
        if not message.id:
            continue
        source = parts(message.id)[0]
        for english in parts(message.string):
            assert set(PLACE.findall(english)) == set(PLACE.findall(source)), source
            assert not re.search(r"[\u4e00-\u9fff，。；：！？（）《》]", english), english
