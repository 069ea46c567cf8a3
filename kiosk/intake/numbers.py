"""
Numbers of submissions, issued by the terminal itself, so that a receipt given offline stays valid.

`AB03-261122-0007-K7-4`: terminal code, day, sequence of the day, two random characters (so that a restored
disk repeats no number), check character. Source: DESIGN.md §4.3.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from datetime import date

from stdnum import luhn

from kiosk import counters
from kiosk.errors import Refused

ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Digits and capitals without I and O, which people read as 1 and 0."""
RANDOM_ALPHABET = ALPHABET.replace("0", "").replace("1", "")
PLACES = 17
LAST_PLACE = 9999
_FORM = re.compile(rf"[{ALPHABET}]{{4}}\d{{10}}[{ALPHABET}]{{3}}")
_WRITTEN = re.compile(r"[0-9A-Z]{4}-\d{6}-\d{4}-[0-9A-Z]{2}-[0-9A-Z]")
_PIECE = re.compile(r"(?<=-[0-9A-Z])-\d{3}$")
_SEPARATORS = re.compile(r"[\s\-–—_.·]")


def issue(terminal_code: str, day: date, most: int = LAST_PLACE) -> str:
    """
    Return the next number of `day`, inside the caller's transaction.

    Raises:
        Refused: "numbers-used-up" after `most` in a day.
    """
    place = counters.take(f"number:{day.isoformat()}")
    if place > most:
        raise Refused("numbers-used-up", day.isoformat())
    return _with_chance(f"{terminal_code}{day:%y%m%d}{place:04d}")


def another(number: str) -> str:
    """Return a number of the same terminal, day and sequence with other random characters, for one that is taken."""
    while (made := _with_chance(number.replace("-", "")[:14])) == number:
        pass
    return made


def _with_chance(body: str) -> str:
    body += "".join(secrets.choice(RANDOM_ALPHABET) for _ in range(2))
    return written(body + luhn.calc_check_digit(body, ALPHABET))


def written(compact: str) -> str:
    """Return the number as printed and shown."""
    return "-".join((compact[:4], compact[4:10], compact[10:14], compact[14:16], compact[16:]))


def is_of(terminal_code: str, number: str) -> bool:
    """Return whether the terminal with this code can have issued this written number, or that of a piece of it."""
    whole = _PIECE.sub("", number)
    return parse(whole) == whole and number.startswith(f"{terminal_code}-")


def of_piece(number: str, place: int) -> str:
    """Return the number of a piece of the files that go with a submission; nobody reads or types it."""
    return f"{number}-{place:03d}"


def parse(typed: str) -> str | None:
    """
    Return the typed number in its written form; None if it has a wrong length or check character.

    Full width, lower case, any separators, O for 0 and I for 1 are accepted.
    """
    text = _SEPARATORS.sub("", unicodedata.normalize("NFKC", typed)).upper()
    text = text.replace("O", "0").replace("I", "1")
    if len(text) != PLACES or not _FORM.fullmatch(text) or not luhn.is_valid(text, ALPHABET):
        return None
    return written(text)


def found_in(scanned: str) -> str | None:
    """
    Return the number in what was typed or in the text of a slip's QR code; None if there is no right one.

    A code says a number, an address that ends with it, or a calendar file that a scanner may have typed in one line.
    """
    typed = parse(scanned)
    if typed is not None:
        return typed
    return next(filter(None, map(parse, _WRITTEN.findall(scanned.upper()))), None)
