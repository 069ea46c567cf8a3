"""What an operator sets: settings, calendars, printer profiles. Imports nothing of ours."""
