"""What `.ci/run` makes of a failed run, and the run with the machine's clock ahead."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests import costs

REPOSITORY = Path(__file__).resolve().parents[2]
BUSY = """import sys, time
while time.process_time() < 0.3: pass
print(flush=True)
sys.stdin.read()"""


@pytest.fixture(scope="module")
def ci() -> ModuleType:
    spec = importlib.util.spec_from_file_location("unsteady", REPOSITORY / ".ci" / "unsteady.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("first", "again", "code", "said"),
    [
        (["a", "b"], [], 0, ["unsteady: a", "unsteady: b"]),
        (["a", "b", "c"], [], 1, ["unsteady: a", "unsteady: b", "unsteady: c"]),
        (["a", "b"], ["b"], 1, ["failed twice: b", "unsteady: a"]),
    ],
)
def test_what_fails_once_is_named_and_only_few_may(
    ci: ModuleType,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    first: list[str],
    again: list[str],
    code: int,
    said: list[str],
) -> None:
    noted = tmp_path / "lastfailed"
    noted.write_text(json.dumps(dict.fromkeys(first, True)))

    def run_again() -> int:
        noted.write_text(json.dumps(dict.fromkeys(again, True)))
        return int(bool(again))

    assert ci.name_the_unsteady(noted, run_again) == code
    assert capsys.readouterr().out.splitlines() == said


def test_a_run_that_broke_without_a_failed_test_stays_broken(ci: ModuleType, tmp_path: Path) -> None:
    assert ci.name_the_unsteady(tmp_path / "nothing", lambda: 0) == 1


def test_a_second_run_that_breaks_fails_though_nothing_is_noted(ci: ModuleType, tmp_path: Path) -> None:
    noted = tmp_path / "lastfailed"
    noted.write_text(json.dumps({"a": True}))

    def break_down() -> int:
        noted.unlink()
        return 3

    assert ci.name_the_unsteady(noted, break_down) == 1


def test_the_files_whose_costs_are_known_exist() -> None:
    assert [name for name in costs.known() if not (costs.TABLE.parent / name).is_file()] == []


def test_what_a_test_starts_is_counted_while_it_runs_and_when_it_has_ended() -> None:
    before = costs.spent_s()
    with subprocess.Popen(
        [sys.executable, "-c", BUSY], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout
        child.stdout.readline()
        assert costs.spent_s() - before > 0.25
    assert costs.spent_s() - before > 0.25


def test_the_folder_of_the_clock_sets_a_whole_process_ahead_and_leaves_steady_time() -> None:
    asked = "import time; print(time.time(), time.monotonic())"
    ahead = {**os.environ, "PYTHONPATH": str(REPOSITORY / "tests" / "ahead"), "KIOSK_TEST_AHEAD": "183"}

    def times(environment: dict[str, str]) -> tuple[float, float]:
        done = subprocess.run(
            [sys.executable, "-c", asked], env=environment, capture_output=True, text=True, check=True
        )
        wall, steady = map(float, done.stdout.split())
        return wall, steady

    here = {name: value for name, value in os.environ.items() if name != "KIOSK_TEST_AHEAD"}
    (wall, steady), (wall_ahead, steady_ahead) = times(here), times(ahead)
    assert abs(wall_ahead - wall - 183 * 86_400) < 3_600
    assert 0 <= steady_ahead - steady < 3_600
