"""Consultation: what a county offers, bookings, the answer at the desk, questions that are left at a terminal."""
