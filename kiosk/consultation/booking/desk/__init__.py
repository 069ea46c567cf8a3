"""The desk for bookings: lists, calls, moves, and bookings that staff make for others."""
