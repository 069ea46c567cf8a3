"""
Scripts that import one another: each is served with fingerprints in the addresses of its import lines.

Without them a browser would run today's panel with yesterday's parts for as long as it keeps files. The addresses of
first scripts carry a fingerprint already (`answers`); those written inside a script are completed here, at the start.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path, PurePosixPath

IMPORT = re.compile(r"""(\bfrom\s+|\bimport\s*\(?\s*)(["'])\./([\w.-]+\.js)\2""")
FINGERPRINT_CHARACTERS = 10


def completed(static: Path) -> dict[str, bytes]:
    """
    Return each script with imports by its name below `static`, its import lines completed by fingerprints; a circle
    of imports is an error.
    """
    return {
        path.relative_to(static).as_posix(): _text(path, ()).encode()
        for path in sorted(static.glob("js/**/*.js"))
        if IMPORT.search(path.read_text("utf-8"))
    }


def fingerprint(content: bytes) -> str:
    """Return the value of `?v=` for a file with this content."""
    return hashlib.sha256(content).hexdigest()[:FINGERPRINT_CHARACTERS]


def _text(path: Path, importers: tuple[Path, ...]) -> str:
    if path in importers:
        raise ValueError(f"{path.name} imports itself by way of {importers[-1].name}")

    def address(found: re.Match[str]) -> str:
        before, quote, name = found.groups()
        content = _text(path.parent / PurePosixPath(name), (*importers, path)).encode()
        return f"{before}{quote}./{name}?v={fingerprint(content)}{quote}"

    return IMPORT.sub(address, path.read_text("utf-8"))
