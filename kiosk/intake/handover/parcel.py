"""
An answer sealed in a clerk's session for the citizen alone.

Only the session of a clerk who may read the submission knows its query code, from the sealed part; the key is derived
there and forgotten. From then on the hub itself cannot open what it holds. Source: DESIGN.md §4.4.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from kiosk.errors import Refused
from kiosk.intake import sealed
from kiosk.intake.handover import answer_seal
from kiosk.intake.handover.answer_seal import AnswerFile, SealedLetter
from sync.hub import parcels
from sync.hub.parcels import Parcel


def sealed_for(
    number: str,
    files: Sequence[AnswerFile],
    *,
    letter_no: str = "",
    reading_keys: Mapping[str, bytes],
    identity_step: str,
    day: date,
) -> Parcel:
    """
    Return an answer sealed for the person who knows number, code and what is asked besides; takes some 100 ms.

    Args:
        files: The first one is what is shown first.
        identity_step: What the county asks besides number and code, `IdentityStep`.
    Raises:
        NotFound: "no-such-case".
        Refused: as `sealed.read`; "answer-too-large".
    """
    if sum(len(each.content) for each in files) > parcels.MOST_BYTES - answer_seal.BLOCK_BYTES * 2:
        raise Refused("answer-too-large", number)
    opened = sealed.read(number, reading_keys)
    code = sealed.query_code(number, opened, reading_keys)
    personal, salt = opened.personal, answer_seal.new_salt()
    asked = answer_seal.identity(identity_step, personal.get("name", ""), personal.get("number", ""))
    keys = answer_seal.derive(number, code, asked, salt)
    answer = SealedLetter(number, letter_no, day.isoformat(), tuple(files))
    return Parcel(salt, identity_step, keys.proof, answer_seal.seal(answer, keys.key))
