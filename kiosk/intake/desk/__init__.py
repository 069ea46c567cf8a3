"""The clerk's list of submissions of a kind, and the common page of one."""
