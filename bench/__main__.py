"""
Runner of benchmarks by name, each in a process of its own, which passes on their lines: one JSON object a result.

    python -m bench [NAME ...] [--json FILE]

A process of its own, because memory is measured and because one process serves one set of databases.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
KEYS: dict[str, type | tuple[type, ...]] = {"name": str, "unit": str, "value": (int, float), "peers": dict}


def names() -> list[str]:
    """Return the benchmarks there are."""
    return sorted(path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("_"))


def result(line: str) -> dict[str, Any]:
    """
    Return one line of a benchmark, with an empty note where it gave none.

    Raises:
        ValueError: it is not a result.
    """
    found = json.loads(line)
    if not isinstance(found, dict) or not all(isinstance(found.get(key), kind) for key, kind in KEYS.items()):
        raise ValueError(f"not a result: {line.strip()[:200]}")
    return {**found, "note": found.get("note", "")}


def results(name: str) -> Iterator[dict[str, Any]]:
    """
    Return the results of one benchmark, as they come.

    Raises:
        ValueError: it printed something else.
        subprocess.CalledProcessError: it failed.
    """
    command = [sys.executable, "-m", f"bench.{name}"]
    with subprocess.Popen(command, cwd=FOLDER.parent, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        for line in running.stdout:
            yield result(line)
    if running.returncode:
        raise subprocess.CalledProcessError(running.returncode, command)


def machine() -> dict[str, Any]:
    """Return the machine on which the figures were measured, and its load when the run began."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(memory, 1),
        "python": platform.python_version(),
        "load_at_start": round(os.getloadavg()[0], 1),
    }


def main() -> int:
    """Run the benchmarks; return 0 when every one ran, 1 when one failed, 2 for an unknown name."""
    parser = argparse.ArgumentParser(prog="bench", description="one JSON object a line")
    parser.add_argument("names", nargs="*", help=f"of {', '.join(names())}; all when none is given")
    parser.add_argument("--json", type=Path, help="also write machine and results into this file")
    given = parser.parse_args()
    unknown = sorted(set(given.names) - set(names()))
    if unknown:
        parser.error(f"there is no {', '.join(unknown)}; there are {', '.join(names())}")
    report: dict[str, Any] = {"machine": machine(), "results": []}
    failed = False
    for name in given.names or names():
        try:
            for found in results(name):
                print(json.dumps(found, ensure_ascii=False), flush=True)
                report["results"].append(found)
        except (ValueError, subprocess.CalledProcessError) as error:
            print(f"{name}: {error}", file=sys.stderr)
            failed = True
    if given.json:
        given.json.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
