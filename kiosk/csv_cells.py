"""Cells of a CSV file that a spreadsheet opens as text, never as a formula."""

from __future__ import annotations

FORMULA_STARTS = tuple("=+-@\t\r\n\0＝＋－＠")
"""
First characters that make a spreadsheet read a formula. Source: OWASP ASVS V1.2.10 (RELIABILITY.md T24); the line feed
by OWASP, CSV Injection.
"""
UNSEEN = " \u00a0\u3000\u200b\u200c\u200d\u2060\ufeff"
"""Blanks and invisible characters that a spreadsheet may leave out before it reads a cell."""


def safe_cell(text: str) -> str:
    """Return the text, preceded by an apostrophe if a spreadsheet would read it as a formula."""
    return f"'{text}" if text.lstrip(UNSEEN).startswith(FORMULA_STARTS) else text
