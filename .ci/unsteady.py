"""
Runs again what has just failed, only to name it: `python .ci/unsteady.py` after a run of the tests that failed.

A test that fails twice is broken. One that passes the second time is unsteady: it is listed, and more than two of them
fail the run too.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

LAST_FAILED = Path(".pytest_cache/v/cache/lastfailed")
"""Where pytest notes the failed tests of its last run."""
MOST_UNSTEADY = 2


def failed(noted: Path) -> set[str]:
    """The tests that pytest noted as failed."""
    return set(json.loads(noted.read_text("utf-8"))) if noted.is_file() else set()


def name_the_unsteady(noted: Path, run_again: Callable[[], int]) -> int:
    """Runs the failed tests again, prints a line for each, and returns the exit code of the whole run."""
    first = failed(noted)
    if not first:
        print("The run failed without naming a test: nothing to run again.")
        return 1
    code = run_again()
    broken = failed(noted) & first
    unsteady = sorted(first - broken)
    for name in sorted(broken):
        print(f"failed twice: {name}")
    for name in unsteady:
        print(f"unsteady: {name}")
    return int(code != 0 or bool(broken) or len(unsteady) > MOST_UNSTEADY)


if __name__ == "__main__":
    sys.exit(
        name_the_unsteady(LAST_FAILED, lambda: subprocess.call(["./run", "test", "-q", "--last-failed"]))
    )
