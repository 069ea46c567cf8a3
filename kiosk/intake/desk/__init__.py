"""The clerk's list of submissions of a kind."""
