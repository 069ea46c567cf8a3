"""Cells of a CSV file that a spreadsheet opens as text, never as a formula."""

from __future__ import annotations

FORMULA_STARTS = tuple("=+-@\t\r\0＝＋－＠")
"""First characters that make a spreadsheet read a formula. Source: OWASP ASVS V1.2.10 (RELIABILITY.md T24)."""


def safe_cell(text: str) -> str:
    """Return the text, preceded by an apostrophe if a spreadsheet would read it as a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
