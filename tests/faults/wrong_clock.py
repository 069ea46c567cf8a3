"""
One process of a terminal whose clock is wrong: `python -m tests.faults.wrong_clock HOME PART SECONDS`.

The clock runs as it should, so many seconds beside the true time; it is handed in where the product's own is.
"""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from pathlib import Path

from kiosk import homes, paperwork, serving
from kiosk.app import create_terminal
from kiosk.clock import SystemClock
from kiosk.replication.agent import Agent


class WrongClock(SystemClock):
    """The machine's clock, set wrong."""

    def __init__(self, ahead: timedelta) -> None:
        super().__init__(homes.last_hub_time)
        self.ahead = ahead

    def now(self) -> datetime:
        return super().now() + self.ahead


def main(home: Path, part: str, ahead: timedelta) -> None:
    """Serves one part until it is stopped."""
    settings, clock = homes.terminal_settings(home), WrongClock(ahead)
    if part == "web":
        app = create_terminal(home, settings, clock)
        serving.serve(app, settings.host, settings.port, "ready")
        return
    database = homes.open_terminal(home, clock)
    stop = serving.stop_on_signal()
    if part == "agent":
        Agent(home, settings, clock).run(stop)
    else:
        paperwork.serve_printer(database, home, settings, clock, stop)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], timedelta(seconds=float(sys.argv[3])))
