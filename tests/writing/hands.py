"""Handwriting from an independent hand: KanjiVG's strokes as points, and the ways in which hands shake."""

from __future__ import annotations

import importlib.metadata
import random
import re
from collections.abc import Iterator
from pathlib import Path

Point = tuple[float, float]
Drawing = list[list[Point]]
SIDE = 109.0
"""KanjiVG draws in a box of this side."""
CURVE_POINTS = 8
NUMBERS = {"m": 2, "l": 2, "c": 6, "s": 4}


def folder() -> Path | None:
    """Where the package's drawings lie; None when it is not installed."""
    try:
        files = importlib.metadata.files("kanjivg") or []
    except importlib.metadata.PackageNotFoundError:
        return None
    return next((Path(str(one.locate())).parent for one in files if one.name == "04e00.svg"), None)


def drawing(character: str, of: Path) -> Drawing | None:
    """The strokes of a character in a box of side 1; None when the package does not have it."""
    path = of / f"{ord(character):05x}.svg"
    if not path.exists():
        return None
    lines = re.findall(r'<path id="kvg:[0-9a-f]+-s\d+"[^>]* d="([^"]+)"', path.read_text("utf-8"))
    return [[(x / SIDE, y / SIDE) for x, y in _points(line)] for line in lines]


def _points(line: str) -> list[Point]:
    """An SVG path of moves, lines and cubic curves as points on it."""
    here, handle = (0.0, 0.0), (0.0, 0.0)
    points: list[Point] = []
    for command, numbers in _commands(line):
        base = here if command.islower() else (0.0, 0.0)
        corners = [(base[0] + x, base[1] + y) for x, y in zip(numbers[::2], numbers[1::2], strict=True)]
        if command.lower() == "s":
            corners = [(2 * here[0] - handle[0], 2 * here[1] - handle[1]), *corners]
        if len(corners) == 3:
            points += [_on_curve(here, *corners, step / CURVE_POINTS) for step in range(1, CURVE_POINTS + 1)]
        else:
            points.append(corners[-1])
        handle, here = corners[-2] if len(corners) == 3 else corners[-1], corners[-1]
    return points


def _commands(line: str) -> Iterator[tuple[str, list[float]]]:
    for command, rest in re.findall(r"([MmLlCcSs])([^MmLlCcSs]*)", line):
        numbers = [float(one) for one in re.findall(r"-?\d*\.?\d+(?:e-?\d+)?", rest)]
        size = NUMBERS[command.lower()]
        for start in range(0, len(numbers), size):
            yield command, numbers[start : start + size]


def _on_curve(start: Point, one: Point, two: Point, end: Point, at: float) -> Point:
    back = 1 - at
    weights = (back**3, 3 * back * back * at, 3 * back * at * at, at**3)
    corners = (start, one, two, end)
    return (
        sum(weight * corner[0] for weight, corner in zip(weights, corners, strict=True)),
        sum(weight * corner[1] for weight, corner in zip(weights, corners, strict=True)),
    )


def shaky(strokes: Drawing, chance: random.Random) -> Drawing:
    """Very shaky: slanted and stretched, each stroke adrift by 9 and each point by 5 of 300."""
    slant, wide, high = chance.uniform(-0.15, 0.15), chance.uniform(0.8, 1.2), chance.uniform(0.8, 1.2)
    moved = []
    for stroke in strokes:
        dx, dy = chance.gauss(0, 0.03), chance.gauss(0, 0.03)
        moved.append(
            [
                (
                    (x + slant * y) * wide + dx + chance.gauss(0, 5 / 300),
                    y * high + dy + chance.gauss(0, 5 / 300),
                )
                for x, y in stroke
            ]
        )
    return moved


def common_characters() -> str:
    """The 3,755 characters of GB 2312's first level."""
    codes = ((high, low) for high in range(0xB0, 0xD8) for low in range(0xA1, 0xFF))
    return "".join(bytes(code).decode("gb2312") for code in codes if code < (0xD7, 0xFA))
