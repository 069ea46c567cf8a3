"""The hall's staff: number and PIN, assisted service, calls, and the staff page of a terminal."""
