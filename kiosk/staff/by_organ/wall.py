"""
Whose submissions an account may see, and the reading keys of organs.

An organ without a key of its own is served by the county's disclosure office, to whose key its submissions are sealed.
"""

from __future__ import annotations

from datetime import date

from kiosk.intake.by_organ import organ_register
from kiosk.staff import actions, key_models, models
from kiosk.staff.key_models import ReadingKey
from kiosk.staff.rules import OFFICE, AccountState
from sync.hub.greeting import SealKey


def stored(code: str, office: str) -> str:
    """Return the code of an organ as accounts and keys have it; `office` is that of the county's disclosure office."""
    return OFFICE if code == office else code


def own_keys() -> dict[str, ReadingKey]:
    """Return by organ the present key of each one that has a key of its own, without the office."""
    return {organ: key for organ, key in key_models.current_keys().items() if organ != OFFICE}


def seen_by(name: str, *, day: date, office: str) -> frozenset[str] | None:
    """
    Return the codes of the organs whose submissions an account may see on a day; None: all.

    Somebody of an organ sees its own. Somebody of the office sees all that have no key of their own, and those whose
    key was lent to them.
    """
    account = models.account(name)
    if account is None or account.state is AccountState.CLOSED:
        return frozenset()
    if account.organ != OFFICE:
        return frozenset({account.organ})
    apart = frozenset(own_keys())
    if not apart:
        return None
    lent = {each.organ for each in key_models.lent() if each.name == name and each.ends_on >= day}
    return ((organ_register.codes() | {office}) - apart) | lent


def seal_key(organ: str, *, office: str) -> SealKey:
    """Return the key to which an organ's personal data is sealed at present."""
    return SealKey(*actions.reading_public_key(stored(organ_register.successor(organ), office)))


def keys_to_seal() -> dict[str, ReadingKey]:
    """Return by organ the key that terminals seal to where it is not the office's, also of organs that merged."""
    own = own_keys()
    merged = {code: own.get(organ_register.successor(code)) for code in organ_register.merged()}
    return {**own, **{code: key for code, key in merged.items() if key}}


def keeper(organ: str, key_id: str, *, office: str) -> str:
    """
    Return the organ that begins to handle a submission: its own, or the one whose key it is sealed to.

    A terminal that has not heard of an organ's key yet seals to the office's: then the office has it until it hands it
    over.
    """
    organ = organ_register.successor(organ) or office
    if stored(organ, office) not in own_keys():
        return organ
    if any(key.key_id == key_id for key in key_models.keys_of(organ)):
        return organ
    return office
