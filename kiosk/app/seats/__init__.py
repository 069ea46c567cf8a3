"""Seats between a hub and its terminals: what is asked and reported, and the list of free times."""
