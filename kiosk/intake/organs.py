"""The organs that receive submissions."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Organ:
    """
    An organ that receives submissions, as printed on the slip.

    receives_for_all: Requests to every organ of the county come in here, and it assigns each.
    """

    code: str
    name: str
    phone: str = ""
    hours: str = ""
    address: str = ""
    receives_for_all: bool = False
