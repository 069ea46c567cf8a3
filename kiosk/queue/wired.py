"""What the pages of the queue get from the wiring: this machine, what the hall offers, and a line to the owner."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kiosk.queue.pressing import PressAnswer, Pressed
from kiosk.queue.supply import HallSupply
from kiosk.queue.turn import OwnMachine


@dataclass(frozen=True)
class HallQueue:
    """
    The hall's queue at this machine.

    Args:
        supply: Returns what the hall offers today, with its bookings.
        forward: Sends a press to the machine that owns the queue. Raises ConnectionError when it does not answer.
        recordings: Returns the address of one file that says these texts one after another; none when one lacks.
        phone_url: Address under which telephones reach this machine; empty: they do not.
    """

    own: OwnMachine
    supply: Callable[[], HallSupply]
    forward: Callable[[str, Pressed], PressAnswer]
    recordings: Callable[[Sequence[str]], list[str]]
    phone_url: str = ""

    @property
    def gives_numbers(self) -> bool:
        """Return whether this machine gives numbers."""
        return bool(self.own.letter)
