"""A citizen's request as steps that journeys share, over plain HTTP."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from datetime import date

from PIL import Image

from kiosk.clock import beijing_day
from tests.clocks import MONDAY_MORNING
from tests.pages import Page, Visitor

MONDAY = beijing_day(MONDAY_MORNING)


@dataclass(frozen=True)
class Promised:
    """What the citizen takes home."""

    number: str
    code: str


def check_digit(seventeen: str) -> str:
    """GB 11643, written out here so that tests do not lean on the code under test."""
    weights = [2 ** (17 - place) % 11 for place in range(17)]
    total = sum(int(digit) * weight for digit, weight in zip(seventeen, weights, strict=True))
    return "10X98765432"[total % 11]


def an_id_number(seventeen: str = "37152519500101001") -> str:
    """A well-formed identity number of a person who does not exist."""
    return seventeen + check_digit(seventeen)


WANTED = "示例镇2025年道路维修的招标结果"
ANSWERS: dict[str, dict[str, str]] = {
    "what": {"wanted": WANTED},
    "organ": {"organ": "GX-ZFB"},
    "supply": {"supply": "paper"},
    "obtain": {"obtain": "collect"},
    "who": {"applicant": "citizen"},
    "name": {"name": "张样例"},
    "identity": {"document": "id_card", "number": an_id_number()},
    "contact": {"phone": "0635-0000009"},
    "paper": {"paper": "none"},
}
"""Every question of the request, in its order, with an answer that passes."""


def a_photograph(side: int = 900, made_by: str = "") -> bytes:
    """A JPEG, in which the camera wrote what made it."""
    kept, exif = io.BytesIO(), Image.Exif()
    exif[0x010E] = made_by
    Image.effect_noise((side, side), 90).convert("RGB").save(kept, "JPEG", quality=95, exif=exif)
    return kept.getvalue()


def confirm_receipt(desk: Visitor, number: str, day: date = MONDAY) -> Page:
    """Confirms the day of receipt in its two steps; the clerk ends at the case."""
    desk.open(f"/desk/requests/{number}/receipt")
    desk.submit("/receipt", on=day.isoformat())
    return desk.submit("/receipt")


BOOKED: dict[str, dict[str, str]] = {
    "topic": {"topic": "birth"},
    "place": {"place": "hall"},
    "first": {"first": "call"},
    "day": {"day": "2026-12-01"},
    "time": {"time": "c-hall-birth-20261201-0900"},
    "caller": {"name": "张样例", "phone": "0635-0000009"},
    "ask": {"ask": "二胎怎么登记"},
    "publish": {"may_publish": "yes"},
}
"""What is asked of a booking, with an answer that passes."""
ADDED: dict[str, dict[str, str]] = {
    "corrected": {"corrected": "2025年的那一份"},
    "person": {"person_name": "张样例", "person_end": an_id_number()[-4:]},
    "suggested": {"suggested": "招标结果"},
    "rating": {"rating": "good"},
    "further": {"asked": "门诊的钱呢？"},
    **BOOKED,
    "agent": {"agent_name": "李样例", "agent_number": an_id_number("37152519700101002")},
    "papers": {"papers": "window"},
}
"""What is asked of additions to a request, or not of everybody, with an answer that passes."""


QUESTION = "住院花的钱怎么报销？"
INQUIRY: dict[str, dict[str, str]] = {
    "topic": {"topic": "other"},
    "organ": {"organ": "GX-ZFB"},
    "asked": {"asked": QUESTION},
    "caller": {"name": "张样例", "phone": "0635-0000009"},
    "publish": {"may_publish": "yes"},
    "paper": {"paper": "none"},
}
"""Every question of an inquiry, in its order, with an answer that passes where the county has topics."""


def leave_a_question(visitor: Visitor, **changes: dict[str, str]) -> Promised:
    """A whole inquiry; returns number and query code as the screen shows them."""
    visitor.open("/inquiry/")
    visitor.submit("/inquiry/")
    for question, answers in {**INQUIRY, **changes}.items():
        visitor.submit(f"/inquiry/{question}", **answers)
    return promised(visitor.submit("/inquiry/check"))


def fill_in(visitor: Visitor, wanted: str = WANTED, paper: str = "standard") -> Page:
    """Answers every question; the visitor ends at the check of answers."""
    visitor.open("/request/")
    page = visitor.submit("/request/")
    for question, answers in (ANSWERS | {"what": {"wanted": wanted}, "paper": {"paper": paper}}).items():
        page = visitor.submit(f"/request/{question}", **answers)
    return page


def hand_in(visitor: Visitor, wanted: str = WANTED, paper: str = "standard") -> Promised:
    """A whole request; returns number and query code as the screen shows them."""
    fill_in(visitor, wanted, paper)
    return promised(visitor.submit("/request/check"))


def promised(page: Page) -> Promised:
    """Number and code on a receipt page."""
    number = re.search(r"[A-Z0-9]{4}-\d{6}-\d{4}-\w{2}-\w", page.text)
    code = re.search(r"\b\d{4} \d{4} \d{4}\b", page.text)
    assert number, page.text
    assert code, page.text
    return Promised(number[0], code[0])


def sign_in(desk: Visitor, name: str, password: str) -> Page:
    """The clerk's sign-in."""
    desk.open("/desk/sign-in")
    return desk.submit("/desk/sign-in", name=name, password=password)
