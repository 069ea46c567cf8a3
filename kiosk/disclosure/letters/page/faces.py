"""
The fonts of letters: those of the county's own folder where it has them, else Noto of a package; by role, by name.

A family that typst does not know makes its text vanish without an error, so names are taken from what typst has read.
typst is imported at the first letter: it is large.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.errors import Refused
from printers.paper.fonts import packaged

if TYPE_CHECKING:
    import typst

SANS, SERIF = "Noto Sans SC", "Noto Serif SC"
PREFERRED: Mapping[str, Sequence[str]] = {
    "body": (
        "FangSong_GB2312",
        "仿宋_GB2312",
        "FZFangSong-Z02S",
        "FangSong",
        "FandolFang R",
        "Zhuque Fangsong",
    ),
    "title": ("FZXiaoBiaoSong-B05S", "方正小标宋简体", "FandolSong"),
    "hei": ("SimHei", "FZHei-B01S", "FandolHei"),
    "kai": ("KaiTi_GB2312", "楷体_GB2312", "KaiTi", "FandolKai R", "LXGW WenKai"),
    "song": ("SimSun", "FZShuSong-Z01S", "FandolSong"),
}
"""Families for each role, the best first (GB/T 9704-2012: 仿宋, 小标宋, 黑体, 楷体, 宋体)."""
LAST = {
    "body": (SERIF, SANS),
    "title": (SERIF, SANS),
    "hei": (SANS, SERIF),
    "kai": (SERIF, SANS),
    "song": (SERIF, SANS),
}
"""What follows in each role: on every machine, and it has rare names that 仿宋 lacks."""
BOLD = frozenset({"FandolSong"})
"""Families whose bold weight is the nearest to 小标宋."""
DEBIAN = Path("/usr/share/texlive/texmf-dist/fonts/opentype/public/fandol")
"""Where the package texlive-lang-chinese puts Fandol."""


@dataclass(frozen=True, eq=False)
class Faces:
    """
    Fonts that were read, and the families of each role.

    Args:
        title_weight, title_stroke: What makes the title's family heavy enough; stroke in points.
    """

    fonts: typst.Fonts
    families: Mapping[str, Sequence[str]]
    title_weight: str
    title_stroke: float

    @property
    def is_standard(self) -> bool:
        """Return whether a 仿宋 was found for the text."""
        return self.families["body"][0] != SERIF


@lru_cache(maxsize=4)
def read(folder: str = "") -> Faces:
    """
    Return the fonts of a folder and of the package, read once.

    Args:
        folder: Of the county's own fonts; empty: where Debian puts free ones, if it does.
    Raises:
        Refused: "letter-fonts-missing": the folder is not there, or holds no font.
    """
    import typst

    ours = packaged()
    mine = Path(folder) if folder else DEBIAN
    if folder and not mine.is_dir():
        raise Refused("letter-fonts-missing", folder)
    paths = [mine] if mine.is_dir() else []
    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(path) for path in (*paths, ours.sans.parent, ours.serif.parent)],
    )
    known = frozenset(fonts.families())
    if folder and known <= {SANS, SERIF}:
        raise Refused("letter-fonts-missing", folder)
    families = {role: _known(role, known) for role in PREFERRED}
    title = families["title"][0]
    weight = "bold" if title in BOLD else "regular"
    return Faces(fonts, families, weight, 0.5 if title == SERIF else 0.0)


def _known(role: str, known: frozenset[str]) -> Sequence[str]:
    found = [name for name in PREFERRED[role] if name in known][:1] + [
        name for name in LAST[role] if name in known
    ]
    if not found:
        raise Refused("letter-fonts-missing", role)
    return found
