"""
The only program that opens attached files: a process of its own, so that a hostile file harms only it.

content.py starts it. It limits and isolates itself before it reads a byte (`foreign/isolation.py`), imports nothing of
ours but that and the modules beside it, and answers on standard output: one line of JSON, then bytes.

    check PATH                      {"type", "pages"} or {"fault"}
    picture PATH TYPE PAGE WIDTH    {"pages", "width", "height", "words", "type"}, then the picture
    page - TYPE PAGE WIDTH          the same of a PDF on standard input, which is on no disk
    paper PATH TYPE FIRST LAST      {"pages"}, then a PDF of these pages
    sheet, find, redact, prove - TYPE   of a file on standard input, after one line of JSON that says what is asked
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parents[2]))

from kiosk.catalogue.attachments import drawing, redacting, redaction_proof  # noqa: E402  # the path is set above, for an isolated interpreter
from kiosk.catalogue.attachments.file_faults import BOMB, UNREADABLE, FileFault  # noqa: E402
from kiosk.catalogue.attachments.old_office_check import check_old_office  # noqa: E402
from kiosk.catalogue.attachments.package_check import check_package  # noqa: E402
from kiosk.catalogue.attachments.pdf_check import check_pdf, is_pdf  # noqa: E402
from kiosk.catalogue.foreign.isolation import Bounds, NotIsolated, bound, isolate  # noqa: E402

BOUNDS = Bounds(memory_bytes=1_500_000_000, cpu_s=20)
REDACTING = Bounds(memory_bytes=1_500_000_000, cpu_s=90)
"""A hundred pages are drawn at 200 dpi, and once more for the proof."""
DRAWN_AT_CHECK_S = 8.0
"""Processor seconds in which a file's pages are drawn small before it is taken."""
SLOW_PAGE_S = 4.0
"""Processor seconds of one small page; one that takes longer would take all there is when somebody looks at it."""
SMALL = 200
STANDARD_INPUT = "-"


def check(path: Path) -> dict[str, Any]:
    """Return the type of a file by its content, and its pages (0 if it has none)."""
    with path.open("rb") as stream:
        head = stream.read(1_024)
    if not head:
        raise FileFault("file-empty")
    if is_pdf(head):
        pages = check_pdf(path)
        _draw_all(path, pages)
        return {"type": drawing.PDF, "pages": pages}
    if head.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")):
        drawing.image(path)
        return {"type": drawing.PNG if head.startswith(b"\x89") else drawing.JPEG, "pages": 1}
    if head.startswith(b"PK\x03\x04"):
        return {"type": check_package(path), "pages": 0}
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return {"type": check_old_office(path), "pages": 0}
    raise FileFault("file-svg" if b"<svg" in head.lower() else "file-type")


def _draw_all(path: Path, pages: int) -> None:
    """Draw every page small, as far as the time goes, so that one which takes for ever is found before citizens do."""
    began = time.process_time()
    for page in range(1, pages + 1):
        at = time.process_time()
        if at - began > DRAWN_AT_CHECK_S:
            return
        drawing.draw_pdf(path, page, SMALL)
        if time.process_time() - at > SLOW_PAGE_S:
            raise FileFault(BOMB)


def answer(what: str, path: Path, rest: list[str]) -> tuple[dict[str, Any], bytes]:
    """Return what is asked about a file: facts, and the bytes of a picture or a paper."""
    if what == "check":
        return check(path), b""
    if what in ASKED:
        asked = json.loads(sys.stdin.buffer.readline())
        return ASKED[what](sys.stdin.buffer.read(), rest[0], asked)
    if what == "page":
        return drawing.picture(sys.stdin.buffer.read(), rest[0], int(rest[1]), int(rest[2]))
    if what == "picture":
        return drawing.picture(path, rest[0], int(rest[1]), int(rest[2]))
    return drawing.paper(path, rest[0], int(rest[1]), int(rest[2]))


def _sheet(source: bytes, kind: str, asked: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    return redacting.sheet(source, kind, asked["page"], asked["width"])


def _find(source: bytes, kind: str, asked: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    return {"areas": redacting.find(source, asked["words"]) if kind == drawing.PDF else []}, b""


def _redact(source: bytes, kind: str, asked: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    return redacting.redact(source, kind, redacting.areas(asked["areas"]))


def _prove(source: bytes, kind: str, asked: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    return redaction_proof.prove(source, kind, asked["pages"], redacting.areas(asked["areas"])), b""


ASKED: Mapping[str, Callable[[bytes, str, dict[str, Any]], tuple[dict[str, Any], bytes]]] = {
    "sheet": _sheet,
    "find": _find,
    "redact": _redact,
    "prove": _prove,
}
"""Questions about a file that is on no disk."""


def main(arguments: list[str]) -> int:
    """Answer one question; return 0 if there was an answer, also for a refused file."""
    what, path, *rest = arguments
    content = b""
    try:
        bound(REDACTING if what in ASKED else BOUNDS)
        isolate(HERE if path == STANDARD_INPUT else Path(path), HERE)
        said, content = answer(what, Path(path), rest)
    except FileFault as fault:
        said = {"fault": str(fault)}
    except (ImportError, NotIsolated):
        said = {"fault": "file-unchecked"}
    except FileNotFoundError:
        said = {"fault": UNREADABLE}
    except (MemoryError, RecursionError):
        said = {"fault": BOMB}
    sys.stdout.buffer.write(json.dumps(said).encode() + b"\n" + content)
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
