"""The organs that submissions go to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Organ:
    """An organ that takes submissions, as the slip names it."""

    code: str
    name: str
    phone: str = ""
    hours: str = ""
    address: str = ""
