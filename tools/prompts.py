"""Maker of the shipped recordings: records what is missing, removes what no text needs, writes the manifest."""

from __future__ import annotations

import json
import logging
from pathlib import Path

from kiosk import db
from kiosk.speech import bank, ogg, rules
from kiosk.speech.actions import Voice
from tools import fixed_texts

PAUSE_S = 0.28
_log = logging.getLogger(__name__)


def record(voice: Voice, folder: Path, limit: int | None = None) -> tuple[int, int]:
    """
    Record up to `limit` missing texts and write the manifest; return how many were recorded and how many are missing.

    Returns: how many were recorded now, how many are still missing.
    """
    wanted = fixed_texts.fixed()
    folder.mkdir(parents=True, exist_ok=True)
    pause = folder / f"{bank.PAUSE_KEY}.opus"
    if not pause.exists():
        pause.write_bytes(voice.silence(PAUSE_S))
    made = 0
    missing = [key for key in wanted if not (folder / f"{key}.opus").exists()]
    try:
        for key in missing[:limit]:
            try:
                sound = voice.say(wanted[key])
                ogg.read(sound)
            except (rules.Unspeakable, ogg.NotOpus):
                _log.warning("not recorded: %s", wanted[key])
                continue
            db.write_atomically(folder / f"{key}.opus", sound)
            made += 1
    finally:
        tidy(folder, wanted)
    return made, len(missing) - made


def tidy(folder: Path, wanted: dict[str, str]) -> None:
    """Remove recordings that no text needs and write the manifest of what is there."""
    keep = {**wanted, bank.PAUSE_KEY: "（停）"}
    held = {path.stem: path for path in folder.glob("*.opus")}
    for key in held.keys() - keep.keys():
        held[key].unlink()
    manifest = {
        "about": "Recordings of the product's fixed texts. Voice: see NOTICE and ../voice.toml.",
        "licence": "Apache-2.0",
        "texts": {key: keep[key] for key in sorted(held.keys() & keep.keys())},
        "patterns": fixed_texts.patterns(),
    }
    written = json.dumps(manifest, ensure_ascii=False, indent=0, sort_keys=True)
    db.write_atomically(folder / bank.MANIFEST, f"{written}\n".encode())


def run(folder: Path | None, limit: int | None, voices: Path) -> int:
    """Record the product's fixed texts into its own folder; exit code 1 while some are missing."""
    from kiosk.speech.kokoro import KokoroVoice as Kokoro

    made, missing = record(Kokoro(voices), folder or bank.FOLDER, limit)
    print(f"recorded {made}, missing {missing}")
    return 1 if missing else 0
