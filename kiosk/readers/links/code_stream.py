"""Codes out of what a scanner sends: each ends with a line, or with a quiet moment."""

from __future__ import annotations

MOST_CODE_BYTES = 1_024
"""Bytes of a code that is looked at; a longer one is passed over to its end, and counts as one that says nothing."""
_ENDS = b"\r\n"


class CodeStream:
    """
    Codes of one scanner.

    A calendar entry has lines of its own: a code that begins like one ends with its last line.

    Args:
        silence_s: Quiet after which what was sent is a whole code.
    """

    def __init__(self, silence_s: float) -> None:
        self._silence_s = silence_s
        self._held = bytearray()
        self._is_too_long = False
        self._last = 0.0

    def feed(self, received: bytes, now: float) -> list[str]:
        """Return the codes that are whole at this steady time."""
        found = self._quiet(now)
        for each in received:
            if each in _ENDS:
                found += self._ended()
            elif len(self._held) < MOST_CODE_BYTES:
                self._held.append(each)
            else:
                self._is_too_long = True
        if received:
            self._last = now
        return found

    def _quiet(self, now: float) -> list[str]:
        is_quiet = bool(self._held) and now - self._last >= self._silence_s
        return self._taken() if is_quiet else []

    def _ended(self) -> list[str]:
        if not self._held:
            return []
        if self._held.startswith(CALENDAR) and not self._held.endswith(CALENDAR_END):
            self._held += b"" if self._held.endswith(b"\n") else b"\n"
            return []
        return self._taken()

    def _taken(self) -> list[str]:
        code = "" if self._is_too_long else decoded(bytes(self._held))
        self._held.clear()
        self._is_too_long = False
        return [code]


CALENDAR, CALENDAR_END = b"BEGIN:VCALENDAR", b"END:VCALENDAR"


def decoded(code: bytes) -> str:
    """Return the text of a code: UTF-8, else GB 18030; empty where it is neither."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return code.decode(encoding)
        except UnicodeDecodeError:
            continue
    return ""
