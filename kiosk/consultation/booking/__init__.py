"""Bookings of consultations: asked for at a terminal, on a phone or by staff; moved, cancelled, waited for."""
