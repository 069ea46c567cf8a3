"""Slips as plain text: for the screen, for speech, for terminals and for tests."""

from dataclasses import dataclass

from printers.paper import layout
from printers.paper.document import Slip
from printers.paper.layout import Face, TextRole
from printers.paper.linebreak import cells


@dataclass(frozen=True)
class Cells:
    """Metrics in columns: all faces have one size, and there are no pictures."""

    width: float
    panel_inset: float = 0.0

    def measure(self, text: str, face: Face) -> float:
        """Return the columns of `text`."""
        return float(cells(text))

    def em(self, face: Face) -> float:
        """Return 2, the columns of a Han character."""
        return 2.0

    def shrinks(self, role: TextRole) -> int:
        """Return 0: columns do not shrink."""
        return 0

    def qr_size(self, data: str) -> float | None:
        """Return None: plain text has no pictures."""
        return None


def render(slip: Slip, columns: int = 32, secret: str | None = None) -> str:
    """
    Return the slip as lines of at most `columns` half-width cells; the address of a QR code stays whole on a line of
    its own.

    Args:
        secret: The value of the Secret block; None prints its absent text.
    """
    lines: list[str] = []
    for row in layout.compose(slip, Cells(columns), secret):
        for line in _lines(row, columns):
            if line or (lines and lines[-1]):
                lines.append(line)
    return "\n".join(line.rstrip() for line in lines).strip("\n") + "\n"


def _lines(row: layout.Row, columns: int) -> list[str]:
    match row:
        case layout.TextRow(inverse=True):
            return [f"【{_joined(row).strip()}】".center(columns - cells(_joined(row).strip()) // 2 - 1)]
        case layout.TextRow():
            return [*([""] if row.above >= 0.3 else []), _joined(row)]
        case layout.RuleRow(dashed):
            return ["- " * (columns // 2) if dashed else "-" * columns]
        case layout.PanelRow():
            return ["", *(_joined(text) for cell in row.cells for text in cell), ""]
        case layout.QrRow():
            return ["", *(_joined(text) for text in row.caption), row.data]
        case layout.FeedRow():
            return [""]
        case _:
            return ["", "=" * columns, ""]


def _joined(row: layout.TextRow) -> str:
    line = ""
    for span in row.spans:
        line += " " * (int(span.x) - cells(line)) + span.text
    return line
