"""
Permissions of roles, rules of names and passwords, waits after wrong tries.

Knows neither Flask nor a database.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from enum import StrEnum

from config.settings import HubSettings
from kiosk.errors import RuleBroken
from kiosk.web.permissions import Permission

OFFICE = ""
"""The organ of accounts and keys of the county's disclosure office, whatever code it has in the directory."""
LONGEST_WAIT_S = 3600
"""The wait doubles up to an hour: 24 guesses a day, and a colleague cannot be locked out for weeks by name."""


class Role(StrEnum):
    """The role of an account."""

    CLERK = "clerk"
    """Handles requests and reads their personal part: holds a reading key."""
    PUBLISHER = "publisher"
    """Approves entries of the catalogue."""
    ADMIN = "admin"
    """Terminals and accounts; no personal data."""


class AccountState(StrEnum):
    """The state of an account."""

    ACTIVE = "active"
    PENDING = "pending"
    """Waits for a holder of the reading key; meanwhile sees what everyone at the desk may see in clear."""
    CLOSED = "closed"


PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.CLERK: frozenset(
        {
            Permission.SEE_REQUESTS,
            Permission.HANDLE_REQUESTS,
            Permission.READ_PERSONAL,
            Permission.SEE_STAFF,
            Permission.KEEP_CALENDAR,
            Permission.KEEP_SUPPLY,
        }
    ),
    Role.PUBLISHER: frozenset({Permission.APPROVE_CATALOGUE}),
    Role.ADMIN: frozenset(
        {
            Permission.MANAGE_DEVICES,
            Permission.MANAGE_STAFF,
            Permission.SEE_STAFF,
            Permission.KEEP_CALENDAR,
            Permission.KEEP_SUPPLY,
        }
    ),
}
"""The table of permissions by role; the test of routes reads it too."""

WHILE_PENDING = frozenset({Permission.SEE_REQUESTS})


def reads_personal(role: Role) -> bool:
    """Return whether the role needs a reading key, and so the approval of a holder."""
    return Permission.READ_PERSONAL in PERMISSIONS[role]


def permissions(role: Role, state: AccountState) -> frozenset[Permission]:
    """Return the permissions of an account now."""
    if state is AccountState.CLOSED:
        return frozenset()
    if state is AccountState.PENDING:
        return PERMISSIONS[role] & WHILE_PENDING
    return PERMISSIONS[role]


NAME_FORM = re.compile(r"[\w.-]{2,32}")
PASSWORD_LEAST = 10
PASSWORD_MOST = 200
"""Characters; the limit only keeps a form from being used to load the hub."""
LEAST_SCORE = 3
"""Of zxcvbn's 0 to 4: some 10^8 tries, which the waits after wrong ones put out of reach."""
OWN_WORDS = (
    "experience zone kiosk terminal hub desk clerk publisher admin county government archive library"
    " zhengwu gongkai xinxi tiyanqu zhengfu zhengwugongkai xinxigongkai dangan tushuguan guanliyuan"
).split()
"""Words of the product and of the trade, which a guesser tries first; zxcvbn counts one as nearly nothing."""
SHORTEST_WORD = 3
"""Letters of a county's word: shorter ones are in every password."""
SCORED = 72
"""Characters that are looked at: what follows could only make it better, and the work grows with their square."""


def plain_name(typed: str) -> str:
    """Return an account's name as stored and compared: half width, lower case, no outer space."""
    return unicodedata.normalize("NFKC", typed).strip().casefold()


def plain_password(typed: str) -> str:
    """Return a password as it is hashed: the same characters from any keyboard."""
    return unicodedata.normalize("NFKC", typed)


def words_of_county(names: Iterable[str]) -> tuple[str, ...]:
    """Return names of the county and its places as somebody types them in a password: 某县 as mouxian, mou."""
    from pypinyin import lazy_pinyin  # only where a password is made

    found: dict[str, None] = {}
    for name in filter(None, names):
        syllables = lazy_pinyin(name)
        for end in (len(syllables), len(syllables) - 1):
            word = re.sub(r"[\W_]+", "", "".join(syllables[:end])).casefold()
            if len(word) >= SHORTEST_WORD:
                found[word] = None
    return tuple(found)


def names_in(settings: HubSettings) -> tuple[str, ...]:
    """Return what a hub's settings call the county, its hall and its hub."""
    return settings.county_name, settings.place_name, settings.seal_text


def check_account(name: str, password: str, county: Sequence[str] = ()) -> None:
    """
    Refuse an invalid name or password.

    Args:
        county: Words of the county (`words_of_county`), which a guesser tries first.
    Raises:
        RuleBroken: "name-form", "password-too-short", "password-too-long", "password-holds-name".
    """
    if not NAME_FORM.fullmatch(name):
        raise RuleBroken("name-form", "a name has 2 to 32 letters, digits, dots or hyphens")
    if len(password) < PASSWORD_LEAST:
        raise RuleBroken("password-too-short", f"the password needs at least {PASSWORD_LEAST} characters")
    if len(password) > PASSWORD_MOST:
        raise RuleBroken("password-too-long", f"the password has at most {PASSWORD_MOST} characters")
    if name in password.casefold():
        raise RuleBroken("password-holds-name", "the password must not hold the account's name")
    if guess_score(password, name, county) < LEAST_SCORE:
        raise RuleBroken(
            "password-guessable", "this password is guessed soon: it is common, or follows a pattern"
        )


def guess_score(password: str, name: str, county: Sequence[str] = ()) -> int:
    """
    Return how hard a password is to guess, from 0 (at once) to 4 (10^10 tries); name and county help a guesser.
    """
    from zxcvbn import zxcvbn  # only where a password is made

    near_at_hand = [name, *re.split(r"[\W_]+", name), *county, *OWN_WORDS]
    return int(zxcvbn(password[:SCORED], user_inputs=near_at_hand)["score"])


def check_another(old: str, new: str) -> None:
    """
    Refuse an unchanged password.

    Raises:
        RuleBroken: "password-same".
    """
    if old == new:
        raise RuleBroken("password-same", "the new password is the old one")
