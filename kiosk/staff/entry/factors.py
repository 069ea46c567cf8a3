"""
The second factor of accounts that read personal data: codes of an authenticator, and recovery codes on paper.

Codes are those of RFC 6238 with its usual values (SHA-1, six digits, 30 seconds), which every authenticator shows
without a network. A code is taken from one step before to one step after the hub's time, and each once. Source: ASVS
5.0 V6.5.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime

import pyotp

from kiosk import audit, db
from kiosk.audit import Act
from kiosk.clock import Clock
from kiosk.errors import Refused
from kiosk.staff import keys, models
from kiosk.staff.entry import factor_models, signing_in
from kiosk.staff.entry.signing_in import Locked
from kiosk.staff.models import Account
from kiosk.tries import FREE_TRIES

STEP_S = 30
DRIFT_STEPS = 1
"""Steps by which the clocks of telephone and hub may differ, either way."""
DIGITS = 6
RECOVERY_CODES, RECOVERY_LETTERS = 8, 10
"""Eight codes of 50 random bits, each good for one sign-in."""
PURPOSE = "second-factor"
"""Purpose of the hub's key under which secrets are sealed and recovery codes are hashed."""


@dataclass(frozen=True)
class FactorRight:
    """A right code; `recovery_left` tells how many recovery codes remain when it was one of them."""

    recovery_left: int | None = None


@dataclass(frozen=True)
class FactorWrong:
    """A wrong code, one that was used before, or one of another time."""


def new_secret() -> str:
    """Return a new secret of 160 bits in base32, as authenticators take it."""
    return pyotp.random_base32()


def address(secret: str, name: str, issuer: str) -> str:
    """Return the address that an authenticator reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)


def code_at(secret: str, at_s: float) -> str:
    """Return the code of a secret at a time in seconds since 1970."""
    return str(pyotp.TOTP(secret).generate_otp(int(at_s) // STEP_S))


def has_factor(name: str) -> bool:
    """Return whether the account has a second factor."""
    return factor_models.factor(name) is not None


def enrol(name: str, secret: str, typed: str, clock: Clock, key: bytes) -> tuple[str, ...] | FactorWrong:
    """
    Give an account a second factor once it has shown a right code; return its recovery codes, to be shown once.

    Args:
        key: The hub's key for PURPOSE, 32 bytes.
    """
    step = _step_of(secret, _digits(typed), clock)
    if step is None:
        return FactorWrong()
    codes = tuple(_new_recovery() for _ in range(RECOVERY_CODES))
    hashes = tuple(_hashed(code, key) for code in codes)
    with db.writing(db.store):
        if factor_models.factor(name):
            return FactorWrong()  # enrolled in another browser meanwhile
        factor_models.store(name, keys.seal_secret(secret.encode(), key), step, hashes, clock.now())
        audit.record(at=clock.now(), actor=name, act=Act.STAFF_FACTOR_ENROLLED, subject=name)
    return codes


def check(name: str, typed: str, clock: Clock, key: bytes) -> FactorRight | FactorWrong | Locked:
    """Check a code of the authenticator or a recovery code; the try is counted before it is compared."""
    with db.writing(db.store):
        wait_s, wrong = signing_in.charge_subject(_subject(name), clock)
        if wait_s:
            return Locked(wait_s)
        if wrong >= FREE_TRIES:
            _note(name, Act.STAFF_FACTOR_WRONG, clock, wrong=wrong)
        found = factor_models.factor(name)
        if found is None:
            return FactorWrong()
        right = _by_authenticator(found, typed, clock, key) or _by_recovery(found, typed, clock, key)
        if right is None:
            return FactorWrong()
        signing_in.forgive_subject(_subject(name))
        _note(name, Act.STAFF_FACTOR_RIGHT, clock)
    return right


def check_reset(account: Account) -> None:
    """Refuse the reset of a second factor that is not there. Raises Refused("no-factor")."""
    if not has_factor(account.name):
        raise Refused("no-factor", f"{account.name} has no second factor")


def reset(account: Account, *, now: datetime, by: str, proposed_by: str) -> None:
    """Delete the second factor of an account and end its sessions; it makes a new one at its next sign-in."""
    factor_models.forget(account.name)
    models.end_sessions(account.name)
    audit.record(
        at=now,
        actor=by,
        act=Act.STAFF_FACTOR_RESET,
        subject=account.name,
        detail={"proposed_by": proposed_by},
    )


def _by_authenticator(
    found: factor_models.Factor, typed: str, clock: Clock, key: bytes
) -> FactorRight | None:
    secret = keys.open_secret(found.sealed, key)
    step = _step_of(secret.decode(), _digits(typed), clock) if secret else None
    if step is None or not factor_models.use_step(found.name, step):
        return None
    return FactorRight()


def _by_recovery(found: factor_models.Factor, typed: str, clock: Clock, key: bytes) -> FactorRight | None:
    hashed = _hashed(typed, key)
    left = tuple(each for each in found.recovery if not hmac.compare_digest(each, hashed))
    if len(left) == len(found.recovery):
        return None
    factor_models.keep_recovery(found.name, left)
    _note(found.name, Act.STAFF_RECOVERY_CODE_USED, clock, left=len(left))
    return FactorRight(len(left))


def _note(name: str, act: Act, clock: Clock, **detail: int) -> None:
    audit.record(at=clock.now(), actor=name, act=act, subject=name, detail=detail)


def _step_of(secret: str, digits: str, clock: Clock) -> int | None:
    """Return the time step whose code this is, or None."""
    now = int(clock.now().timestamp()) // STEP_S
    totp = pyotp.TOTP(secret)
    steps = range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1)
    return next((step for step in steps if hmac.compare_digest(totp.generate_otp(step), digits)), None)


def _digits(typed: str) -> str:
    digits = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", typed))
    return digits if re.fullmatch(rf"[0-9]{{{DIGITS}}}", digits) else ""


def _new_recovery() -> str:
    letters = "".join(secrets.choice(keys.ALPHABET) for _ in range(RECOVERY_LETTERS))
    return f"{letters[:5]}-{letters[5:]}"


def _hashed(code: str, key: bytes) -> str:
    """Return a recovery code as it is stored; 50 random bits under a key need no stretching."""
    plain = keys.plain_letters(code)
    return hashlib.blake2b(plain.encode(), key=key, digest_size=16, person=b"recovery code").hexdigest()


def _subject(name: str) -> str:
    return f"factor:{name}"
