"""Settings say every fault at once, and their examples are what the code takes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from config import settings_file
from config.settings import HubSettings, TerminalSettings
from config.settings_file import SettingsError

CONFIG = Path(settings_file.__file__).parent
OF_A_COUNTY = {
    "terminal": {"place_name", "station_name", "seal_text", "county_name", "organ_code", "organ_name"},
    "hub": {"place_name", "county_name", "seal_text", "terminal_prefix", "organ_code", "pronunciation"},
}


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "terminal.toml"
    path.write_text(text, "utf-8")
    return path


def test_an_empty_file_gives_the_defaults(tmp_path: Path) -> None:
    assert settings_file.load(written(tmp_path, ""), TerminalSettings) == TerminalSettings()


def test_every_fault_is_reported_at_once(tmp_path: Path) -> None:
    text = 'idle_s = 5\nport = "80"\ncolour = "red"\nhub_url = "http://hub.example.cn"\nprinter = "lpt1"\n'
    with pytest.raises(SettingsError) as told:
        settings_file.load(written(tmp_path, text), TerminalSettings)
    assert len(told.value.faults) == 5
    assert any(fault.startswith("idle_s: must be from 45 to 180") for fault in told.value.faults)
    assert "colour: unknown key" in told.value.faults


def test_a_file_that_is_not_toml_is_one_clear_fault(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="not valid TOML"):
        settings_file.load(written(tmp_path, "port = = 1"), TerminalSettings)


def test_a_list_is_read_and_a_yes_is_not_a_number(tmp_path: Path) -> None:
    read = settings_file.load(
        written(tmp_path, 'townships = ["示例镇"]\nnamed_rows = true\n'), TerminalSettings
    )
    assert read.townships == ("示例镇",)
    with pytest.raises(SettingsError, match="port: must be a whole number"):
        settings_file.load(written(tmp_path, "port = true\n"), TerminalSettings)


@pytest.mark.parametrize(("name", "form"), [("terminal", TerminalSettings), ("hub", HubSettings)])
def test_the_examples_are_what_the_code_writes(
    name: str, form: type[TerminalSettings] | type[HubSettings]
) -> None:
    text = (CONFIG / f"{name}.example.toml").read_text("utf-8")
    assert text == settings_file.as_toml(f"{name}.toml", settings_file.example(form))
    given, default = vars(settings_file.example(form)), vars(form())
    changed = {key for key in given if given[key] != default[key]}
    assert changed == OF_A_COUNTY[name], "an example is of one county, and else as the defaults"


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    chosen = TerminalSettings(place_name='引号"和\\反斜杠', port=8123, common_words=("甲", "乙"))
    path = written(tmp_path, settings_file.as_toml("terminal.toml", chosen))
    assert settings_file.load(path, TerminalSettings) == chosen


def test_telephones_have_more_quiet_time_than_machines_in_a_hall() -> None:
    hall = TerminalSettings()
    assert hall.quiet_s == hall.idle_s
    assert replace(hall, channel="web").quiet_s == hall.web_idle_s > hall.idle_s
