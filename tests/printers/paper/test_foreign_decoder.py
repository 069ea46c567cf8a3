"""
Our bytes read by a decoder of others: npos of npm, which knows nothing of us. Same pictures, same lines.

npos reads GS v 0 and GB 18030 text; native QR (GS ( k) it does not know, so codes are sent as pictures here.
"""

import base64
import json
import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy
import pytest

from printers.device import profiles
from printers.device.profiles import Mode, Profile, Repertoire
from printers.paper import encode, raster
from printers.paper.document import Slip
from tests.printers.slips import CODE, a_guide, a_receipt, an_english_receipt

FOREIGN = Path(__file__).parents[1] / "foreign"
HAS_NPOS = bool(shutil.which("node")) and (FOREIGN / "node_modules" / "npos").is_dir()
pytestmark = pytest.mark.skipif(
    not HAS_NPOS and not os.environ.get("CI"),
    reason="node or npos is not installed: npm ci --ignore-scripts in tests/printers/foreign",
)
TEXT = replace(profiles.GENERIC_80, mode=Mode.TEXT, repertoire=Repertoire.GBK)
SLIPS = [a_receipt(), a_receipt(large=True), a_guide(), an_english_receipt()]


def read(data: bytes) -> list[dict[str, Any]]:
    made = subprocess.run(
        ["node", str(FOREIGN / "decode.mjs")],
        input=base64.b64encode(data).decode(),
        capture_output=True,
        text=True,
        check=True,
    )
    answer = json.loads(made.stdout)
    assert answer["error"] == ""
    entries: list[dict[str, Any]] = answer["entries"]
    return entries


@pytest.mark.parametrize("slip", SLIPS, ids=["receipt", "large", "guide", "english"])
@pytest.mark.parametrize("profile", [profiles.GENERIC_80, profiles.GENERIC_58], ids=["80", "58"])
def test_a_foreign_decoder_sees_our_picture_dot_for_dot(slip: Slip, profile: Profile) -> None:
    (entry,) = read(encode.encode(slip, profile, CODE).data)
    drawn = numpy.array(raster.render(slip, profile, CODE))
    seen = numpy.frombuffer(base64.b64decode(entry["dots"]), dtype=numpy.uint8) > 0
    seen = seen.reshape(entry["height"], entry["width"])
    assert seen.shape == drawn.shape
    assert numpy.count_nonzero(seen != drawn) <= 60, "but for the dots that hide look-alikes"


@pytest.mark.parametrize("slip", SLIPS, ids=["receipt", "large", "guide", "english"])
def test_a_foreign_decoder_reads_our_text_line_by_line(slip: Slip) -> None:
    entries = read(encode.encode(slip, TEXT, CODE).data)
    text = b"".join(base64.b64decode(one["bytes"]) for one in entries if one["type"] == "text")
    seen = "".join(text.decode("gb18030").split())
    for block in slip.headed():
        for words in (value for value in vars(block).values() if isinstance(value, str)):
            for line in words.split("\n"):
                plain = "".join(line.split())
                if plain and not plain.startswith(("https:", "code", "查询码见", "See")):
                    assert plain in seen, plain
    assert CODE.replace(" ", "") in seen or not slip.secrets()
    assert re.search("[\x00-\x08\x0b-\x1f]", seen) is None
