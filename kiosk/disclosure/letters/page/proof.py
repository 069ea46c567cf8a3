"""
The proof of a letter: the text that a reader takes out of its pages is the text that went in.

pdfium is another program than the one that set the pages; blanks are not compared.
"""

from __future__ import annotations

import re

import pypdfium2

from kiosk.disclosure.letters.page import letter_text
from kiosk.disclosure.letters.page.letter_text import LetterText
from kiosk.errors import Refused

_PAGE_NUMBER = re.compile(r"^\s*—\s*\d+\s*—\s*$", re.MULTILINE)
CONTEXT = 12


def check(pdf: bytes, letter: LetterText) -> None:
    """
    Refuse pages that do not say what the letter says.

    Raises:
        Refused: "letter-proof" with the words around the first difference.
    """
    found, meant = text(pdf), letter_text.said(letter)
    if letter.draft_mark:
        found = found.replace(letter_text.bare(letter.draft_mark), "")
    if found == meant:
        return
    pairs = enumerate(zip(found, meant, strict=False))
    at = next((at for at, (read, written) in pairs if read != written), min(len(found), len(meant)))
    raise Refused("letter-proof", meant[max(0, at - CONTEXT) : at + CONTEXT])


def text(pdf: bytes) -> str:
    """Return the text of a file's pages in reading order, without page numbers and blanks."""
    return "".join(pages(pdf))


def pages(pdf: bytes) -> list[str]:
    """Return the text of each page, without its number and blanks."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [letter_text.bare(_PAGE_NUMBER.sub("", _page_text(page))) for page in document]
    finally:
        document.close()


def _page_text(page: pypdfium2.PdfPage) -> str:
    found = page.get_textpage()
    try:
        return str(found.get_text_bounded())
    finally:
        found.close()
        page.close()
