"""English is complete, certain and compiled."""

import io
import re

from babel.messages.mofile import read_mo

from kiosk.web import translate


def test_every_text_has_its_english() -> None:
    assert [message.id for message in translate.untranslated(translate.english())] == []


def test_the_catalogue_knows_exactly_the_texts_of_the_code() -> None:
    """Otherwise: python -m kiosk.web.translate"""
    stored = {message.id for message in translate.english() if message.id}
    assert stored == {message.id for message in translate.texts_of_the_code() if message.id}


def test_what_is_compiled_is_what_is_written() -> None:
    compiled = read_mo(io.BytesIO(translate.MO.read_bytes()))
    written = translate.english()
    assert {m.id: m.string for m in compiled if m.id} == {m.id: m.string for m in written if m.id}


def test_english_keeps_every_named_place_and_no_chinese() -> None:
    for message in translate.english():
        if not message.id:
            continue
        ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
        for english in message.string if isinstance(message.string, tuple | list) else (message.string,):
            assert set(re.findall(r"%\(\w+\)s", english)) <= set(re.findall(r"%\(\w+\)s", ids[0])), ids[0]
            assert not re.search(r"[\u4e00-\u9fff，。；：！？（）《》]", english), english
        places = set(re.findall(r"%\(\w+\)s", ids[-1]))
        last = message.string[-1] if isinstance(message.string, tuple | list) else message.string
        assert places <= set(re.findall(r"%\(\w+\)s", last)), ids[0]
