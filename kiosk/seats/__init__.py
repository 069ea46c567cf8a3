"""Seats of sessions: each has one owner, the hub, a terminal's lease or a booking; online and offline."""
