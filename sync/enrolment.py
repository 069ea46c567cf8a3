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
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from hashlib import blake2b, sha256

from peewee import fn

from sync.errors import Malformed, Refused, Unreachable, Untrusted, refused
from sync.feed_models import FeedPosition
from sync.fields import b64, read_object, stamp
from sync.hub_models import EnrolledDevice, EnrolmentCode, SyncPosition
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
from sync.statements import Database
from sync.terminal_models import HubLink

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
    database: Database,
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
    of_this_name = (EnrolledDevice.name == name) & (EnrolledDevice.state != "revoked")
    if EnrolledDevice.select().where(of_this_name).exists(database):
        raise refused("name-taken")
    code = "".join(secrets.choice(_ALPHABET) for _ in range(16))
    code_id = code[:_ID_CHARACTERS]
    EnrolmentCode.delete().where((EnrolmentCode.code_id == code_id) | (EnrolmentCode.name == name)).execute(
        database
    )
    EnrolmentCode.insert(
        code_id=code_id,
        name=name,
        code_hash=_secret(code),
        made_at=stamp(now),
        expires_at=stamp(now + life),
        townships=json.dumps(place.townships, ensure_ascii=False),
        channel=place.channel,
    ).execute(database)
    return "-".join(code[place : place + 4] for place in range(0, 16, 4))


def read_code(typed: str) -> str | None:
    """The 16 characters that somebody typed in any grouping, or None; O and 0, I, L and 1 are alike."""
    text = re.sub(r"[\s\-]", "", typed).upper().translate(str.maketrans("OIL", "011"))
    return text if _CODE.fullmatch(text) else None


def take_enrolment(
    database: Database, request: Request, *, hub_key: bytes, seal_key: SealKey, now: datetime
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
    return write({**values, "proof": _mac(bytes(code.code_hash), b"hub" + salt + write(dict(values)))})


def _checked_code(
    database: Database, code_id: str, proved: bytes, proof: str, now: datetime
) -> EnrolmentCode:
    """The code that somebody proved to know, held until the transaction ends so that guesses are counted in turn."""
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
    if not hmac.compare_digest(_mac(bytes(code.code_hash), proved), proof):
        EnrolmentCode.update(wrong=EnrolmentCode.wrong + 1).where(EnrolmentCode.code_id == code_id).execute(
            database
        )
        raise refused("code-wrong")
    if stamp(now) >= code.expires_at:
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


def _use(database: Database, code_id: str, device: str, now: datetime) -> None:
    EnrolmentCode.update(device=device, used_at=fn.COALESCE(EnrolmentCode.used_at, stamp(now))).where(
        EnrolmentCode.code_id == code_id
    ).execute(database)


def _identity(database: Database, device: str) -> tuple[str, str, bytes]:
    """Terminal code, epoch and key of a device."""
    columns = (EnrolledDevice.terminal, EnrolledDevice.epoch, EnrolledDevice.public_key)
    [(terminal, epoch, key)] = (
        EnrolledDevice.select(*columns).where(EnrolledDevice.id == device).tuples().execute(database)
    )
    return terminal, epoch, bytes(key)


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


def keep(database: Database, enrolment: Enrolment, now: datetime) -> None:
    """Write the enrolment into the station's database."""
    HubLink.delete().execute(database)
    HubLink.insert(one=1, enrolled_at=stamp(now), **asdict(enrolment)).execute(database)


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
