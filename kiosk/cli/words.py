"""
Words of the command line: the texts of the code in Chinese or English, as the locale of the machine asks.

Reads the compiled catalogue of the pages by itself: the pages' way would import Flask for `--help`.
"""

from __future__ import annotations

import gettext as catalogues
import os
from functools import cache

from kiosk.web.language import languages
from kiosk.web.language.languages import Language

USUAL = "en"
"""Code of the language used where the locale asks for no language of ours, as on a server with LANG=C."""
DOMAIN = "click"
"""The few words of click itself ("Usage", "Options"), translated in translations/LOCALE/LC_MESSAGES/click.po."""


def language() -> Language:
    """Return the language of LC_ALL, LC_MESSAGES or LANG, the first of them that is set."""
    asked = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    primary = asked.partition(".")[0].partition("_")[0]
    return next(
        (each for each in languages.TABLE.values() if each.primary == primary), languages.named(USUAL)
    )


def gettext(text: str, **gaps: object) -> str:
    """Return a text of the code in the language of the command line, its gaps filled; imported as `_`."""
    words = _catalogue(language()).gettext(text)
    return words % gaps if gaps else words


def N_(text: str) -> str:
    """Mark a text for translation where it is written, to be translated where it is shown."""
    return text


def begin() -> None:
    """Set click's language too."""
    catalogues.bindtextdomain(DOMAIN, languages.TRANSLATIONS)
    catalogues.textdomain(DOMAIN)


@cache
def _catalogue(chosen: Language) -> catalogues.NullTranslations:
    if chosen.messages is None:
        return catalogues.NullTranslations()
    with chosen.messages.open("rb") as compiled:
        return catalogues.GNUTranslations(compiled)
