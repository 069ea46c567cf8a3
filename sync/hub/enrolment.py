"""
Enrolment at the hub, by a one-time code that a person carries to the terminal.

The code itself never travels: each side proves that it knows it, so a stranger in between can neither enrol
a machine nor pass for the hub. From then on the terminal trusts the hub's key, and no other.
"""

import hmac
import json
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from peewee import fn

from sync.carried.feed_models import FeedPosition
from sync.hub.greeting import SealKey
from sync.hub.hub_history import prepare
from sync.hub.models import EnrolledDevice, EnrolmentCode, SyncPosition
from sync.statements import Database
from sync.wire.enrolment import ALPHABET, HEX64, ID_CHARACTERS, key_in, mac, secret_of
from sync.wire.errors import refused
from sync.wire.protocol import VERSION, write
from sync.wire.reading import b64, read_object, stamp
from sync.wire.signing import (
    Request,
    verify_request,
)

CODE_LIFE = timedelta(minutes=15)
CLOCK_STEP = timedelta(seconds=5)
"""A clock that is kept by the network may step back so far."""
MOST_WRONG = 5
TERMINAL_CODE_PLACES = 4
_TERMINAL_ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(frozen=True)
class TerminalPlace:
    """Place of a terminal, as the county entered it: the townships it serves, and "kiosk" or "web"."""

    townships: tuple[str, ...] = ()
    channel: str = "kiosk"


def add_code(
    database: Database,
    name: str,
    *,
    now: datetime,
    life: timedelta = CODE_LIFE,
    place: TerminalPlace | None = None,
) -> str:
    """
    Create a one-time code for a new terminal; return it in groups of four. It is shown once and not stored.

    Raises:
        HubRefused: "name-taken" when a device of this name is enrolled and not revoked.
    """
    place = place or TerminalPlace()
    of_this_name = (EnrolledDevice.name == name) & (EnrolledDevice.state != "revoked")
    if EnrolledDevice.select().where(of_this_name).exists(database):
        raise refused("name-taken")
    code = "".join(secrets.choice(ALPHABET) for _ in range(16))
    code_id = code[:ID_CHARACTERS]
    EnrolmentCode.delete().where((EnrolmentCode.code_id == code_id) | (EnrolmentCode.name == name)).execute(
        database
    )
    EnrolmentCode.insert(
        code_id=code_id,
        name=name,
        code_hash=secret_of(code),
        made_at=stamp(now),
        expires_at=stamp(now + life),
        townships=json.dumps(place.townships, ensure_ascii=False),
        channel=place.channel,
    ).execute(database)
    return "-".join(code[place : place + 4] for place in range(0, 16, 4))


def take_enrolment(
    database: Database, request: Request, *, hub_key: bytes, seal_key: SealKey, now: datetime
) -> bytes:
    """
    Enrol a terminal that proved to know its code; return the answer, the same for a repeated try with the same key.

    Raises:
        Untrusted: The request is not signed with the key that it brings.
        HubRefused: "code-wrong", "code-locked", "code-expired", "code-used", "feed-missing". To be committed.
    """
    key = _brought_key(request)
    fields = read_object(request.body)
    salt = fields.data("salt", most=16, exactly=16)
    proof = fields.text("proof", form=HEX64)
    code_id = fields.text("code_id", form=re.compile(rf"[{ALPHABET}]{{{ID_CHARACTERS}}}"))
    code = _checked_code(database, code_id, b"terminal" + salt + key, proof, now)
    feed_epoch = FeedPosition.select(FeedPosition.epoch).scalar(database)
    if feed_epoch is None:
        raise refused("feed-missing")
    device = code.device or _new_device(database, code, key, now)
    _use(database, code_id, device, now)
    terminal, epoch, held_key = _identity(database, device)
    if held_key != key:
        raise refused("code-used")
    hub_epoch = SyncPosition.select(SyncPosition.hub_epoch).scalar(database)
    values = {
        "v": VERSION,
        "device": device,
        "terminal": terminal,
        "epoch": epoch,
        "hub_key": b64(hub_key),
        "hub_epoch": hub_epoch,
        "seal_key": b64(seal_key.public_key),
        "seal_key_id": seal_key.key_id,
        "feed_epoch": feed_epoch,
    }
    return write({**values, "proof": mac(bytes(code.code_hash), b"hub" + salt + write(dict(values)))})


def _checked_code(
    database: Database, code_id: str, proved: bytes, proof: str, now: datetime
) -> EnrolmentCode:
    """
    Return the row of a code whose proof is right, locked until the transaction ends so that guesses are counted in
    turn.
    """
    found = list(
        EnrolmentCode.update(wrong=EnrolmentCode.wrong)
        .where(EnrolmentCode.code_id == code_id)
        .returning(EnrolmentCode)
        .execute(database)
    )
    if not found:
        raise refused("code-wrong")
    code: EnrolmentCode = found[0]
    if code.wrong >= MOST_WRONG:
        raise refused("code-locked")
    if not hmac.compare_digest(mac(bytes(code.code_hash), proved), proof):
        EnrolmentCode.update(wrong=EnrolmentCode.wrong + 1).where(EnrolmentCode.code_id == code_id).execute(
            database
        )
        raise refused("code-wrong")
    is_from_the_future = (
        stamp(now + CLOCK_STEP) < code.made_at
    )  # the clock was set back: how old it is, is not known
    if stamp(now) >= code.expires_at or is_from_the_future:
        raise refused("code-expired")
    return code


def _new_device(database: Database, code: EnrolmentCode, key: bytes, now: datetime) -> str:
    prepare(database)
    [(prefix, no)] = (
        SyncPosition.update(terminal_no=SyncPosition.terminal_no + 1)
        .returning(SyncPosition.terminal_prefix, SyncPosition.terminal_no)
        .tuples()
        .execute(database)
    )
    device = f"d-{secrets.token_hex(6)}"
    EnrolledDevice.insert(
        id=device,
        name=code.name,
        terminal=_terminal_code(prefix, no),
        epoch=secrets.token_hex(4),
        public_key=key,
        enrolled_at=stamp(now),
        townships=code.townships,
        channel=code.channel,
    ).execute(database)
    return device


def _terminal_code(prefix: str, no: int) -> str:
    """
    Return the terminal code of the Nth enrolment: AB01, AB02 ... (1,155 under a prefix of two letters, without I and
    O).

    Raises:
        HubRefused: "codes-used-up".
    """
    digits = ""
    for _ in range(TERMINAL_CODE_PLACES - len(prefix)):
        no, place = divmod(no, len(_TERMINAL_ALPHABET))
        digits = _TERMINAL_ALPHABET[place] + digits
    if no:
        raise refused("codes-used-up")
    return prefix + digits


def _use(database: Database, code_id: str, device: str, now: datetime) -> None:
    EnrolmentCode.update(device=device, used_at=fn.COALESCE(EnrolmentCode.used_at, stamp(now))).where(
        EnrolmentCode.code_id == code_id
    ).execute(database)


def _identity(database: Database, device: str) -> tuple[str, str, bytes]:
    """Return terminal code, epoch and key of a device."""
    columns = (EnrolledDevice.terminal, EnrolledDevice.epoch, EnrolledDevice.public_key)
    [(terminal, epoch, key)] = (
        EnrolledDevice.select(*columns).where(EnrolledDevice.id == device).tuples().execute(database)
    )
    return terminal, epoch, bytes(key)


def _brought_key(request: Request) -> bytes:
    """Return the key that a request brings in its key id and is signed with."""
    signed = verify_request(request, key_in)
    key = key_in(signed.key_id)
    assert key is not None  # verify_request asked the same function
    return key
