"""
The remedies block (救济告知) of a letter: its words by outcome, with the review organ and the court of each organ.

Source: 行政复议法 (2023 revision), art. 20, 22(2), 23(1)(4), 23(2); 行政诉讼法, art. 45, 46; 法释〔2025〕8号, art. 1;
政府信息公开条例 (2019 revision), art. 51. Nothing here is confirmed for a county until its legal office did so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kiosk.disclosure.letters.kinds import To
from kiosk.disclosure.outcomes import Remedies
from kiosk.errors import RuleBroken

REVIEW_DAYS = 60
"""Natural days for a 行政复议 (复议法 20)."""
SUIT_MONTHS = 6
"""Months for a suit without a review (行诉法 46)."""
SUIT_DAYS_AFTER_REVIEW = 15
"""Days for a suit after the decision of a review (行诉法 45)."""


@dataclass(frozen=True)
class RemedyPlaces:
    """
    Where a decision of one organ may be contested.

    Args:
        review_online: Where an application for review may be sent over the internet.
        confirmed_by: Who at the county's legal office confirmed all of this, and when; empty: nobody did.
    """

    review_organ: str = ""
    review_address: str = ""
    review_online: str = ""
    court: str = ""
    court_address: str = ""
    confirmed_by: str = ""
    confirmed_on: date | None = None

    @property
    def is_whole(self) -> bool:
        """Return whether a block can be printed."""
        return bool(self.review_organ and self.review_address and self.court)


def block(remedies: Remedies, places: RemedyPlaces, *, to: To = To.APPLICANT, is_online: bool = False) -> str:
    """
    Return the paragraphs of the block; empty where there must be none.

    Args:
        is_online: The letter is served over the internet: the channel of art. 22(2) must be said.
    Raises:
        RuleBroken: "remedies-unknown" (review organ, its address and court are not entered), "online-channel-unknown".
    """
    if remedies is Remedies.NONE:
        return ""
    if not places.is_whole:
        raise RuleBroken("remedies-unknown")
    if is_online and not places.review_online:
        raise RuleBroken("online-channel-unknown")
    this = "本决定" if to is To.THIRD_PARTY else "本答复"
    return "\n".join(_paragraphs(remedies, places, this))


def _paragraphs(remedies: Remedies, places: RemedyPlaces, this: str) -> list[str]:
    made = {
        Remedies.REVIEW_FIRST: [_review_first(f"如不服{this}，", this, places)],
        Remedies.CHOICE: [_choice(f"如不服{this}，", this, places)],
        Remedies.BOTH: [
            _review_first(f"如不服{this}中不予公开的部分，", this, places),
            _choice(f"如不服{this}的其他部分，", this, places),
        ],
    }[remedies]
    if places.review_online:
        made.append(f"行政复议申请也可以通过互联网提交：{places.review_online}。")
    return made


def _review_first(begin: str, this: str, places: RemedyPlaces) -> str:
    return (
        f"{begin}根据《中华人民共和国行政复议法》第二十条、第二十三条的规定，应当自知道或者应当知道{this}之日起"
        f"{REVIEW_DAYS}日内，先向{_review(places)}申请行政复议；对行政复议决定不服的，可以根据"
        f"《中华人民共和国行政诉讼法》第四十五条的规定，自收到行政复议决定书之日起{SUIT_DAYS_AFTER_REVIEW}日内"
        f"向{_court(places)}提起行政诉讼。"
    )


def _choice(begin: str, this: str, places: RemedyPlaces) -> str:
    return (
        f"{begin}可以根据《中华人民共和国行政复议法》第二十条的规定，自知道或者应当知道{this}之日起"
        f"{REVIEW_DAYS}日内向{_review(places)}申请行政复议，也可以根据《中华人民共和国行政诉讼法》第四十六条的规定，"
        f"自知道或者应当知道{this}之日起{SUIT_MONTHS}个月内直接向{_court(places)}提起行政诉讼。"
    )


def _review(places: RemedyPlaces) -> str:
    return f"{places.review_organ}（地址：{places.review_address}）"


def _court(places: RemedyPlaces) -> str:
    return f"{places.court}（地址：{places.court_address}）" if places.court_address else places.court
