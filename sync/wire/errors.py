"""
Errors between a terminal and its hub. They carry codes for programs; sentences belong to the pages.

SyncError
├── SealBroken        a sealed payload does not open with this key
├── NotEnrolled       this terminal has no hub yet
├── OutboxClosed      an entry of the outbox cannot be taken or changed
├── Malformed         a message does not have the agreed form
├── Untrusted         a message is not from whom it should be, or not fresh
├── Unreachable       no answer came
├── HubRefused        a signed refusal of the hub, with its HTTP status
├── PageBroken        a feed page that must not be applied
└── ListBroken        a side list that must not be taken
"""


class SyncError(Exception):
    """Base of all errors here; `code` is stable and free of personal data."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class SealBroken(SyncError):
    """ "sealed-wrong-key" or "sealed-not-a-payload"; the blob stays where it is stored."""


class NotEnrolled(SyncError):
    """ "not-enrolled": the row that enrolment writes is missing."""


class OutboxClosed(SyncError):
    """ "envelope-conflict", "entry-too-large", "entry-unknown" or "entry-frozen"."""


class Malformed(SyncError):
    """A field is missing, has another type or exceeds its limit; the code names the field."""


class Untrusted(SyncError):
    """The signature, the digest, the nonce or the key is not what it must be."""


class Unreachable(SyncError):
    """ "hub-unreachable", "hub-too-slow" or "answer-too-large": try again later, nothing was decided."""


class HubRefused(SyncError):
    """The hub refused the request; `status` is the HTTP status of its signed answer."""

    def __init__(self, code: str, status: int) -> None:
        super().__init__(code)
        self.status = status


class PageBroken(SyncError):
    """A page is cut, of another kind, epoch or order; never to be read as "no news"."""


class ListBroken(SyncError):
    """A list is cut, too large, of another type, or not the one that was named."""


HTTP_STATUS = {
    "not-json": 400,
    "signature-missing": 401,
    "signature-wrong": 401,
    "device-unknown": 401,
    "nonce-stale": 401,
    "nonce-replayed": 401,
    "device-revoked": 403,
    "device-quarantined": 403,
    "wrong-terminal": 403,
    "code-wrong": 403,
    "code-used": 403,
    "code-expired": 403,
    "code-locked": 403,
    "proof-wrong": 403,
    "proof-closed": 403,
    "snapshot-unknown": 404,
    "list-unknown": 404,
    "blob-unknown": 404,
    "heads-unknown": 404,
    "ask-unknown": 404,
    "name-taken": 409,
    "seq-taken": 409,
    "number-taken": 409,
    "number-foreign": 409,
    "must-refetch": 409,
    "body-too-large": 413,
    "digest-differs": 422,
    "wrong-key": 422,
    "feed-missing": 503,
}
"""HTTP status of each refusal; other messages of the wrong form (`Malformed`) are 422."""


def refused(code: str) -> HubRefused:
    """Return the refusal of this code, with its HTTP status."""
    return HubRefused(code, HTTP_STATUS[code])
