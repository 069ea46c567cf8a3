"""
QR codes as rows of modules: the only module that knows segno.

Only segno's encoder is loaded. `import segno` brings its writers too, and with them xml.sax, urllib.request, http and
ssl: measured 8 MB of a printer process that needs none of it.
"""

import importlib
import importlib.util
import sys
from functools import lru_cache
from types import ModuleType

from printers.errors import SlipFault

QUIET_MODULES = 4
"""White around a code, in modules (ISO/IEC 18004)."""


@lru_cache(maxsize=16)
def modules(data: str | bytes, level: str = "q") -> tuple[bytes, ...]:
    """
    Return the rows of the code without its quiet zone, one byte a module, 1 is dark.

    Args:
        level: l, m, q or h.
    Raises:
        SlipFault: "qr-too-long".
    """
    encoder = _encoder()
    try:
        code = encoder.encode(data, error=level, micro=False, boost_error=False)
    except encoder.DataOverflowError as fault:
        raise SlipFault("qr-too-long") from fault
    return tuple(bytes(row) for row in code.matrix)


def svg(data: str) -> str:
    """Return the code at level Q with its quiet zone as an SVG picture of one path."""
    rows = modules(data)
    side = len(rows) + 2 * QUIET_MODULES
    runs = (
        f"M{x + QUIET_MODULES} {y + QUIET_MODULES}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, module in enumerate(row)
        if module
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}">'
        f'<path fill="#fff" d="M0 0h{side}v{side}h-{side}z"/><path d="{"".join(runs)}"/></svg>'
    )


def _encoder() -> ModuleType:
    """Return segno.encoder, loaded under an empty parent package unless the whole package is loaded already."""
    if "segno" in sys.modules:
        return importlib.import_module("segno.encoder")
    found = importlib.util.find_spec("segno")
    assert found is not None
    bare = ModuleType("segno")
    bare.__path__ = list(found.submodule_search_locations or ())
    sys.modules["segno"] = bare
    try:
        return importlib.import_module("segno.encoder")
    finally:
        del sys.modules["segno"]
