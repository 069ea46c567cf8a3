"""What an operator touches: settings, calendars, printer profiles. Imports nothing of ours."""
