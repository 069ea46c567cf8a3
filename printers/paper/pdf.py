"""
Slips on A4 as PDF/UA: forms to sign, letters to keep.

The words of a slip reach typst as data and are never run. typst is imported when a page is asked for: it is large,
and a terminal that prints only receipts does without it.
"""

import json
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Literal

from PIL import ImageFont

from printers.errors import DriverMissing
from printers.paper import document as doc
from printers.paper import qr
from printers.paper.fonts import Fonts, packaged
from printers.paper.layout import group_of, parted
from printers.paper.linebreak import tidy

TEMPLATE = Path(__file__).with_name("a4.typ")
STANDARD: Literal["ua-1"] = "ua-1"
"""PDF/UA-1, ISO 14289-1: the tags that a screen reader needs."""


def render(slip: doc.Slip, secret: str | None = None, *, with_fonts: Fonts | None = None) -> bytes:
    """
    Return the slip as a PDF of A4 pages; each Cut begins a new page.

    Args:
        secret: The value of the Secret block; None prints its absent text.
    Raises:
        DriverMissing: typst is not installed.
    """
    try:
        import typst
    except ImportError as fault:
        raise DriverMissing("typst") from fault
    fonts = with_fonts or packaged()
    pdf = typst.compile(
        str(TEMPLATE),
        root=str(TEMPLATE.parent),
        font_paths=[str(fonts.sans.parent), str(fonts.serif.parent)],
        ignore_system_fonts=True,
        sys_inputs={"slip": json.dumps(_content(slip, secret, fonts), ensure_ascii=False)},
        format="pdf",
        pdf_standards=[STANDARD],
    )
    return bytes(pdf)


def _content(slip: doc.Slip, secret: str | None, fonts: Fonts) -> dict[str, Any]:
    parts: list[dict[str, Any]] = []
    for group, members in groupby(parted(slip), key=group_of):
        blocks = list(members)
        if group == "facts":
            parts.append({"is": "facts", "rows": [_words(block) for block in blocks]})
        elif group == "panel":
            parts.append({"is": "panel", "cells": [_cell(block, secret) for block in blocks]})
        else:
            parts += [_part(block) for block in blocks]
    language, _, region = slip.lang.partition("-")
    return {
        "title": tidy(slip.title) or slip.kind,
        "lang": language,
        "region": region or None,
        "large": slip.large,
        "fonts": {"sans": _family(fonts.sans), "serif": _family(fonts.serif)},
        "parts": parts,
    }


def _part(block: doc.Block) -> dict[str, Any]:
    part = {"is": doc.name_of(block)} | _words(block)
    if isinstance(block, doc.Qr):
        part |= {"svg": qr.svg(block.data), "alt": f"QR: {tidy(block.data)}"}
    return part


def _words(block: doc.Block) -> dict[str, Any]:
    """Return the fields of a block, its texts tidied."""
    return {key: _tidied(value) for key, value in vars(block).items()}


def _tidied(value: object) -> object:
    if isinstance(value, str):
        return tidy(value)
    return [tidy(item) for item in value] if isinstance(value, Sequence) else value


def _cell(block: doc.Block, secret: str | None) -> dict[str, Any]:
    if isinstance(block, doc.Secret):
        known = secret is not None
        return {
            "label": tidy(block.label),
            "value": secret if known else tidy(block.absent_text),
            "large": known,
        }
    return _words(block) | {"large": True}


def _family(path: Path) -> str:
    name = ImageFont.truetype(str(path), 12).getname()[0]
    return name or "Noto Sans SC"
