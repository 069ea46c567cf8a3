"""The stroke matcher in a real browser, with strokes of an independent source (KanjiVG), plain and very shaky."""

from __future__ import annotations

import random
import tomllib
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.writing import hands

pytestmark = pytest.mark.browser

VENDOR = Path(__file__).parents[2] / "kiosk" / "static" / "vendor"
SAMPLE = 240
MATCH = """async ([script, strokes, drawings]) => {
  const { recognise, templates } = await import(script);
  const known = templates(await (await fetch(strokes)).arrayBuffer());
  return { size: known.characters.length,
           found: drawings.map((drawing) => recognise(known, drawing, 10)),
           counts: Object.fromEntries(known.characters.map((one, at) => [one, known.strokes[at]])) };
}"""


def matched(chromium: Browser, url: str, drawings: list[hands.Drawing]) -> dict[str, Any]:
    """What the page's own matcher makes of the drawings."""
    page = chromium.new_page()
    page.goto(url + "/help")
    static = url + "/static"
    told: dict[str, Any] = page.evaluate(
        MATCH, [f"{static}/js/writing/strokes.js", f"{static}/vendor/hanzi-strokes-2.0.1.bin", drawings]
    )
    page.close()
    return told


def sample(counts: dict[str, int]) -> dict[str, hands.Drawing]:
    """Common characters that both sources write with as many strokes, always the same ones."""
    folder = hands.folder()
    if folder is None:
        pytest.skip("kanjivg is not installed: pip install -r requirements-dev.txt")
    drawn = {one: strokes for one in hands.common_characters() if (strokes := hands.drawing(one, folder))}
    alike = [one for one, strokes in drawn.items() if counts.get(one) == len(strokes)]
    return {one: drawn[one] for one in random.Random(2026).sample(alike, SAMPLE)}


def test_written_neatly_or_very_shakily_the_character_is_found(chromium: Browser, terminal_url: str) -> None:
    characters = sample(matched(chromium, terminal_url, [])["counts"])
    chance = random.Random(7)
    neat = list(characters.values())
    drawings = neat + [hands.shaky(strokes, chance) for strokes in neat]
    found = matched(chromium, terminal_url, drawings)["found"]
    first = [texts[0] == one for one, texts in zip([*characters, *characters], found, strict=True)]
    five = [one in texts[:5] for one, texts in zip([*characters, *characters], found, strict=True)]
    assert sum(first[:SAMPLE]) >= 0.92 * SAMPLE
    assert sum(first[SAMPLE:]) >= 0.71 * SAMPLE
    assert sum(five[:SAMPLE]) >= 0.98 * SAMPLE
    assert sum(five[SAMPLE:]) >= 0.9 * SAMPLE


def test_every_character_of_gb2312_can_be_written(chromium: Browser, terminal_url: str) -> None:
    told = matched(chromium, terminal_url, [[], [[[0, 0]]]])
    codes = (
        (high, low)
        for high in range(0xB0, 0xF8)
        for low in range(0xA1, 0xFF)
        if (high, low) < (0xD7, 0xFA) or high > 0xD7
    )
    assert {bytes(code).decode("gb2312") for code in codes} <= set(told["counts"])
    assert told["found"][0] == []
    assert len(told["found"][1]) == 10


def test_the_templates_are_named_in_the_manifest_with_their_licence() -> None:
    entries = tomllib.loads((VENDOR / "manifest.toml").read_text("utf-8"))["file"]
    names = {entry["name"]: entry["licence"] for entry in entries if entry["package"] == "hanzi-writer-data"}
    assert names == {
        "hanzi-strokes-2.0.1.bin": "Arphic Public License",
        "hanzi-strokes-2.0.1.LICENSE.txt": "Arphic Public License",
    }
    assert b"ARPHIC PUBLIC LICENSE" in (VENDOR / "hanzi-strokes-2.0.1.LICENSE.txt").read_bytes()
