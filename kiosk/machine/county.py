"""The words of their county for a new hub and a new terminal: its own or neutral ones, never another county's."""

from __future__ import annotations

from dataclasses import dataclass, replace

from config.settings import HubSettings, TerminalSettings


@dataclass(frozen=True)
class CountyWords:
    """
    Names of a county as its pages and papers write them; without any they are neutral.

    Args:
        seal: Two or four characters of its mark. prefix: Head of the terminals' codes, one or two letters.
        organ: The organ that takes requests when the citizen knows no other.
    """

    name: str = HubSettings.county_name
    seal: str = HubSettings.seal_text
    prefix: str = HubSettings.terminal_prefix
    organ: str = TerminalSettings.organ_name

    def at_hub(self, settings: HubSettings) -> HubSettings:
        """Return the settings of a hub with these words."""
        return replace(
            settings,
            place_name=f"{self.name}政务公开中心",
            county_name=self.name,
            seal_text=self.seal,
            terminal_prefix=self.prefix,
            organ_code=f"{self.prefix}-01",
        )

    def at_terminal(self, settings: TerminalSettings) -> TerminalSettings:
        """Return the settings of a terminal with these words."""
        return replace(
            settings,
            place_name=f"{self.name}政务公开体验区",
            county_name=self.name,
            seal_text=self.seal,
            organ_code=f"{self.prefix}-01",
            organ_name=self.organ,
        )


NEUTRAL = CountyWords()


def left_unset(settings: HubSettings | TerminalSettings) -> list[str]:
    """Return the names of the settings that still have a neutral word."""
    neutral = {"county_name": NEUTRAL.name, "organ_name": NEUTRAL.organ}
    return [name for name, words in neutral.items() if getattr(settings, name, None) == words]
