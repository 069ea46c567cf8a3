"""
Time for a receipt to become bytes and pictures, beside python-escpos and receiptline in the same run.

Prints one JSON object a line: name, unit, value, peers. Values are the median of the runs after one to warm up.
"""

import json
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from printers.device import profiles  # noqa: E402
from printers.device.profiles import Mode, QrKind  # noqa: E402
from printers.paper import encode, pdf, plain, raster  # noqa: E402  the repository is not installed
from printers.paper.document import KeyValue, Para, Qr, Slip, Title  # noqa: E402

FOREIGN = ROOT / "tests" / "printers" / "foreign"
RUNS = 15
ADDRESS = "https://gk.example.gov.cn/p/GX03-261122-0007-K7-4"
ROWS = 46


def a_receipt_of_48_lines() -> Slip:
    """Return a receipt with title, 46 rows, a line of text and a QR code, as PRINTING.md measured it."""
    rows = [
        KeyValue(f"第{number}项", f"示例县农业农村局 2026年11月{number % 28 + 1}日") for number in range(ROWS)
    ]
    blocks = (Title("政府信息公开申请接收回执"), *rows, Para("请妥善保管。"), Qr(ADDRESS, "扫码查看办理进度"))
    return Slip("bench", "政府信息公开申请接收回执", blocks)


def median_ms(work: Callable[[], object], runs: int = RUNS) -> float:
    """Return the median milliseconds of `work`, after one run to warm up."""
    work()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    return round(statistics.median(times), 2)


def say(name: str, unit: str, value: float, **peers: float) -> None:
    """Print one result."""
    print(json.dumps({"name": name, "unit": unit, "value": value, "peers": peers}), flush=True)


def python_escpos_image_ms(picture: Any) -> float:
    """Return the milliseconds of `image()` of python-escpos on our picture: encoding alone."""
    from escpos.printer import Dummy

    def work() -> bytes:
        encoder = Dummy(profile="TM-T20II")
        encoder.image(picture, impl="bitImageRaster", fragment_height=256)
        return bytes(encoder.output)

    return median_ms(work)


def receiptline_ms() -> dict[str, float]:
    """Return the milliseconds of receiptline for as many lines; empty when node or the package is not there."""
    if not shutil.which("node") or not (FOREIGN / "node_modules").is_dir():
        return {}
    rows = "".join(
        f"第{number}项 | 示例县农业农村局 2026年11月{number % 28 + 1}日\n" for number in range(ROWS)
    )
    document = f"^^接收回执\n{rows}{{code:{ADDRESS};option:qrcode,5,q}}\n=\n"
    asked = {"tool": "receiptline", "width": 48, "document": document}
    made = subprocess.run(
        ["node", str(FOREIGN / "encode.mjs")],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
    )
    answer = json.loads(made.stdout)
    return {"receiptline_cold": round(answer["ms"], 2), "receiptline_warm": round(answer["warm_ms"], 2)}


def png(picture: Any) -> bytes:
    """Return the picture as a file."""
    out = BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def main() -> None:
    """Measure and print; memory first, before any peer is loaded."""
    slip, text = a_receipt_of_48_lines(), replace(profiles.GENERIC_80, mode=Mode.TEXT, qr=QrKind.NATIVE)
    wide, narrow = profiles.GENERIC_80, profiles.GENERIC_58
    picture = raster.render(slip, wide)
    raster_80 = median_ms(lambda: encode.encode(slip, wide).data)
    text_80 = median_ms(lambda: encode.encode(slip, text).data)
    peak_mb = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)
    encoding = median_ms(lambda: b"".join(raster.bands(picture)))
    say("print.raster_80", "ms", raster_80)
    say("print.raster_58", "ms", median_ms(lambda: encode.encode(slip, narrow).data))
    say("print.raster_80_large", "ms", median_ms(lambda: encode.encode(slip.enlarged(), wide).data))
    say("print.encode_picture", "ms", encoding, python_escpos_image=python_escpos_image_ms(picture))
    say("print.png_80", "ms", median_ms(lambda: png(raster.render(slip, wide))))
    say("print.text_80", "ms", text_80, **receiptline_ms())
    say("print.plain", "ms", median_ms(lambda: plain.render(slip, 48)))
    say("print.pdf_a4", "ms", median_ms(lambda: pdf.render(slip), 3))
    say("print.raster_bytes", "bytes", len(encode.encode(slip, wide).data))
    say("print.text_bytes", "bytes", len(encode.encode(slip, text).data))
    say("print.peak_memory", "MB", peak_mb)


if __name__ == "__main__":
    main()
