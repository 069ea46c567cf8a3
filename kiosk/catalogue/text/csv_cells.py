"""Cells of a CSV file that a spreadsheet opens as text, never as a formula."""

from __future__ import annotations

FORMULA_STARTS = tuple("=+-@\t\r\0＝＋－＠")
"""What a spreadsheet may take for a formula. Source: OWASP ASVS V1.2.10 (RELIABILITY.md T24)."""


def safe_cell(text: str) -> str:
    """The text, behind an apostrophe where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
