"""The benchmarks are found and speak one form; how fast anything is, no test asks."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench import __main__ as bench
from bench import _figures

REPOSITORY = Path(__file__).resolve().parents[2]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """`python -m` as a shell calls it."""
    return subprocess.run(
        [sys.executable, "-m", *arguments], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )


def test_every_benchmark_is_found() -> None:
    found = bench.names()
    assert {"hub", "print", "search", "terminal"} <= set(found)
    assert not [name for name in found if name.startswith("_")]


@pytest.mark.parametrize("name", bench.names())
def test_every_benchmark_says_what_it_measures_and_runs_by_itself(name: str) -> None:
    text = (REPOSITORY / "bench" / f"{name}.py").read_text("utf-8")
    assert ast.get_docstring(ast.parse(text))
    assert 'if __name__ == "__main__":' in text


def test_a_tiny_run_prints_one_result_a_line() -> None:
    done = run("bench.hub", "--small")
    assert done.returncode == 0, done.stderr[-800:]
    told = [bench.result(line) for line in done.stdout.splitlines()]
    names = [each["name"] for each in told]
    assert "hub/intake" in names
    assert "hub/first sync" in names
    assert all(each["value"] > 0 for each in told)


def test_a_line_that_is_no_result_is_refused() -> None:
    with pytest.raises(ValueError, match="not a result"):
        bench.result('{"name": "x", "unit": "ms", "value": "fast", "peers": {}}')
    with pytest.raises(ValueError, match="not a result"):
        bench.result("[]")
    assert bench.result('{"name": "x", "unit": "ms", "value": 1, "peers": {}}')["note"] == ""


def test_an_unknown_name_is_wrong_usage() -> None:
    done = run("bench", "nothing")
    assert done.returncode == 2
    assert "there is no nothing" in done.stderr


def test_a_result_keeps_its_peers_and_rounds() -> None:
    made = json.loads(json.dumps(_figures.row("a/b", "ms", 1.23456, {"peer": 2.0}, "words")))
    assert made == {"name": "a/b", "unit": "ms", "value": 1.235, "peers": {"peer": 2.0}, "note": "words"}


@pytest.mark.parametrize(("share", "expected"), [(0.5, 50), (0.99, 99), (1.0, 100), (0.001, 1)])
def test_a_percentile_is_a_value_that_was_measured(share: float, expected: int) -> None:
    assert _figures.percentile([float(each) for each in range(100, 0, -1)], share) == expected


def test_one_disturbed_round_does_not_decide() -> None:
    assert _figures.of_rounds([[1.0, 2.0], [1.0, 3.0], [900.0, 999.0]], 0.99) == 3.0
