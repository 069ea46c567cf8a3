"""
Errors between a slip and paper. They carry codes, never a sentence for the screen.

PrintFault
├── SlipFault          the JSON of a slip is not what document.py describes
├── ProfileFault       the table of printers cannot be used; `faults` lists every reason
├── FontMissing        no font that can draw Chinese was found
├── SourceGone         the file whose pages were ordered is not there, or cannot be made into paper
├── LinkFault          the way to the device
│   ├── DriverMissing  a package this kind of link needs is not installed
│   ├── NotReached     the device could not be opened: no byte left this machine
│   ├── LinkBroken     the link ended; `written` bytes had been accepted
│   └── WriteStalled   the device took no byte for too long; `written` bytes had been accepted
└── SpoolFault
    ├── NoSuchJob      no job has that number
    ├── SecretLost     what was sealed for a job cannot be opened any more
    └── WrongStep      the table of steps does not allow this change of state
"""


class PrintFault(Exception):
    """Root of the tree; its text is a code such as `link-broken` that programs can compare."""

    code = "print-fault"


class SlipFault(PrintFault):
    """The JSON of a slip is not what document.py describes."""

    code = "slip-fault"


class ProfileFault(PrintFault):
    """The table of printers cannot be used."""

    code = "profile-fault"

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


class FontMissing(PrintFault):
    """No font that can draw Chinese was found."""

    code = "font-missing"


class SourceGone(PrintFault):
    """The file whose pages were ordered is not there, or cannot be made into paper."""

    code = "source-gone"


class LinkFault(PrintFault):
    """
    The connection to the device failed.

    Attributes:
        written: Bytes of the job that had been accepted before. Zero means the paper is surely untouched.
    """

    code = "link-fault"

    def __init__(self, reason: str, written: int = 0) -> None:
        super().__init__(reason)
        self.written = written


class DriverMissing(LinkFault):
    """A package that this kind of link needs is not installed."""

    code = "driver-missing"


class NotReached(LinkFault):
    """The device could not be opened."""

    code = "not-reached"


class LinkBroken(LinkFault):
    """The link ended while bytes were on their way."""

    code = "link-broken"


class WriteStalled(LinkFault):
    """The device took no byte for too long."""

    code = "write-stalled"


class SpoolFault(PrintFault):
    """The spool refused a step."""

    code = "spool-fault"


class NoSuchJob(SpoolFault):
    """No job has that number."""

    code = "no-such-job"


class SecretLost(SpoolFault):
    """The sealed value of a job cannot be opened any more: its key ended with the previous boot."""

    code = "secret-lost"


class WrongStep(SpoolFault):
    """The table of steps does not allow this change of state."""

    code = "wrong-step"
