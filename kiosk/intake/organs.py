"""The organs that receive submissions."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Organ:
    """An organ that receives submissions, as printed on the slip."""

    code: str
    name: str
    phone: str = ""
    hours: str = ""
    address: str = ""
