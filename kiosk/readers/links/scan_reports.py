"""Reports of scanners of the class HID-POS: 64 bytes each, laid out by maker."""

from __future__ import annotations

from kiosk.readers.links.reader_profiles import ReportLayout

REPORT_BYTES = 64
SCANNED = 0x02
"""Report of scanned data."""
_MORE_AT, _AIM_CHARACTERS = 63, 3
_DATA = {ReportLayout.NEWLAND: (2, 58), ReportLayout.HONEYWELL: (2 + _AIM_CHARACTERS, 62)}
"""Where the data begins, and where it can reach at most."""


class ReportText:
    """The text that reports carry, with a line feed after the last report of a code."""

    def __init__(self, layout: ReportLayout) -> None:
        self._layout = layout
        self._rest = b""

    def feed(self, received: bytes) -> bytes:
        """Return what these bytes of reports carry."""
        self._rest += received
        found = b""
        while len(self._rest) >= REPORT_BYTES:
            report, self._rest = self._rest[:REPORT_BYTES], self._rest[REPORT_BYTES:]
            found += self._one(report)
        return found

    def _one(self, report: bytes) -> bytes:
        if report[0] != SCANNED:
            return b""
        first, end = _DATA[self._layout]
        text = report[first : min(first + report[1], end)]
        return text + (b"" if report[_MORE_AT] else b"\n")
