"""
What can go wrong between a terminal and its hub; codes for machines, sentences are the pages' business.

SyncError
├── SealBroken        a sealed payload does not open with this key
├── NotEnrolled       this terminal has no hub yet
├── OutboxClosed      an entry of the outbox cannot be taken or changed
├── Malformed         a message does not have the agreed form
├── Untrusted         a message is not from whom it should be, or not fresh
├── Unreachable       no answer came
├── Refused           a signed refusal of the hub, with its HTTP status
└── PageBroken        a feed page that must not be applied
"""


class SyncError(Exception):
    """Base of all errors here; `code` is stable and free of personal data."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class SealBroken(SyncError):
    """ "sealed-wrong-key" or "sealed-not-a-payload"; the blob is kept by whoever holds it."""


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


class Refused(SyncError):
    """The hub understood and said no; `status` is the HTTP status of its signed answer."""

    def __init__(self, code: str, status: int) -> None:
        super().__init__(code)
        self.status = status


class PageBroken(SyncError):
    """A page is cut, of another kind, epoch or order; never to be read as "no news"."""
