"""
The legal content of a request for disclosure: three things, and no reason for asking.

Source: 政府信息公开条例 (2019 revision), art. 27-31; LAW.md §1.2, §1.3, §2.1, §9. Knows neither Flask nor a database.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

KIND = "disclosure"
"""Name of this kind of submission."""
WANTED_LIMIT = 2000
"""Characters of a description; the law sets no limit, a form needs one: longer requests go to the counter."""


class ApplicantType(StrEnum):
    """Applicants as in the columns of table 3 of the annual report (国办公开办函〔2021〕30号)."""

    CITIZEN = "citizen"
    BUSINESS = "business"
    RESEARCH = "research"
    CHARITY = "charity"
    LEGAL = "legal"
    OTHER = "other"


class Behalf(StrEnum):
    """In whose name somebody asks."""

    SELF = "self"
    ANOTHER = "another"


class DocumentType(StrEnum):
    """Identity documents of art. 29(1)."""

    ID_CARD = "id_card"
    HK_MACAO_RESIDENCE = "hk_macao_residence"
    HK_MACAO_PERMIT = "hk_macao_permit"
    TAIWAN_RESIDENCE = "taiwan_residence"
    TAIWAN_PERMIT = "taiwan_permit"
    PASSPORT = "passport"
    FOREIGN_RESIDENCE = "foreign_residence"
    OTHER = "other"


HAS_ID_CARD_NUMBER = frozenset(
    {DocumentType.ID_CARD, DocumentType.HK_MACAO_RESIDENCE, DocumentType.TAIWAN_RESIDENCE}
)
"""Documents whose number follows GB 11643."""


class SupplyForm(StrEnum):
    """The form in which the information is wanted, art. 29(3)."""

    PAPER = "paper"
    ELECTRONIC = "electronic"


class ObtainWay(StrEnum):
    """The way in which it reaches the applicant, art. 29(3)."""

    COLLECT = "collect"
    READ = "read"
    POST = "post"
    EMAIL = "email"


class ReceivedBasis(StrEnum):
    """The basis of the day of receipt, art. 31; LAW.md §1.3, DESIGN.md §4.8."""

    IN_PERSON = "in_person"
    SIGNED = "signed"
    """Signed-for mail: the day of signing."""
    ORDINARY = "ordinary"
    """An ordinary letter: the day on which the organ confirmed it with the applicant."""
    CONFIRMED = "confirmed"
    """Both sides confirmed the day."""
    TO_CONFIRM = "to_confirm"
    CLOCK_UNVERIFIED = "clock_unverified"


@dataclass(frozen=True)
class Receipt31:
    """The day of receipt as far as it is known."""

    received_on: date | None
    basis: ReceivedBasis


def receipt_under_art_31(*, is_in_person: bool, is_clock_trusted: bool, day: date) -> Receipt31:
    """
    Return the day of receipt of a request handed in at a terminal on `day` (Beijing).

    In person: that day. Otherwise the organ confirms it. A clock that cannot be trusted decides nothing.
    """
    if not is_clock_trusted:
        return Receipt31(None, ReceivedBasis.CLOCK_UNVERIFIED)
    if is_in_person:
        return Receipt31(day, ReceivedBasis.IN_PERSON)
    return Receipt31(None, ReceivedBasis.TO_CONFIRM)


_ID_FORM = re.compile(r"\d{17}[\dX]")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
EARLIEST_BIRTH = date(1900, 1, 1)


def plain_number(typed: str) -> str:
    """Return a document number for comparison: half width, no separators, capitals."""
    return re.sub(r"[\s\-·]", "", unicodedata.normalize("NFKC", typed)).upper()


def id_number_fault(number: str, day: date) -> str | None:
    """
    Return the fault of an identity number (GB 11643): "length", "form", "birth", "check", or None.

    Region codes are not checked: numbers of earlier county codes are valid (LAW.md §9).
    """
    if len(number) != 18:
        return "length"
    if not _ID_FORM.fullmatch(number):
        return "form"
    try:
        birth = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return "birth"
    if not EARLIEST_BIRTH <= birth <= day:
        return "birth"
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _ID_WEIGHTS, strict=True))
    return None if number[17] == _ID_CHECKS[total % 11] else "check"


def organisation_code_fault(number: str) -> str | None:
    """Return the fault of a unified social credit code (GB 32100): "form" or None."""
    try:
        uscc.validate(number)
    except ValidationError:
        return "form"
    return None


PHONE_FORM = re.compile(r"\+?\d{7,15}")
EMAIL_FORM = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s.]{2,}")


def plain_phone(typed: str) -> str:
    """Return a telephone number without separators."""
    return re.sub(r"[\s\-()]", "", unicodedata.normalize("NFKC", typed))
