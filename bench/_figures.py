"""Figures of a run: results, percentiles, and the system's figures for a process."""

from __future__ import annotations

import json
import math
import os
import statistics
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

Row = dict[str, Any]
NO_PEERS: Mapping[str, float] = {}


def row(name: str, unit: str, value: float, peers: Mapping[str, float] = NO_PEERS, note: str = "") -> Row:
    """Return one result."""
    rounded = {peer: round(each, 3) for peer, each in peers.items()}
    return {"name": name, "unit": unit, "value": round(value, 3), "peers": rounded, "note": note}


def tell(rows: Iterable[Row]) -> int:
    """Print results as they come; return the exit code."""
    for each in rows:
        print(json.dumps(each, ensure_ascii=False), flush=True)
    return 0


def say(words: str) -> None:
    """Print what is going on to standard error."""
    print(words, file=sys.stderr, flush=True)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that `share` of all values do not exceed."""
    ordered = sorted(values)
    return ordered[max(1, math.ceil(round(len(ordered) * share, 6))) - 1]


def of_rounds(rounds: Sequence[Sequence[float]], share: float) -> float:
    """Return the median over several rounds of a percentile: one disturbed round does not decide."""
    return statistics.median(percentile(each, share) for each in rounds)


def anonymous_mb(pid: int) -> float:
    """Return the MB that belong to this process alone, not backed by files (RssAnon)."""
    return _status_mb(pid, "RssAnon")


def peak_mb(pid: int) -> float:
    """Return the most MB that this process ever held (VmHWM); ru_maxrss would count the parent before exec."""
    return _status_mb(pid, "VmHWM")


def _status_mb(pid: int, name: str) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    raise ValueError(f"no {name} of {pid}")


def cpu_s(pid: int) -> float:
    """Return the CPU seconds that this process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
