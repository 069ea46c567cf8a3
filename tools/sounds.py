"""
Maker of the sounds of the interface, computed: `python -m tools.sounds` writes them to static/sound.

`call` rings at the hall's desk, `ask` goes with the question whether somebody is still there, `touch` with a press.
"""

from __future__ import annotations

import io
import math
import sys
import wave
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "kiosk" / "static" / "sound"
RATE_HZ = 16_000
LOUDEST = 0.6
"""Loudest value as a part of full scale: speakers distort above it."""
FADE_IN_S = 0.004
TONES: dict[str, tuple[tuple[float, float], ...]] = {
    "call": ((880.0, 0.28), (659.3, 0.5)),
    "ask": ((523.3, 0.22), (659.3, 0.4)),
    "touch": ((1318.5, 0.04),),
}
"""(Hz, seconds), one after the other."""


def sound(name: str) -> bytes:
    """Return a WAV file, one channel, 16 bits."""
    samples = bytearray()
    for pitch_hz, length_s in TONES[name]:
        for place in range(round(length_s * RATE_HZ)):
            at_s = place / RATE_HZ
            swell = min(1.0, at_s / FADE_IN_S) * math.exp(-5 * at_s / length_s) * (1 - at_s / length_s)
            level = LOUDEST * swell * math.sin(2 * math.pi * pitch_hz * at_s)
            samples += round(level * 32767).to_bytes(2, "little", signed=True)
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE_HZ)
        out.writeframes(bytes(samples))
    return file.getvalue()


def main() -> int:
    """Write all sounds; return the exit code."""
    FOLDER.mkdir(exist_ok=True)
    for name in TONES:
        (FOLDER / f"{name}.wav").write_bytes(sound(name))
    return 0


if __name__ == "__main__":
    sys.exit(main())
