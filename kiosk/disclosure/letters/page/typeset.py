"""
A letter as PDF/UA-1 and PDF/A-2a: typst sets what `letter_text` parted; nothing that it doubts is issued.

What a letter says reaches typst as data and is never run. The same letter gives the same bytes.
"""

from __future__ import annotations

import json
import re
from datetime import datetime, time
from pathlib import Path
from typing import Any

from kiosk.clock import BEIJING
from kiosk.disclosure.letters.page import letter_text
from kiosk.disclosure.letters.page.faces import Faces
from kiosk.disclosure.letters.page.letter_text import LetterText
from kiosk.errors import Refused

TEMPLATE = Path(__file__).with_name("letter.typ")
STANDARDS: list[Any] = ["a-2a", "ua-1"]
"""ISO 19005-2 level A, which archives want, and ISO 14289-1, which screen readers need."""
LONG = 5_000
"""Characters from which lines are broken one by one, which is many times quicker than all of a paragraph at once."""
_NOT_DRAWN = re.compile('the text `"(.+?)"` could not be displayed')


def render(letter: LetterText, faces: Faces) -> bytes:
    """
    Return the letter as PDF.

    Raises:
        Refused: "letter-character" with a character that no font draws; "letter-layout" with what typst doubted;
            as `letter_text.plain`.
    """
    import typst

    try:
        pdf, warnings = typst.compile_with_warnings(
            str(TEMPLATE),
            root=str(TEMPLATE.parent),
            font_paths=faces.fonts,
            sys_inputs={"said": json.dumps(_content(letter, faces), ensure_ascii=False)},
            format="pdf",
            pdf_standards=STANDARDS,
            timestamp=_moment(letter),
        )
    except typst.TypstError as fault:
        raise _refusal(str(fault)) from fault
    if warnings:
        raise Refused("letter-layout", "; ".join(str(each) for each in warnings))
    return bytes(pdf)


def _content(letter: LetterText, faces: Faces) -> dict[str, Any]:
    begin, last = letter_text.parted(letter.body)
    texts = {
        "issuer": letter.organ,
        "number": letter.number,
        "title": letter.title,
        "addressee": letter.addressee,
        "signed_by": letter.signed_by,
        "copies": letter.copies,
        "draft_mark": letter.draft_mark,
    }
    return {
        **{name: letter_text.plain(text) for name, text in texts.items()},
        "style": letter.style.value,
        "day": [letter.signed_on.year, letter.signed_on.month, letter.signed_on.day],
        "signed_on": letter_text.day_words(letter.signed_on),
        "is_signed": bool(letter.signed_by),
        "attachments": [letter_text.plain(title) for title in letter.attachments],
        "parts": begin,
        "last": last,
        "enclosure": letter_text.parts(letter.enclosure),
        "is_long": len(letter.body) > LONG,
        "fonts": faces.families,
        "title_weight": faces.title_weight,
        "title_stroke": faces.title_stroke,
    }


def _moment(letter: LetterText) -> int:
    """Return the midnight in which the letter's day begins: the file says no time at which it was made."""
    return int(datetime.combine(letter.signed_on, time(), BEIJING).timestamp())


def _refusal(said: str) -> Refused:
    found = _NOT_DRAWN.search(said)
    return Refused("letter-character", found[1]) if found else Refused("letter-layout", said)
