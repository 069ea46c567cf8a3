"""Pages of the queue: taking a number, the call screen, the window of the staff, the overview."""
