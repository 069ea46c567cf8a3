"""Enrolment at the terminal: proves to its hub that it knows the code, and stores the identity it is given."""

import hmac
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime

from sync.statements import Database
from sync.terminal.models import HubLink
from sync.wire.enrolment import HEX64, ID_CHARACTERS, WORD, key_id, mac, read_code, secret_of
from sync.wire.errors import HubRefused, Malformed, Unreachable, Untrusted, refused
from sync.wire.protocol import JSON_TYPE, PREFIX, VERSION, refusal_code, write
from sync.wire.reading import b64, read_object, stamp
from sync.wire.signing import (
    Answer,
    Request,
    Transport,
    public_key,
    sign_request,
    verify_answer,
)


@dataclass(frozen=True)
class Enrolment:
    """What a terminal stores of its enrolment, beside its own signing seed."""

    device: str
    terminal: str
    epoch: str
    hub_key: bytes
    hub_epoch: str
    seal_key: bytes
    seal_key_id: str
    feed_epoch: str


def enrol(transport: Transport, typed_code: str, *, seed: bytes, now: datetime) -> Enrolment:
    """
    Ask the hub to enrol this terminal; return its identity, which is not stored yet.

    Raises:
        HubRefused: "code-wrong" (also for a code that cannot be one), "code-used", "code-expired", "code-locked".
        Unreachable: "hub-unreachable", "not-a-hub" (something else answers at this address).
        Untrusted: "hub-identity-mismatch": the answering machine does not know the code.
    """
    code = read_code(typed_code)
    if code is None:
        raise refused("code-wrong")
    salt, key, secret = secrets.token_bytes(16), public_key(seed), secret_of(code)
    body = write(
        {
            "v": VERSION,
            "code_id": code[:ID_CHARACTERS],
            "salt": b64(salt),
            "proof": mac(secret, b"terminal" + salt + key),
        }
    )
    request = Request("POST", f"{PREFIX}/enrol", body, {"Content-Type": JSON_TYPE})
    nonce = secrets.token_urlsafe(16)
    sign_request(request, seed=seed, key_id=key_id(key), nonce=nonce, now=now)
    answer = transport(request)
    enrolment = _read_answer(answer, secret, salt)
    verify_answer(answer, request, hub_key=enrolment.hub_key, nonce=nonce)
    return enrolment


def _read_answer(answer: Answer, secret: bytes, salt: bytes) -> Enrolment:
    """Return the enrolment in the answer, once the hub has proved to know the code; a refusal needs no proof."""
    try:
        if answer.status != 200:
            raise HubRefused(refusal_code(answer.body), answer.status)
        fields = read_object(answer.body)
        proof = fields.text("proof", form=HEX64)
        values = {name: value for name, value in fields.values.items() if name != "proof"}
        if not hmac.compare_digest(mac(secret, b"hub" + salt + write(values)), proof):
            raise Untrusted("hub-identity-mismatch")
        return Enrolment(
            device=fields.text("device", form=WORD),
            terminal=fields.text("terminal", form=WORD),
            epoch=fields.text("epoch", form=WORD),
            hub_key=fields.data("hub_key", most=32, exactly=32),
            hub_epoch=fields.text("hub_epoch", form=WORD),
            seal_key=fields.data("seal_key", most=32, exactly=32),
            seal_key_id=fields.text("seal_key_id", form=WORD),
            feed_epoch=fields.text("feed_epoch", form=WORD),
        )
    except Malformed as error:
        raise Unreachable("not-a-hub") from error


def keep(database: Database, enrolment: Enrolment, now: datetime) -> None:
    """Write the enrolment into the station's database."""
    HubLink.delete().execute(database)
    HubLink.insert(one=1, enrolled_at=stamp(now), **asdict(enrolment)).execute(database)
