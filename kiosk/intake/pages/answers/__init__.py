"""Collecting an answer at a terminal: in memory only, on paper encrypted; one tap on how it was handled."""
