"""
Renews the catalogues of messages: `python -m tools.translate` collects the texts of the code, keeps what is
translated, and compiles. It prints what has no translation yet and ends with 1 while there is any.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from kiosk.web.language import languages
from kiosk.web.language.collected import texts_of_the_code
from kiosk.web.language.languages import Language

HEADER = "# {name} of the kiosk; the source is {source}, in the code. Renewed by python -m tools.translate."


def translated() -> Iterator[tuple[Language, Path]]:
    """Return every language that has messages, with its compiled catalogue; the text of it is beside, as `.po`."""
    for language in languages.TABLE.values():
        if language.messages is not None:
            yield language, language.messages


def stored(language: Language, compiled: Path) -> Catalog:
    """Return the catalogue of a language as it is stored."""
    with compiled.with_suffix(".po").open("rb") as text:
        return read_po(text, locale=language.locale)


def renewed(language: Language, compiled: Path) -> Catalog:
    """Return a catalogue with the texts of today; what left the code leaves the catalogue."""
    is_new = not compiled.with_suffix(".po").exists()
    catalogue = Catalog(locale=language.locale, charset="utf-8") if is_new else stored(language, compiled)
    catalogue.project, catalogue.version, catalogue.header_comment, catalogue.fuzzy = (
        "kiosk",
        "1",
        HEADER.format(name=language.name, source=languages.SOURCE.name),
        False,
    )
    catalogue.update(texts_of_the_code(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    return catalogue


def untranslated(catalogue: Catalog) -> Iterator[Message]:
    """Return texts without a translation, or with one that only might be right."""
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
    """Write both files of each language and print what is missing."""
    is_whole = True
    for language, compiled in translated():
        catalogue = renewed(language, compiled)
        compiled.parent.mkdir(parents=True, exist_ok=True)
        compiled.with_suffix(".po").write_bytes(as_po(catalogue))
        compiled.write_bytes(as_mo(stored(language, compiled)))
        for message in untranslated(catalogue):
            is_whole = False
            print(f"{language.code}: {message.id}")
    return 0 if is_whole else 1


if __name__ == "__main__":
    sys.exit(main())
