"""
Renews the English catalogue: `python -m tools.translate` collects the texts of the code, keeps what is
translated, and compiles. It prints what has no English yet and ends with 1 while there is any.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from kiosk.web.language.collected import PACKAGE, texts_of_the_code

ENGLISH = PACKAGE / "translations" / "en" / "LC_MESSAGES"
PO, MO = ENGLISH / "messages.po", ENGLISH / "messages.mo"
HEADER = "# English of the kiosk; Chinese in the code is the source. Renewed by python -m tools.translate."


def english() -> Catalog:
    """The English catalogue as it is stored."""
    with PO.open("rb") as stored:
        return read_po(stored, locale="en")


def renewed() -> Catalog:
    """The English catalogue with the texts of today; what left the code leaves the catalogue."""
    catalogue = english() if PO.exists() else Catalog(locale="en", charset="utf-8")
    catalogue.project, catalogue.version, catalogue.header_comment, catalogue.fuzzy = (
        "kiosk",
        "1",
        HEADER,
        False,
    )
    catalogue.update(texts_of_the_code(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    return catalogue


def untranslated(catalogue: Catalog) -> Iterator[Message]:
    """Texts without English, or with an English that only might be right."""
    for message in catalogue:
        words = message.string if isinstance(message.string, tuple | list) else (message.string,)
        if message.id and (message.fuzzy or not all(words)):
            yield message


def as_po(catalogue: Catalog) -> bytes:
    """The text file; without line numbers and dates, so that it changes only when texts do."""
    out = io.BytesIO()
    write_po(out, catalogue, sort_by_file=True, include_lineno=False, omit_header=False, width=110)
    lines = out.getvalue().splitlines(keepends=True)
    dated = (b'"POT-Creation', b'"PO-Revision', b'"Generated-By', b'"Last-Tr', b'"Report-Ms', b'"Language-T')
    return b"".join(line for line in lines if not line.startswith(dated))


def as_mo(catalogue: Catalog) -> bytes:
    """The compiled file."""
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def main() -> int:
    """Writes both files and tells what is missing."""
    catalogue = renewed()
    ENGLISH.mkdir(parents=True, exist_ok=True)
    PO.write_bytes(as_po(catalogue))
    MO.write_bytes(as_mo(english()))
    missing = list(untranslated(catalogue))
    for message in missing:
        print(message.id)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
