"""Third status byte of a reply: what it means, in a code and in words for the person with the card."""

from __future__ import annotations

from kiosk.readers.errors import CardFault
from kiosk.web.language.wording import LazyText
from kiosk.web.language.wording import lazy_gettext as _l

DONE, FOUND, NO_CARD, ABSENT = 0x90, 0x9F, 0x80, 0x91
NOT_LAID, TAKEN_AWAY, NOT_A_CARD, UNREADABLE, READER = (
    "no-card",
    "taken-away",
    "not-a-card",
    "unreadable",
    "reader-fault",
)
_CODES = {
    0x10: "reader-fault",  # check byte of the request
    0x11: "reader-fault",  # length of the request
    0x21: "reader-fault",  # command
    0x24: "reader-fault",  # unknown fault
    0x31: NOT_A_CARD,  # the card did not accept the reader
    0x32: NOT_A_CARD,  # the reader did not accept the card
    0x33: UNREADABLE,  # check of the data
    0x40: NOT_A_CARD,  # another kind of card
    0x41: TAKEN_AWAY,  # reading failed half-way
    0x47: TAKEN_AWAY,  # the card gave no random number
    0x60: READER,  # self-test
    0x66: READER,  # the module is not authorised
    NO_CARD: NOT_LAID,
    0x81: TAKEN_AWAY,  # selecting failed
    ABSENT: UNREADABLE,
}
WORDS: dict[str, LazyText] = {
    NOT_LAID: _l("还没有看到证件。请把证件平放在读卡器上，不要移动。"),
    TAKEN_AWAY: _l("证件拿开得早了一点，没读完。请拿起来再放一次，多放一会儿。"),
    NOT_A_CARD: _l("这张卡读不了：这里能读居民身份证、港澳台居民居住证、外国人永久居留身份证。请自己填写。"),
    UNREADABLE: _l("这张证件里的内容读不出来。请再放一次；还不行，请自己填写。"),
    READER: _l("读卡器出了毛病，现在用不了。请自己填写，办理不受影响。"),
    "silent": _l("读卡器没有回应，现在用不了。请自己填写，办理不受影响。"),
    "garbled": _l("没有读清楚。请把证件拿起来再放一次；还不行，请自己填写。"),
    "gone": _l("读卡器没有接好，现在用不了。请自己填写，办理不受影响。"),
}


def fault(status: int) -> CardFault:
    """Return the fault that a status byte means; one that no source names is a fault of the reader."""
    return CardFault(_CODES.get(status, READER))
