"""
A terminal and its hub come to know each other by a one-time code that a person carries from one to the other.

The code itself never travels: each side proves that it knows it, so a stranger in between can neither enrol
a machine nor pass for the hub. From then on the terminal trusts the hub's key, and no other.
"""

import base64
import binascii
import hmac
import json
import re
import secrets
import sqlite3
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from hashlib import blake2b, sha256

from sync.errors import Malformed, Refused, Unreachable, Untrusted, refused
from sync.fields import b64, read_object, stamp
from sync.protocol import JSON_TYPE, PREFIX, VERSION, refusal_code, write
from sync.server import SealKey, prepare
from sync.signing import (
    Answer,
    Request,
    Transport,
    public_key,
    sign_request,
    verify_answer,
    verify_request,
)

CODE_LIFE = timedelta(minutes=15)
MOST_WRONG = 5
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE = re.compile(rf"[{_ALPHABET}]{{16}}")
TERMINAL_CODE_PLACES = 4
_ID_CHARACTERS = 4
"""The first group names the code; the other 12 characters, 60 bits, are the secret."""
_TERMINAL_ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_HEX64 = re.compile(r"[0-9a-f]{64}")
_WORD = re.compile(r"[A-Za-z0-9_.-]{1,64}")


@dataclass(frozen=True)
class Enrolment:
    """What a terminal keeps of its enrolment, beside its own signing seed."""

    device: str
    terminal: str
    epoch: str
    hub_key: bytes
    hub_epoch: str
    seal_key: bytes
    seal_key_id: str
    feed_epoch: str


@dataclass(frozen=True)
class Place:
    """Where a terminal stands, as the county says it: the townships it serves, and "kiosk" or "web"."""

    townships: tuple[str, ...] = ()
    channel: str = "kiosk"


def add_code(
    connection: sqlite3.Connection,
    name: str,
    *,
    now: datetime,
    life: timedelta = CODE_LIFE,
    place: Place | None = None,
) -> str:
    """
    A one-time code for a new terminal, in groups of four; it is shown once and kept nowhere.

    Raises:
        Refused: "name-taken" when a device of this name is enrolled and not revoked.
    """
    place = place or Place()
    taken = connection.execute(
        "SELECT 1 FROM device WHERE name = ? AND state <> 'revoked'", (name,)
    ).fetchone()
    if taken:
        raise refused("name-taken")
    code = "".join(secrets.choice(_ALPHABET) for _ in range(16))
    code_id = code[:_ID_CHARACTERS]
    connection.execute("DELETE FROM enrolment_code WHERE code_id = ? OR name = ?", (code_id, name))
    connection.execute(
        "INSERT INTO enrolment_code(code_id, name, code_hash, made_at, expires_at, townships, channel)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            code_id,
            name,
            _secret(code),
            stamp(now),
            stamp(now + life),
            json.dumps(place.townships, ensure_ascii=False),
            place.channel,
        ),
    )
    return "-".join(code[place : place + 4] for place in range(0, 16, 4))


def read_code(typed: str) -> str | None:
    """The 16 characters that somebody typed in any grouping, or None; O and 0, I, L and 1 are alike."""
    text = re.sub(r"[\s\-]", "", typed).upper().translate(str.maketrans("OIL", "011"))
    return text if _CODE.fullmatch(text) else None


def take_enrolment(
    connection: sqlite3.Connection, request: Request, *, hub_key: bytes, seal_key: SealKey, now: datetime
) -> bytes:
    """
    The answer to a new terminal that proved to know its code; the same for a repeated try with the same key.

    Raises:
        Untrusted: the request is not signed with the key that it brings.
        Refused: "code-wrong", "code-locked", "code-expired", "code-used", "feed-missing". To be committed.
    """
    key = _brought_key(request)
    fields = read_object(request.body)
    salt = fields.data("salt", most=16, exactly=16)
    proof = fields.text("proof", form=_HEX64)
    code_id = fields.text("code_id", form=re.compile(rf"[{_ALPHABET}]{{{_ID_CHARACTERS}}}"))
    secret, name, known = _checked_code(connection, code_id, b"terminal" + salt + key, proof, now)
    feed = connection.execute("SELECT epoch FROM feed_position WHERE one = 1").fetchone()
    if feed is None:
        raise refused("feed-missing")
    device = known or _new_device(connection, name, key, now, code_id)
    _use(connection, code_id, device, now)
    if _key_of(connection, device) != key:
        raise refused("code-used")
    terminal, epoch = connection.execute(
        "SELECT terminal, epoch FROM device WHERE id = ?", (device,)
    ).fetchone()
    (hub_epoch,) = connection.execute("SELECT hub_epoch FROM sync_position WHERE one = 1").fetchone()
    values = {
        "v": VERSION,
        "device": device,
        "terminal": terminal,
        "epoch": epoch,
        "hub_key": b64(hub_key),
        "hub_epoch": hub_epoch,
        "seal_key": b64(seal_key.public_key),
        "seal_key_id": seal_key.key_id,
        "feed_epoch": feed[0],
    }
    return write({**values, "proof": _mac(secret, b"hub" + salt + write(dict(values)))})


def _checked_code(
    connection: sqlite3.Connection, code_id: str, proved: bytes, proof: str, now: datetime
) -> tuple[bytes, str, str | None]:
    """The code's secret, the name it is for, and the device that used it already."""
    row = connection.execute(
        "SELECT code_hash, name, expires_at, wrong, device FROM enrolment_code WHERE code_id = ?", (code_id,)
    ).fetchone()
    if row is None:
        raise refused("code-wrong")
    secret, name, expires_at, wrong, device = row
    if wrong >= MOST_WRONG:
        raise refused("code-locked")
    if not hmac.compare_digest(_mac(bytes(secret), proved), proof):
        connection.execute("UPDATE enrolment_code SET wrong = wrong + 1 WHERE code_id = ?", (code_id,))
        raise refused("code-wrong")
    if stamp(now) >= expires_at:
        raise refused("code-expired")
    return bytes(secret), name, device


def _new_device(connection: sqlite3.Connection, name: str, key: bytes, now: datetime, code_id: str) -> str:
    prepare(connection)
    connection.execute("UPDATE sync_position SET terminal_no = terminal_no + 1 WHERE one = 1")
    prefix, no = connection.execute(
        "SELECT terminal_prefix, terminal_no FROM sync_position WHERE one = 1"
    ).fetchone()
    device = f"d-{secrets.token_hex(6)}"
    connection.execute(
        "INSERT INTO device(id, name, terminal, epoch, public_key, enrolled_at, townships, channel)"
        " SELECT ?, ?, ?, ?, ?, ?, townships, channel FROM enrolment_code WHERE code_id = ?",
        (device, name, _terminal_code(prefix, no), secrets.token_hex(4), key, stamp(now), code_id),
    )
    return device


def _terminal_code(prefix: str, no: int) -> str:
    """
    GX01, GX02 ... in digits and capitals without I and O: 1,155 enrolments under a prefix of two letters.

    Raises:
        Refused: "codes-used-up".
    """
    digits = ""
    for _ in range(TERMINAL_CODE_PLACES - len(prefix)):
        no, place = divmod(no, len(_TERMINAL_ALPHABET))
        digits = _TERMINAL_ALPHABET[place] + digits
    if no:
        raise refused("codes-used-up")
    return prefix + digits


def _use(connection: sqlite3.Connection, code_id: str, device: str, now: datetime) -> None:
    connection.execute(
        "UPDATE enrolment_code SET device = ?, used_at = COALESCE(used_at, ?) WHERE code_id = ?",
        (device, stamp(now), code_id),
    )


def _key_of(connection: sqlite3.Connection, device: str) -> bytes:
    (key,) = connection.execute("SELECT public_key FROM device WHERE id = ?", (device,)).fetchone()
    return bytes(key)


def enrol(transport: Transport, typed_code: str, *, seed: bytes, now: datetime) -> Enrolment:
    """
    The identity that the hub gave to the holder of this signing seed; nothing is stored on this side yet.

    Raises:
        Refused: "code-wrong" (also for a code that cannot be one), "code-used", "code-expired", "code-locked".
        Unreachable: "hub-unreachable", "not-a-hub" (something else answers at this address).
        Untrusted: "hub-identity-mismatch": what answered does not know the code.
    """
    code = read_code(typed_code)
    if code is None:
        raise refused("code-wrong")
    salt, key, secret = secrets.token_bytes(16), public_key(seed), _secret(code)
    body = write(
        {
            "v": VERSION,
            "code_id": code[:_ID_CHARACTERS],
            "salt": b64(salt),
            "proof": _mac(secret, b"terminal" + salt + key),
        }
    )
    request = Request("POST", f"{PREFIX}/enrol", body, {"Content-Type": JSON_TYPE})
    nonce = secrets.token_urlsafe(16)
    sign_request(request, seed=seed, key_id=_key_id(key), nonce=nonce, now=now)
    answer = transport(request)
    enrolment = _read_answer(answer, secret, salt)
    verify_answer(answer, request, hub_key=enrolment.hub_key, nonce=nonce)
    return enrolment


def _read_answer(answer: Answer, secret: bytes, salt: bytes) -> Enrolment:
    """The hub's words, once it has proved to know the code; a refusal needs no proof, for it changes nothing."""
    try:
        if answer.status != 200:
            raise Refused(refusal_code(answer.body), answer.status)
        fields = read_object(answer.body)
        proof = fields.text("proof", form=_HEX64)
        values = {name: value for name, value in fields.values.items() if name != "proof"}
        if not hmac.compare_digest(_mac(secret, b"hub" + salt + write(values)), proof):
            raise Untrusted("hub-identity-mismatch")
        return Enrolment(
            device=fields.text("device", form=_WORD),
            terminal=fields.text("terminal", form=_WORD),
            epoch=fields.text("epoch", form=_WORD),
            hub_key=fields.data("hub_key", most=32, exactly=32),
            hub_epoch=fields.text("hub_epoch", form=_WORD),
            seal_key=fields.data("seal_key", most=32, exactly=32),
            seal_key_id=fields.text("seal_key_id", form=_WORD),
            feed_epoch=fields.text("feed_epoch", form=_WORD),
        )
    except Malformed as error:
        raise Unreachable("not-a-hub") from error


def keep(connection: sqlite3.Connection, enrolment: Enrolment, now: datetime) -> None:
    """Write the enrolment into the station's database."""
    values = {**asdict(enrolment), "enrolled_at": stamp(now)}
    names = ", ".join(values)
    marks = ", ".join("?" for _ in values)
    connection.execute("DELETE FROM hub_link")
    connection.execute(f"INSERT INTO hub_link(one, {names}) VALUES (1, {marks})", tuple(values.values()))


def _brought_key(request: Request) -> bytes:
    """The key that a request brings in its key id, and was signed with."""
    signed = verify_request(request, _key_in)
    key = _key_in(signed.key_id)
    assert key is not None  # verify_request asked the same function
    return key


def _key_id(key: bytes) -> str:
    return "new." + base64.urlsafe_b64encode(key).decode().rstrip("=")


def _key_in(key_id: str) -> bytes | None:
    if not key_id.startswith("new."):
        return None
    try:
        key = base64.urlsafe_b64decode(key_id[4:] + "=")
    except (binascii.Error, ValueError):
        return None
    return key if len(key) == 32 else None


def _secret(code: str) -> bytes:
    return blake2b(code.encode(), digest_size=32, person=b"kiosk-enrolment").digest()


def _mac(secret: bytes, content: bytes) -> str:
    return hmac.new(secret, content, sha256).hexdigest()
