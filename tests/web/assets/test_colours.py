"""The colours of the style sheet, counted as WCAG 2.2 counts them: 7:1 for text, 3:1 for the edge of a control."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).parents[3] / "kiosk" / "static" / "css"
TOKENS = (CSS / "tokens.css").read_text("utf-8")
TEXT = [
    ("ink", "paper"), ("ink", "card"), ("ink", "wash"), ("ink", "warn-wash"), ("ink", "good-wash"),
    ("ink", "bad-wash"), ("ink-soft", "paper"), ("ink-soft", "card"), ("ink-soft", "wash"),
    ("ink-soft", "warn-wash"), ("primary", "card"), ("primary", "paper"), ("primary", "wash"),
    ("primary", "wash-deep"), ("on-primary", "primary"), ("on-primary", "primary-deep"), ("seal", "paper"),
    ("seal", "card"), ("seal-deep", "bad-wash"), ("on-seal", "seal"), ("good", "good-wash"),
    ("warn", "warn-wash"), ("bad", "bad-wash"), ("bad", "paper"), ("bad", "card"),
]  # fmt: skip
EDGES = [("edge", "paper"), ("edge", "card"), ("primary", "paper"), ("bad", "paper"), ("focus", "paper")]


def colours(selector: str) -> dict[str, str]:
    block = TOKENS[TOKENS.index(selector) :]
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", block[: block.index("}")]))


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.fixture(params=["normal", "high"])
def palette(request: pytest.FixtureRequest) -> dict[str, str]:
    normal = colours(":root {")
    return normal if request.param == "normal" else normal | colours(":root.contrast-high {")


def test_black_on_white_is_twenty_one_to_one() -> None:
    assert round(contrast("#000000", "#ffffff"), 2) == 21


@pytest.mark.parametrize(("text", "ground"), TEXT)
def test_every_text_stands_out_seven_to_one(palette: dict[str, str], text: str, ground: str) -> None:
    assert contrast(palette[text], palette[ground]) >= 7


@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_the_edge_of_a_control_can_be_seen(palette: dict[str, str], edge: str, ground: str) -> None:
    assert contrast(palette[edge], palette[ground]) >= 3


def test_colours_are_named_in_one_place_only() -> None:
    elsewhere = {
        sheet.name: set(re.findall(r"#[0-9a-fA-F]{3,8}\b", sheet.read_text("utf-8"))) - {"#ffffff"}
        for sheet in CSS.glob("*.css")
        if sheet.name != "tokens.css"
    }
    assert {name: found for name, found in elsewhere.items() if found} == {}
